/* The desk's script: keys, counting, drafts, earlier matters. Every page works without it.
   Nothing here decides anything; a form is always sent as a plain form. */
(function () {
  'use strict';
  var doc = document, body = doc.body, root = doc.documentElement;
  root.classList.add('js');
  function all(selector, from) { return Array.prototype.slice.call((from || doc).querySelectorAll(selector)); }
  function one(selector, from) { return (from || doc).querySelector(selector); }
  function typing(target) {
    if (!target || !target.closest) return false;
    return target.isContentEditable || !!target.closest('textarea,select,input:not([type=radio]):not([type=checkbox]):not([type=submit])');
  }

  /* A form is sent once; going back makes it ready again. */
  doc.addEventListener('submit', function (event) {
    var form = event.target;
    if (form.method !== 'post') return;
    if (form.hasAttribute('data-sent')) { event.preventDefault(); return; }
    form.setAttribute('data-sent', '');
    keepOff(form);
  });
  window.addEventListener('pageshow', function () {
    all('form[data-sent]').forEach(function (form) { form.removeAttribute('data-sent'); });
  });

  /* Errors first: focus the list of what is wrong. */
  var wrong = one('[data-focus]');
  if (wrong) wrong.focus();

  /* Count what is typed. */
  all('[data-max]:not([data-rich])').forEach(function (field) {
    var max = +field.getAttribute('data-max'), note = doc.createElement('p');
    note.className = 'count';
    field.insertAdjacentElement('afterend', note);
    function count() {
      var n = Array.from(field.value).length;
      note.textContent = n > max ? '已超出' + (n - max) + '字' : n ? n + '字，还可以写' + (max - n) + '字' : '';
      note.classList.toggle('over', n > max);
    }
    field.addEventListener('input', count);
    count();
  });

  /* Phrases go where the cursor stands. */
  all('[data-insert]').forEach(function (button) {
    button.hidden = false;
    button.addEventListener('click', function () {
      var field = doc.getElementById(button.getAttribute('data-insert')), text = button.nextElementSibling.textContent;
      if (!field) return;
      field.setRangeText(text, field.selectionStart, field.selectionEnd, 'end');
      field.dispatchEvent(new Event('input', { bubbles: true }));
      field.focus();
    });
  });

  all('[data-print]').forEach(function (button) {
    button.hidden = false;
    button.addEventListener('click', function () { window.print(); });
  });

  /* Drafts: kept in this tab only, every 10 s and on leaving a field; gone when the form is sent
     or the tab is closed. Files and passwords are never kept. */
  function kept(form) {
    return all('textarea,input:not([type=hidden]):not([type=file]):not([type=password]),select', form).filter(function (f) { return f.name; });
  }
  function place(form) { return 'draft ' + form.getAttribute('action'); }
  function keepOff(form) { try { sessionStorage.removeItem(place(form)); } catch (e) { /* storage is off */ } }
  function values(form) {
    return kept(form).map(function (f) { return /radio|checkbox/.test(f.type) ? +f.checked : f.value; });
  }
  all('form[data-draft]').forEach(function (form) {
    var first = JSON.stringify(values(form)), saved = null;
    try { saved = sessionStorage.getItem(place(form)); } catch (e) { return; }
    if (saved && saved !== first && !one('.errsum', form)) {
      var note = doc.createElement('p'), back = doc.createElement('button'), drop = doc.createElement('button');
      note.className = 'flash note';
      note.setAttribute('role', 'status');
      note.textContent = '这张表有没交的内容，是您在本页面上次填的。';
      back.type = drop.type = 'button';
      back.className = drop.className = 'linklike';
      back.textContent = '恢复';
      drop.textContent = '不要了';
      note.append(' ', back, '　', drop);
      form.prepend(note);
      back.addEventListener('click', function () {
        var list = JSON.parse(saved);
        kept(form).forEach(function (f, i) {
          if (/radio|checkbox/.test(f.type)) f.checked = !!list[i]; else if (list[i] !== undefined) f.value = list[i];
          f.dispatchEvent(new Event('input', { bubbles: true }));
        });
        note.remove();
      });
      drop.addEventListener('click', function () { keepOff(form); note.remove(); });
    }
    function keep() {
      var now = JSON.stringify(values(form));
      if (now === first || form.hasAttribute('data-sent')) return;
      try { sessionStorage.setItem(place(form), now); } catch (e) { /* full or off */ }
    }
    form.addEventListener('change', keep);
    setInterval(keep, 10000);
    window.addEventListener('beforeunload', function (event) {
      if (JSON.stringify(values(form)) !== first && !form.hasAttribute('data-sent')) { keep(); event.preventDefault(); }
    });
  });

  /* What follows is worked out anew when a date changes: nothing is performed, no file is sent. */
  all('form[data-try]').forEach(function (form) {
    var names = form.getAttribute('data-try').split(' '), asked = 0;
    function work() {
      var data = new URLSearchParams(), mine = ++asked, here = one('[data-ahead]');
      new FormData(form).forEach(function (value, name) { if (typeof value === 'string') data.append(name, value); });
      data.set('then', 'try');
      fetch(form.getAttribute('action'), { method: 'POST', body: data, headers: { Accept: 'text/html' } })
        .then(function (answer) { return answer.text(); })
        .then(function (html) {
          var fresh = one('[data-ahead]', new DOMParser().parseFromString(html, 'text/html'));
          if (fresh && here && mine === asked) here.replaceChildren.apply(here, fresh.childNodes);
        })
        .catch(function () { /* the button still asks the plain way */ });
    }
    form.addEventListener('change', function (event) { if (names.indexOf(event.target.name) >= 0) work(); });
    var button = one('button[value=try]', form);
    if (button) button.addEventListener('click', function (event) { event.preventDefault(); work(); });
  });

  /* Registration: Enter goes to the next field; earlier matters of the same person appear
     when name and phone stand there. */
  all('form[data-enter]').forEach(function (form) {
    form.addEventListener('keydown', function (event) {
      if (event.key !== 'Enter' || event.isComposing || event.ctrlKey || event.metaKey || event.shiftKey) return;
      var from = event.target;
      if (from.tagName === 'TEXTAREA' || from.tagName === 'BUTTON' || from.type === 'file') return;
      event.preventDefault();
      var stops = all('input:not([type=hidden]),select,textarea,button', form).filter(function (f) {
        return f.offsetParent && (f.type !== 'radio' || f.checked || !one('[name="' + f.name + '"]:checked', form) && all('[name="' + f.name + '"]', form)[0] === f);
      });
      var at = stops.findIndex(function (f) { return f === from || f.type === 'radio' && f.name === from.name; });
      var next = stops[at + 1];
      if (next) next.focus();
    });
    var first = one('input:not([type=hidden]),select,textarea', form);
    if (first && !one('.errsum', form)) first.focus();
  });
  var found = one('[data-found]');
  if (found) {
    var name = doc.getElementById('name'), phone = doc.getElementById('phone'), timer = 0, asked = '';
    var look = function () {
      if (!name || !phone || !name.value.trim() || phone.value.replace(/\D/g, '').length < 7) return;
      var data = new URLSearchParams({ name: name.value, phone: phone.value, csrf: one('[name=csrf]').value });
      if (asked === data.toString()) return;
      asked = data.toString();
      fetch(found.getAttribute('data-found'), { method: 'POST', body: data, headers: { Accept: 'text/html' } })
        .then(function (answer) { return answer.ok ? answer.text() : ''; })
        .then(function (html) { if (html && asked === data.toString()) found.innerHTML = html; })
        .catch(function () { asked = ''; });
    };
    [name, phone].forEach(function (field) {
      if (!field) return;
      field.addEventListener('input', function (event) {
        if (event.isComposing) return;
        clearTimeout(timer);
        timer = setTimeout(look, 300);
      });
      field.addEventListener('compositionend', look);
    });
  }

  /* Keys. With a modifier always; single letters only while switched on, never while typing. */
  var rows = all('[data-rows] .c-title a, .pile a, [data-rows] tbody td > a'), at = rows.findIndex(function (a) { return a.hasAttribute('aria-current'); }), went = '';
  function go(step) {
    if (!rows.length) return;
    var next = Math.min(Math.max(at + step, 0), rows.length - 1);
    if (rows[at] && rows[at].closest('tr')) rows[at].closest('tr').classList.remove('here');
    at = next;
    var row = rows[at].closest('tr');
    if (row) { row.classList.add('here'); rows[at].focus(); } else if (!rows[at].hasAttribute('aria-current')) { rows[at].click(); }
  }
  var single = {
    j: function () { go(1); },
    k: function () { go(-1); },
    r: function () { var reason = one('[data-decide] #reason'); if (reason) reason.focus(); },
    '/': function () { var q = doc.getElementById('q'); if (q) { q.focus(); q.select(); } },
    '?': function () { location.href = '/desk/settings#sheet'; }
  };
  var places = { h: '/desk', t: '/desk/list/handle', s: '/desk/search', a: '/desk/approvals', n: '/desk/register' };
  doc.addEventListener('keydown', function (event) {
    if (event.isComposing || event.keyCode === 229) return;
    var target = event.target, key = event.key;
    if ((event.ctrlKey || event.metaKey) && key === 'Enter') {
      var form = target.closest && target.closest('form') || one('form[data-save]');
      if (!form || form.method !== 'post') return;
      event.preventDefault();
      var reason = form.hasAttribute('data-decide') && form.reason.value.trim();
      form.requestSubmit(reason ? one('[value=return]', form) : one('[data-main]', form) || one('button:not([type=button])', form));
      return;
    }
    if (key === 'F2') { event.preventDefault(); location.href = (one('[data-new]') || { href: '/desk/register' }).href; return; }
    if (key === 'Escape' && typing(target)) { target.blur(); return; }
    if (!body.hasAttribute('data-keys') || typing(target) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (went === 'g') { went = ''; if (places[key]) { event.preventDefault(); location.href = places[key]; } return; }
    if (key === 'g') { went = 'g'; setTimeout(function () { went = ''; }, 1500); return; }
    var pressed = one('[data-key="' + (/^[a-z]$/.test(key) ? key : '-') + '"]');
    if (pressed) { event.preventDefault(); pressed.click(); return; }
    if (single[key]) { event.preventDefault(); single[key](); }
  });
})();
