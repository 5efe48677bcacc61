/* The editor of a document's text: headings, lists, tables, bold, paste from a word processor.
   The text field behind it is what is sent, and the server cleans it again. Without script the
   field takes plain text, with levels by numbering. */
(function () {
  'use strict';
  var doc = document;
  var NUMERAL = '[一二三四五六七八九十百〇零]+', CHINESE = '[\\u3400-\\u9fff\\u3001\\u3002\\u300a-\\u3011\\uff01-\\uff5e”’]';
  var BLOCK = /^(P|H[1-6]|UL|OL|TABLE|BLOCKQUOTE|HR|DIV|SECTION|ARTICLE|LI|TR|TD|TH|TBODY|THEAD|TFOOT|CAPTION|FIGURE)$/;
  /* Foreign elements are only ever held here: nothing of them is fetched or run. */
  var inert = doc.implementation.createHTMLDocument('');
  function make(name, text) { var el = doc.createElement(name); if (text) el.textContent = text; return el; }
  function trimmed(text) { return text.replace(/^[\s\u3000\u00a0]+|[\s\u3000\u00a0]+$/g, ''); }

  /* The level that a line's numbering tells: the same rule as the server's. */
  function level(line) {
    if (/[。；：，;:]$/.test(line) || Array.from(line).length > 36) return 'p';
    if (new RegExp('^' + NUMERAL + '、').test(line) || new RegExp('^第' + NUMERAL + '[章节编]').test(line)) return 'h2';
    return new RegExp('^[（(]' + NUMERAL + '[)）]').test(line) ? 'h3' : 'p';
  }
  function fromPlain(text, into) {
    text.split(/\r?\n/).map(trimmed).forEach(function (line) { if (line) into.append(make(level(line), line)); });
    return into;
  }

  /* What may stand in a text: everything else loses its dress and keeps its words. */
  function inline(node, into) {
    node.childNodes.forEach(function (child) {
      if (child.nodeType === 3) { into.append(child.data.replace(/[\s\u00a0]+/g, ' ')); return; }
      if (child.nodeType !== 1 || /^(STYLE|SCRIPT|META|LINK|TITLE|IMG|XML|O:P)$/i.test(child.tagName) && !child.textContent) return;
      if (/^(STYLE|SCRIPT|TITLE)$/.test(child.tagName)) return;
      if (child.tagName === 'BR') { into.append(make('br')); return; }
      var bold = /^(B|STRONG)$/.test(child.tagName) && !/(^|[^-])font-weight:\s*normal/.test(dress(child)) || /(^|[^-])font-weight:\s*(bold|[6-9]00)/.test(dress(child));
      var keep = bold ? 'strong' : { SUP: 'sup', SUB: 'sub', U: 'u' }[child.tagName], href = child.tagName === 'A' && child.getAttribute('href');
      if (href && /^(https?|mailto|tel):/.test(href)) { var link = make('a'); link.setAttribute('href', href); inline(child, link); into.append(link); return; }
      if (!keep) { inline(child, into); return; }
      var held = make(keep);
      inline(child, held);
      if (held.textContent) into.append(held);
    });
  }
  function cell(from) {
    var made = make(from.tagName.toLowerCase());
    ['colspan', 'rowspan'].forEach(function (name) { var n = +from.getAttribute(name); if (n > 1 && n < 1000) made.setAttribute(name, n); });
    Array.prototype.forEach.call(from.childNodes, function (child, i) {
      if (i && child.nodeType === 1 && BLOCK.test(child.tagName) && made.textContent) made.append(make('br'));
      var one = inert.createElement('div');
      one.append(child.cloneNode(true));
      inline(one, made);
    });
    return made;
  }
  function table(from) {
    var made = make('table'), rows = make('tbody');
    Array.prototype.forEach.call(from.rows, function (row) {
      var line = make('tr');
      Array.prototype.forEach.call(row.cells, function (one) { line.append(cell(one)); });
      if (line.cells.length) rows.append(line);
    });
    made.append(rows);
    return made;
  }
  /* The title is a page's only first level; a word processor's levels all stand one lower here. */
  var word = false;
  function heading(el) {
    var name = el.tagName, outline = /mso-outline-level:\s*([1-9])/.exec(dress(el)), styled = /Mso(?:Heading|Title)|Heading([1-6])/i.exec(el.className || '');
    var depth = /^H[1-6]$/.test(name) ? +name[1] : outline ? +outline[1] : styled ? +styled[1] || 1 : 0;
    return depth ? 'h' + Math.min(depth + (word || depth === 1 ? 1 : 0), 4) : '';
  }
  /* Blanks at the edge of a paragraph are dress too. */
  function edge(el, side, blank) {
    for (var at = el[side]; at; at = at[side]) if (at.nodeType === 3) { at.data = at.data.replace(blank, ''); return; }
  }
  function blocks(from, into) {
    var open = null;
    function flush() { if (open && trimmed(open.textContent)) into.append(open); open = null; }
    from.childNodes.forEach(function (child) {
      if (child.nodeType === 8) return;
      if (child.nodeType !== 1 || !BLOCK.test(child.tagName)) {
        if (child.nodeType === 1 && child.querySelector('p,table,h1,h2,h3,h4,ul,ol,div')) { flush(); blocks(child, into); return; }
        open = open || make('p');
        var holder = inert.createElement('div');
        holder.append(child.cloneNode(true));
        inline(holder, open);
        return;
      }
      flush();
      var name = child.tagName;
      if (name === 'TABLE') { into.append(table(child)); return; }
      if (name === 'UL' || name === 'OL') {
        var list = make(name.toLowerCase());
        Array.prototype.forEach.call(child.children, function (one) { var item = make('li'); inline(one, item); if (trimmed(item.textContent)) list.append(item); });
        if (list.children.length) into.append(list);
        return;
      }
      if (name === 'HR') { into.append(make('hr')); return; }
      var level = heading(child);
      if (!level && name !== 'P') { blocks(child, into); return; }
      var made = make(level || 'p');
      inline(child, made);
      edge(made, 'firstChild', /^[\s\u3000\u00a0]+/);
      edge(made, 'lastChild', /[\s\u3000\u00a0]+$/);
      if (trimmed(made.textContent)) into.append(made);
    });
    flush();
    return into;
  }
  /* Styles are read as words, never applied: the page's policy forbids them. */
  function dress(el) { return el.getAttribute('data-dress') || ''; }
  function clean(html) {
    var bare = html.replace(/<style[\s\S]*?<\/style>/gi, '').replace(/\sstyle\s*=/gi, ' data-dress=').replace(/\son[a-z]+\s*=/gi, ' data-off=');
    word = /\bMso[A-Z]|mso-|Word\.Document/.test(html);
    var made = blocks(new DOMParser().parseFromString(bare, 'text/html').body, make('div'));
    word = false;
    return made;
  }
  function isHtml(text) { return /<(p|h[1-6]|table|ul|ol|div|br)[\s>]/i.test(text); }

  /* 一键排版: no indents by blanks, Chinese punctuation in Chinese text, levels by numbering. */
  function mended(text) {
    var full = { ',': '，', ';': '；', ':': '：', '?': '？', '!': '！', '(': '（', ')': '）' };
    return text
      .replace(new RegExp('(' + CHINESE + ')[ \\u3000\\u00a0]+(?=' + CHINESE + ')', 'g'), '$1')
      .replace(new RegExp('(' + CHINESE + ')([,;:?!])', 'g'), function (all, before, mark) { return before + full[mark]; })
      .replace(new RegExp('\\(([^()]*' + CHINESE + '[^()]*)\\)', 'g'), '（$1）')
      .replace(new RegExp('(' + CHINESE + ')\\.(?=$|\\s)', 'g'), '$1。');
  }
  function arrange(area) {
    var walker = doc.createTreeWalker(area, 4), node;
    while ((node = walker.nextNode())) node.data = mended(node.data);
    area.querySelectorAll(':scope>p,:scope>h2,:scope>h3,:scope>div').forEach(function (one) {
      var first = one.firstChild, last = one.lastChild;
      if (first && first.nodeType === 3) first.data = first.data.replace(/^[\s\u3000\u00a0]+/, '');
      if (last && last.nodeType === 3) last.data = last.data.replace(/[\s\u3000\u00a0]+$/, '');
      if (!one.textContent) { one.remove(); return; }
      var wanted = level(one.textContent);
      if (/^(P|DIV)$/.test(one.tagName) && wanted !== one.tagName.toLowerCase()) {
        var made = make(wanted);
        made.append.apply(made, Array.prototype.slice.call(one.childNodes));
        one.replaceWith(made);
      }
    });
  }

  function editor(field) {
    var name = field.getAttribute('data-rich'), bar = make('div'), area = make('div'), count = make('p'), mine = false;
    var max = +field.getAttribute('data-max') || 0, label = doc.querySelector('label[for="' + field.id + '"]');
    bar.className = 'editbar';
    bar.setAttribute('role', 'toolbar');
    bar.setAttribute('aria-label', name + '的格式');
    area.className = 'rich';
    area.id = field.id + '-editor';
    area.contentEditable = 'true';
    area.setAttribute('role', 'textbox');
    area.setAttribute('aria-multiline', 'true');
    area.setAttribute('aria-label', name);
    var told = field.getAttribute('aria-describedby');
    if (told) area.setAttribute('aria-describedby', told);
    count.className = 'count';
    field.after(bar, area, count);
    field.classList.add('behind');
    field.removeAttribute('aria-describedby');
    if (label) label.addEventListener('click', function (event) { event.preventDefault(); area.focus(); });
    doc.querySelectorAll('a[href="#' + field.id + '"]').forEach(function (link) { link.setAttribute('href', '#' + area.id); });

    function show(text) {
      var made = isHtml(text) ? clean(text) : fromPlain(text, make('div'));
      area.replaceChildren.apply(area, Array.prototype.slice.call(made.childNodes));
      if (!area.firstChild) area.append(Object.assign(make('p'), { innerHTML: '<br>' }));
    }
    function counted() {
      var n = Array.from(area.textContent).length;
      count.textContent = max && n > max ? '已超出' + (n - max) + '字' : n ? n + '字' : '';
      count.classList.toggle('over', !!max && n > max);
    }
    /* What stood before, for 撤销: a step for every button, and for typing at most one a second. */
    var past = [], noted = 0;
    function note(now) {
      var time = Date.now();
      if (!now && time - noted < 1000 || past[past.length - 1] === field.value) return;
      past.push(field.value);
      if (past.length > 100) past.shift();
      noted = time;
    }
    function undo() {
      var before = past.pop();
      while (before === field.value && past.length) before = past.pop();
      if (before === undefined) return;
      show(before);
      mine = true;
      field.value = before;
      field.dispatchEvent(new Event('input', { bubbles: true }));
      mine = false;
      counted();
      last();
    }
    /* A picture goes among the files of the form; in the text stands its mark, with what it shows. */
    var panel = make('p'), words = make('input'), choose = make('button', '选择图片'), pick = make('input'), hint = make('span');
    panel.className = 'picture';
    panel.hidden = true;
    words.className = 'inp';
    words.setAttribute('aria-label', '图上是什么');
    words.placeholder = '图上是什么？写给看不见图的人';
    choose.type = 'button';
    choose.className = 'btn alt sm';
    pick.type = 'file';
    pick.accept = 'image/*';
    hint.setAttribute('role', 'status');
    panel.append(words, choose, hint);
    bar.after(panel);
    function picture() { panel.hidden = !panel.hidden; if (!panel.hidden) words.focus(); }
    choose.addEventListener('click', function () {
      if (!words.value.trim()) { hint.textContent = '请先写图上是什么。'; words.focus(); return; }
      pick.value = '';
      pick.click();
    });
    pick.addEventListener('change', function () {
      var files = field.form.querySelector('input[type=file][multiple]:not([name=source])'), one = pick.files[0], all = new DataTransfer(), mark;
      if (!one || !files) return;
      Array.prototype.forEach.call(files.files, function (file) { all.items.add(file); });
      all.items.add(one);
      files.files = all.files;
      files.dispatchEvent(new Event('change', { bubbles: true }));
      note(true);
      mark = make('p', '［图：' + one.name + '｜' + words.value.replace(/[｜|［］<>]/g, ' ').trim() + '］');
      area.append(mark);
      words.value = hint.textContent = '';
      panel.hidden = true;
      keep();
      last();
    });
    function keep() {
      note(false);
      mine = true;
      var made = blocks(area, make('div'));
      field.value = Array.prototype.map.call(made.children, function (one) { return one.outerHTML; }).join('\n');
      field.dispatchEvent(new Event('input', { bubbles: true }));
      mine = false;
      counted();
    }
    function last() {
      area.focus();
      getSelection().selectAllChildren(area);
      getSelection().collapseToEnd();
    }
    function inside(selector) {
      var at = getSelection().anchorNode, el = at && (at.nodeType === 1 ? at : at.parentElement);
      return el && area.contains(el) ? el.closest(selector) : null;
    }
    function run(command, value) { area.focus(); doc.execCommand('styleWithCSS', false, false); doc.execCommand(command, false, value); keep(); }
    function row() {
      var at = inside('tr');
      if (!at) return;
      var fresh = make('tr');
      Array.prototype.forEach.call(at.cells, function () { fresh.append(Object.assign(make('td'), { innerHTML: '<br>' })); });
      at.after(fresh);
      getSelection().collapse(fresh.cells[0], 0);
      keep();
    }
    function column() {
      var at = inside('td,th');
      if (!at) return;
      var index = at.cellIndex;
      Array.prototype.forEach.call(at.closest('table').rows, function (line) {
        var near = line.cells[Math.min(index, line.cells.length - 1)];
        if (near) near.after(Object.assign(make(near.tagName.toLowerCase()), { innerHTML: '<br>' }));
      });
      keep();
    }
    function without() {
      var at = inside('tr'), whole = at && at.closest('table');
      if (!at) return;
      if (whole.rows.length > 1) at.remove(); else whole.remove();
      keep();
    }
    var line = '<td><br></td><td><br></td><td><br></td>';
    [
      ['正文', function () { run('formatBlock', 'p'); }], ['一级标题', function () { run('formatBlock', 'h2'); }],
      ['二级标题', function () { run('formatBlock', 'h3'); }], ['加粗', function () { run('bold'); }],
      ['列表', function () { run('insertUnorderedList'); }],
      ['表格', function () { run('insertHTML', '<table><tbody><tr>' + line + '</tr><tr>' + line + '</tr></tbody></table><p><br></p>'); }],
      ['加行', row], ['加列', column], ['删行', without],
      ['一键排版', function () { arrange(area); keep(); last(); }],
      ['插图', picture], ['撤销', undo]
    ].forEach(function (one) {
      var button = make('button', one[0]);
      button.type = 'button';
      button.addEventListener('mousedown', function (event) { event.preventDefault(); });
      button.addEventListener('click', function () { if (one[1] !== undo && one[1] !== picture) note(true); one[1](); });
      bar.append(button);
    });

    area.addEventListener('input', keep);
    field.addEventListener('input', function () { if (!mine) { show(field.value); counted(); } });
    area.addEventListener('paste', function (event) {
      var data = event.clipboardData, html = data && data.getData('text/html');
      if (!data) return;
      event.preventDefault();
      var made = html ? clean(html) : fromPlain(data.getData('text/plain'), make('div'));
      var one = made.children.length === 1 && made.firstChild.tagName === 'P';
      doc.execCommand('insertHTML', false, one ? made.firstChild.innerHTML : made.innerHTML);
      keep();
    });
    area.addEventListener('drop', function (event) { if (event.dataTransfer && event.dataTransfer.files.length) event.preventDefault(); });
    doc.execCommand('defaultParagraphSeparator', false, 'p');
    show(field.value);
    counted();
  }
  doc.querySelectorAll('textarea[data-rich]').forEach(editor);
})();
