/* Small conveniences; every page works without them. ES2019 at most. */
(function () {
  'use strict';
  var all = function (selector) { return Array.prototype.slice.call(document.querySelectorAll(selector)); };
  var make = function (tag, name, text) {
    var node = document.createElement(tag);
    if (name) node.className = name;
    if (text) node.textContent = text;
    return node;
  };

  /* The list of errors is read first. */
  var errors = document.querySelector('[data-focus]');
  if (errors) errors.focus();

  /* Buttons that only a script can serve are shown only here. */
  all('[data-print]').forEach(function (button) {
    button.hidden = false;
    button.addEventListener('click', function () { window.print(); });
  });
  all('[data-copy]').forEach(function (button) {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener('click', function () {
      navigator.clipboard.writeText(button.getAttribute('data-copy')).then(function () { button.textContent = '已复制'; });
    });
  });
  all('[data-read]').forEach(function (button) {
    if (!window.speechSynthesis) return;
    button.hidden = false;
    button.addEventListener('click', function () {
      if (speechSynthesis.speaking) { speechSynthesis.cancel(); return; }
      var speech = new SpeechSynthesisUtterance(document.getElementById('main').innerText);
      speech.lang = 'zh-CN';
      speech.rate = .9;
      speechSynthesis.speak(speech);
    });
  });

  /* How many characters are left, said politely and not at every key. */
  all('[data-max]').forEach(function (field) {
    var most = Number(field.getAttribute('data-max'));
    var line = make('p', 'count');
    var said = make('p', 'vh');
    var timer;
    said.setAttribute('role', 'status');
    field.insertAdjacentElement('afterend', line);
    line.insertAdjacentElement('afterend', said);
    var show = function () {
      var left = most - Array.from(field.value).length;
      line.textContent = left < 0 ? '超出' + -left + '字' : '还可以写' + left + '字';
      line.classList.toggle('over', left < 0);
      line.hidden = left > most / 5 && field.tagName !== 'TEXTAREA';
      clearTimeout(timer);
      timer = setTimeout(function () { said.textContent = left < most / 5 ? line.textContent : ''; }, 1200);
    };
    field.addEventListener('input', show);
    show();
  });

  /* Similar published replies while typing; never during the composition of a character. */
  all('[data-suggest]').forEach(function (field) {
    var box = document.getElementById(field.id + '-similar');
    var timer, last = '';
    if (!box || !window.fetch) return;
    var ask = function () {
      var words = field.value.trim();
      if (words === last) return;
      last = words;
      if (Array.from(words).length < 3) { box.textContent = ''; return; }
      fetch(field.getAttribute('data-suggest') + '?q=' + encodeURIComponent(words), { headers: { Accept: 'text/html' } })
        .then(function (answer) { return answer.ok ? answer.text() : ''; })
        .then(function (html) {
          if (words !== last) return;
          var page = new DOMParser().parseFromString(html, 'text/html');
          box.textContent = '';
          Array.from(page.body.childNodes).forEach(function (node) { box.appendChild(node); });
        })
        .catch(function () {});
    };
    field.addEventListener('input', function (event) {
      if (event.isComposing) return;
      clearTimeout(timer);
      timer = setTimeout(ask, 400);
    });
    field.addEventListener('compositionend', function () { clearTimeout(timer); timer = setTimeout(ask, 400); });
  });

  /* Titles and numbers of documents while a search is typed; the arrow keys walk through them. */
  all('[data-complete]').forEach(function (field) {
    if (!window.fetch) return;
    var box = make('div', 'complete');
    var said = make('p', 'vh');
    var timer, last = '';
    said.setAttribute('role', 'status');
    field.parentNode.appendChild(box);
    field.parentNode.appendChild(said);
    var links = function () { return Array.prototype.slice.call(box.querySelectorAll('a')); };
    var close = function () { box.textContent = ''; said.textContent = ''; last = ''; };
    var ask = function () {
      var words = field.value.trim();
      if (words === last) return;
      last = words;
      if (Array.from(words).length < 2) { close(); return; }
      fetch(field.getAttribute('data-complete') + '?q=' + encodeURIComponent(words), { headers: { Accept: 'text/html' } })
        .then(function (answer) { return answer.ok ? answer.text() : ''; })
        .then(function (html) {
          if (words !== last) return;
          var page = new DOMParser().parseFromString(html, 'text/html');
          box.textContent = '';
          Array.from(page.body.childNodes).forEach(function (node) { box.appendChild(node); });
          said.textContent = links().length ? '有' + links().length + '条建议，按向下键选择' : '';
        })
        .catch(function () {});
    };
    field.addEventListener('input', function (event) {
      clearTimeout(timer);
      if (!event.isComposing) timer = setTimeout(ask, 200);
    });
    field.addEventListener('compositionend', function () { clearTimeout(timer); timer = setTimeout(ask, 200); });
    field.parentNode.addEventListener('keydown', function (event) {
      if (event.key === 'Escape') { close(); field.focus(); return; }
      var step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
      var stops = [field].concat(links());
      var at = stops.indexOf(document.activeElement);
      if (!step || at < 0 || stops.length < 2) return;
      event.preventDefault();
      stops[(at + step + stops.length) % stops.length].focus();
    });
    field.parentNode.addEventListener('focusout', function (event) {
      if (!field.parentNode.contains(event.relatedTarget)) close();
    });
  });

  /* Chosen files with their sizes; photographs are made smaller before they are sent. */
  var size = function (bytes) { return bytes < 1048576 ? Math.ceil(bytes / 1024) + ' KB' : (bytes / 1048576).toFixed(1) + ' MB'; };
  var shrink = function (file) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size < 1048576 || !window.createImageBitmap) return Promise.resolve(file);
    return createImageBitmap(file, { imageOrientation: 'from-image' }).then(function (image) {
      var scale = Math.min(1, 2560 / Math.max(image.width, image.height));
      var canvas = document.createElement('canvas');
      canvas.width = Math.round(image.width * scale);
      canvas.height = Math.round(image.height * scale);
      canvas.getContext('2d').drawImage(image, 0, 0, canvas.width, canvas.height);
      return new Promise(function (done) {
        canvas.toBlob(function (blob) {
          done(blob && blob.size < file.size ? new File([blob], file.name.replace(/\.\w+$/, '') + '.jpg', { type: 'image/jpeg' }) : file);
        }, 'image/jpeg', .85);
      });
    }).catch(function () { return file; });
  };
  all('[data-files]').forEach(function (input) {
    var list = make('div', 'picked');
    list.setAttribute('role', 'status');
    input.insertAdjacentElement('afterend', list);
    input.addEventListener('change', function () {
      Promise.all(Array.from(input.files).map(shrink)).then(function (files) {
        if (window.DataTransfer) {
          var chosen = new DataTransfer();
          files.forEach(function (file) { chosen.items.add(file); });
          input.files = chosen.files;
        }
        list.textContent = files.length ? '已选' + files.length + '个，提交时一并送出：' : '';
        var names = make('ul');
        files.forEach(function (file) { names.appendChild(make('li', '', file.name + '（' + size(file.size) + '）')); });
        if (files.length) list.appendChild(names);
      });
    });
  });

  /* Reasons are asked only where the rating is bad. */
  all('[data-only-if]').forEach(function (part) {
    var rule = part.getAttribute('data-only-if').split('=');
    var values = rule[1].split(',');
    var inputs = all('input[name="' + rule[0] + '"]');
    var show = function () {
      part.hidden = !inputs.some(function (input) { return input.checked && values.indexOf(input.value) >= 0; });
    };
    inputs.forEach(function (input) { input.addEventListener('change', show); });
    show();
  });

  /* A form goes once; leaving a half-filled one asks first. */
  all('form[method=post]').forEach(function (form) {
    var changed = false;
    form.addEventListener('input', function () { changed = form.hasAttribute('data-keep'); });
    form.addEventListener('submit', function (event) {
      if (form.hasAttribute('data-sent')) { event.preventDefault(); return; }
      form.setAttribute('data-sent', '');
      changed = false;
      all('.btn').forEach(function (button) { if (form.contains(button)) button.setAttribute('aria-disabled', 'true'); });
    });
    window.addEventListener('beforeunload', function (event) { if (changed) { event.preventDefault(); event.returnValue = ''; } });
  });
  window.addEventListener('pageshow', function (event) {
    if (event.persisted) all('form[data-sent]').forEach(function (form) {
      form.removeAttribute('data-sent');
      all('.btn[aria-disabled]').forEach(function (button) { button.removeAttribute('aria-disabled'); });
    });
  });
})();
