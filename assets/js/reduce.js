/* Takes a passage selected in the original over into the first empty row of the list. Without script
   it is typed or pasted. */
(function () {
  'use strict';
  var take = document.querySelector('[data-take]'), original = document.querySelector('[data-original]');
  if (!take || !original) return;
  take.hidden = false;
  /* A press must not lose the selection that it is about. */
  take.addEventListener('mousedown', function (event) { event.preventDefault(); });
  take.addEventListener('click', function () {
    var chosen = getSelection(), words = String(chosen).trim();
    var rows = Array.prototype.filter.call(document.querySelectorAll('textarea[name$=".passage"]'), function (row) { return !row.value; });
    if (!words || !rows.length || !original.contains(chosen.anchorNode)) return;
    rows[0].value = words;
    rows[0].dispatchEvent(new Event('input', { bubbles: true }));
    document.getElementById(rows[0].name.replace(/passage$/, 'kind')).focus();
  });
})();
