// J11: a document is drafted, reviewed, signed and published; at once it stands on its page, in its
// column and in the feed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { as, WAYS } from '../lib/browser.mjs';
import { sends, signIn, signsIn } from '../lib/officer.mjs';
import { SCRIPT } from '../lib/citizen.mjs';

const main = (person) => person.page.getByRole('main');

/** Writes the text of a document: in the editor, or without script in its field. */
async function composes(person, text) {
  if (!person.way.script) return person.writes('正文', text);
  const area = main(person).getByRole('textbox', { name: '正文' });
  await area.focus();
  await person.page.keyboard.insertText(text);
}

/** Opens a document from the queue of what waits for review: one act. */
async function takes(person, role, title) {
  await signsIn(person, role);
  await person.opens('/desk/list/review');
  await person.axe('the review queue');
  person.acts = 0;
  await person.presses(title, main(person));
}

for (const way of [WAYS.keyboard, WAYS.phone]) {
  const title = `望潮路临时停水公告（${way.script ? '键盘' : '手机'}）`;
  let item;

  test(`J11: a drafter sends a document for review in at most 4 acts, ${way.name}`, () =>
    as(way, async (person) => {
      await signsIn(person, 'handler');
      await person.presses('拟稿', person.page.getByRole('navigation', { name: '工作台导航' }));
      await person.presses('公告公示', main(person));
      await person.axe('an empty document');
      await person.chooses('不涉密');
      await person.writes('标题', title);
      await composes(person, `因检修临时停水。${SCRIPT}`);
      await person.writes('成文日期', '2026-11-20');
      await person.writes('联系方式', '区政府办公室（0000）5550 0100');
      if (await main(person).getByRole('checkbox', { name: '公告公示' }).count()) await person.chooses('公告公示');
      await person.chooses('主动公开');
      await sends(person);
      person.tookAtMost(4);
      await person.reads('待审属性');
      await person.axe('a document on its way');
    }));

  test(`J11: each reviewer takes 2 acts, ${way.name}`, async () => {
    await as(way, async (person) => {
      await takes(person, 'foiClerk', title);
      await person.presses('审定公开属性', main(person));
      person.tookAtMost(2);
    });
    await as(way, async (person) => {
      await takes(person, 'reviewer', title);
      await person.axe('a document under review');
      for (const finding of ['经审查，不含国家秘密', '不含个人信息', '表述准确']) await person.chooses(finding);
      await person.presses('记录审查结论', main(person));
      person.tookAtMost(2);
      await person.reads(signIn('reviewer').name);
    });
    await as(way, async (person) => {
      await takes(person, 'foiClerk', title);
      await person.chooses('签发后立即公开');
      await person.presses('记录审查结论', main(person));
      person.tookAtMost(2);
      await person.presses(/^签发/, person.page.getByRole('complementary', { name: '办理' }));
      await sends(person);
      await person.reads('待审：签发');
    });
    for (const role of ['head', 'leader']) {
      await as(way, async (person) => {
        await signsIn(person, role);
        await person.opens('/desk/approvals');
        person.acts = 0;
        await person.presses(title, main(person));
        await person.reads('因检修临时停水');
        await person.axe('a document to be signed');
        await person.presses(/^同意/, main(person));
        person.tookAtMost(2);
      });
    }
  });

  test(`J11: one act publishes, ${way.name}`, () =>
    as(way, async (person) => {
      await takes(person, 'foiClerk', title);
      const here = person.page.url();
      await person.opens(`${new URL(here).pathname.replace(/\?.*/, '')}/preview`);
      await person.reads('这一页还没有公开');
      await person.axe('a preview');
      await person.opens(here);
      person.acts = 0;
      await person.presses('发布', main(person).getByRole('form', { name: '由您审查' }));
      person.tookAtMost(1);
      await person.reads('已公开');
      item = await main(person).getByRole('link', { name: '公开页面' }).getAttribute('href');
      await person.opens(item);
      await person.sees(title);
      await person.axe('the published document');
      const feed = await (await person.page.request.get('/feed/all.json')).json();
      assert.ok(feed.items.some((one) => one.title === title), 'in the feed');
    }));

  test(`a preview stands at the width of a telephone, ${way.name}`, () =>
    as(way, async (person) => {
      await signsIn(person, 'handler');
      await person.opens(`/desk/search?q=${encodeURIComponent(title)}`);
      await person.presses(title, main(person));
      await person.presses('预览', main(person));
      await person.presses('手机宽度', main(person));
      const inner = person.page.frameLocator('iframe');
      await inner.getByRole('heading', { name: title }).waitFor();
      await person.axe('a preview in a frame');
    }));
}

test('what is pasted from a word processor keeps tables and levels and loses its dress', () =>
  as(WAYS.mouse, async (person) => {
    await signsIn(person, 'handler');
    await person.opens('/desk/document/new?kind=notice');
    const area = main(person).getByRole('textbox', { name: '正文' });
    await area.focus();
    await area.evaluate((node) => {
      const data = new DataTransfer();
      data.setData('text/html', `<html><head><style>p{color:red}</style></head><body><!--StartFragment-->
        <h1 class=MsoTitle style='mso-outline-level:1'>一、总则</h1><p class=MsoNormal><span style='color:red'>　　第一条 <b>施行</b></span></p>
        <table class=MsoTable border=1><tr><td rowspan=2 width=80><p class=MsoNormal>甲</p></td><td>乙</td></tr><tr><td>丙</td></tr></table>
        <img src="file:///c:/x.png" onerror="alert(1)"><script>alert(1)</script><!--EndFragment--></body></html>`);
      node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    });
    const sent = await person.field('正文').inputValue();
    assert.match(sent, /<h2>一、总则<\/h2>/);
    assert.match(sent, /<strong>施行<\/strong>/);
    assert.match(sent, /<td rowspan="2">甲<\/td>/);
    assert.doesNotMatch(sent, /Mso|style|script|img|onerror/);
    await person.axe('an editor with a table');
  }));

test('一键排版 sets levels, indents and punctuation right, and can be undone by typing on', () =>
  as(WAYS.mouse, async (person) => {
    await signsIn(person, 'handler');
    await person.opens('/desk/document/new?kind=notice');
    const area = main(person).getByRole('textbox', { name: '正文' });
    await area.focus();
    await area.evaluate((node) => { node.innerHTML = '<p>一、总体要求</p><p>　　为了试验,请遵守(试行).</p><p>（一）范围</p><p>使用 version 1.5, ok</p>'; });
    await person.hands.activate(main(person).getByRole('button', { name: '一键排版' }));
    const sent = await person.field('正文').inputValue();
    assert.equal(sent, '<h2>一、总体要求</h2>\n<p>为了试验，请遵守（试行）。</p>\n<h3>（一）范围</h3>\n<p>使用 version 1.5, ok</p>');
  }));
