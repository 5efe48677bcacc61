/* Takes a passage selected in the original over into the first empty row of the list. Without script
   it is typed or pasted. */
(function () {
  'use strict';
  var bar = document.querySelector('[data-take]'), original = document.querySelector('[data-original]');
  if (!bar || !original) return;
  bar.hidden = false;
  bar.querySelector('button').addEventListener('mousedown', function (event) { event.preventDefault(); });
  bar.querySelector('button').addEventListener('click', function () {
    var chosen = getSelection(), words = String(chosen).trim();
    if (!words || !original.contains(chosen.anchorNode)) return;
    var rows = Array.prototype.filter.call(document.querySelectorAll('textarea[name$=".passage"]'), function (row) { return !row.value; });
    if (!rows.length) return;
    rows[0].value = words;
    rows[0].dispatchEvent(new Event('input', { bubbles: true }));
    document.getElementById(rows[0].name.replace(/passage$/, 'kind')).focus();
  });
})();
