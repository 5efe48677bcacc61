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

/** What Word puts on the clipboard: conditional comments, Office namespaces, list numbers in mso-list runs,
 *  headings as outline levels, a table with merged cells. */
const WORD = `<html xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:w="urn:schemas-microsoft-com:office:word" xmlns:m="http://schemas.microsoft.com/office/2004/12/omml" xmlns="http://www.w3.org/TR/REC-html40">
<head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><meta name=ProgId content=Word.Document><meta name=Generator content="Microsoft Word 15"><link rel=File-List href="file:///C:/Temp/msohtmlclip1/01/clip_filelist.xml">
<!--[if gte mso 9]><xml><o:OfficeDocumentSettings><o:AllowPNG/></o:OfficeDocumentSettings></xml><![endif]--><!--[if gte mso 9]><xml><w:WordDocument><w:View>Normal</w:View><w:Zoom>0</w:Zoom></w:WordDocument></xml><![endif]-->
<style><!-- @font-face {font-family:仿宋;} p.MsoNormal, li.MsoNormal {margin:0cm; text-align:justify; font-size:16.0pt; font-family:仿宋;} h1 {mso-style-priority:9; mso-outline-level:1;} --></style>
<!--[if gte mso 10]><style>table.MsoNormalTable {mso-style-name:"Table Normal";}</style><![endif]--></head>
<body lang=ZH-CN style='tab-interval:21.0pt;word-wrap:break-word'><!--StartFragment-->
<h1 style='line-height:28.0pt'><span style='font-family:黑体;mso-ascii-font-family:"Times New Roman"'>一、总则<span lang=EN-US><o:p></o:p></span></span></h1>
<p class=MsoNormal style='text-indent:32.0pt;mso-outline-level:2'><span style='font-family:楷体'>（一）适用范围</span></p>
<p class=MsoNormal style='text-indent:32.0pt'><span style='font-family:仿宋;color:red'>　　第一条　</span><b style='mso-bidi-font-weight:normal'><span>施行</span></b><span lang=EN-US>&nbsp;</span></p>
<table class=MsoTableGrid border=1 cellspacing=0 cellpadding=0 style='border-collapse:collapse;mso-yfti-tbllook:1184'><tr style='mso-yfti-irow:0;mso-yfti-firstrow:yes'><td width=184 rowspan=2 valign=top style='width:138.3pt;border:solid windowtext 1.0pt'><p class=MsoNormal><span style='font-family:仿宋'>甲</span></p></td><td width=184 colspan=2><p class=MsoNormal align=center>乙<span lang=EN-US><o:p></o:p></span></p></td></tr><tr style='mso-yfti-irow:1'><td><p class=MsoNormal>丙</p></td><td><p class=MsoNormal>丁</p></td></tr></table>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><![if !supportLists]><span lang=EN-US><span style='mso-list:Ignore'>1.<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp; </span></span></span><![endif]>列表一项</p>
<!--[if gte vml 1]><v:shape id="p1"><v:imagedata src="file:///C:/Temp/clip_image001.png"/></v:shape><![endif]--><![if !vml]><img width=10 src="file:///C:/Temp/clip_image001.png" v:shapes="p1" onerror="alert(1)"><![endif]><script>alert(1)</script>
<!--EndFragment--></body></html>`;

/** Opens an empty document and answers its editor. */
async function edits(person) {
  await signsIn(person, 'handler');
  await person.opens('/desk/document/new?kind=notice');
  const area = main(person).getByRole('textbox', { name: '正文' });
  await area.focus();
  return area;
}

test('what is pasted from Word keeps tables and levels and loses its dress', () =>
  as(WAYS.mouse, async (person) => {
    const area = await edits(person);
    await area.evaluate((node, html) => {
      const data = new DataTransfer();
      data.setData('text/html', html);
      node.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
    }, WORD);
    const sent = await person.field('正文').inputValue();
    assert.match(sent, /<h2>一、总则<\/h2>/);
    assert.match(sent, /<h3>（一）适用范围<\/h3>/);
    assert.match(sent, /<p>第一条 <strong>施行<\/strong><\/p>/);
    assert.match(sent, /<td rowspan="2">甲<\/td><td colspan="2">乙<\/td>/);
    assert.match(sent, /<td>丙<\/td><td>丁<\/td>/);
    assert.match(sent, /列表一项/);
    assert.doesNotMatch(sent, /mso|Mso|style|script|img|onerror|xml|o:p|&nbsp;/);
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

test('撤销 takes back what a button did, one step after the other', () =>
  as(WAYS.mouse, async (person) => {
    const area = await edits(person);
    await person.page.keyboard.insertText('为了试验,请遵守.');
    const typed = await person.field('正文').inputValue();
    const press = (name) => person.hands.activate(main(person).getByRole('button', { name, exact: true }));
    await press('一键排版');
    await press('表格');
    assert.match(await person.field('正文').inputValue(), /请遵守。[\s\S]*<table>/);
    await press('撤销');
    assert.doesNotMatch(await person.field('正文').inputValue(), /<table>/);
    await press('撤销');
    assert.equal(await person.field('正文').inputValue(), typed);
    assert.match(await area.innerText(), /为了试验,请遵守\./);
  }));

test('a picture goes among the files with words for who cannot see it', () =>
  as(WAYS.mouse, async (person) => {
    await edits(person);
    await person.page.keyboard.insertText('请绕行。');
    const press = (name) => person.hands.activate(main(person).getByRole('button', { name, exact: true }));
    await press('插图');
    await press('选择图片');
    await person.reads('请先写图上是什么');
    await person.axe('an editor that asks what a picture shows');
    await person.hands.write(main(person).getByLabel('图上是什么'), '从望潮路向东绕行');
    const chooser = person.page.waitForEvent('filechooser');
    await press('选择图片');
    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==', 'base64');
    await (await chooser).setFiles({ name: '绕行图.png', mimeType: 'image/png', buffer: png });
    await person.page.waitForFunction(() => document.querySelector('textarea[data-rich]').value.includes('［图：绕行图.png｜从望潮路向东绕行］'));
    assert.deepEqual(await main(person).locator('input[type=file][name=files]').evaluate((input) => [...input.files].map((file) => file.name)), ['绕行图.png']);
    await person.chooses('不涉密');
    await person.writes('标题', '绕行公告');
    await person.writes('联系方式', '区政府办公室（0000）5550 0100');
    await person.presses('保存草稿');
    const shown = main(person).getByRole('img', { name: '从望潮路向东绕行' });
    await shown.waitFor();
    assert.ok(await shown.evaluate((image) => image.complete && image.naturalWidth === 1), 'it is shown');
    await person.axe('a document with a picture');
  }));

test('what was typed is there again after the page was loaded anew', () =>
  as(WAYS.mouse, async (person) => {
    await edits(person);
    await person.page.keyboard.insertText('没有保存的文字。');
    await person.writes('标题', '没有保存的标题');
    await main(person).getByLabel('标题').press('Tab');
    await person.page.reload();
    await person.reads('有没交的内容');
    await person.presses('恢复', main(person));
    assert.equal(await person.field('标题').inputValue(), '没有保存的标题');
    assert.match(await person.field('正文').inputValue(), /没有保存的文字。/);
    assert.match(await main(person).getByRole('textbox', { name: '正文' }).innerText(), /没有保存的文字。/);
    await person.axe('a draft that was found again');
  }));

test('two editors on one document: the later sees both texts and loses nothing', async () => {
  const title = '两人同改的公告';
  let path;
  await as(WAYS.mouse, async (person) => {
    await edits(person);
    await person.page.keyboard.insertText('原来的文字。');
    await person.chooses('不涉密');
    await person.writes('标题', title);
    await person.presses('保存草稿');
    path = new URL(person.page.url()).pathname;
    await person.opens(`${path}/document`);
    const mine = main(person).getByRole('textbox', { name: '正文' });
    await mine.focus();
    await person.page.keyboard.press('Control+A');
    await person.page.keyboard.insertText('我写的文字。');
    await as(WAYS.mouse, async (other) => {
      await signsIn(other, 'head');
      await other.opens(`${path}/document`);
      await main(other).getByRole('textbox', { name: '正文' }).focus();
      await other.page.keyboard.press('Control+A');
      await other.page.keyboard.insertText('他写的文字。');
      await other.presses('保存草稿');
      await other.reads('他写的文字');
    });
    await person.presses('保存草稿');
    await person.reads('没有保存');
    const table = await main(person).getByRole('table').first().innerText();
    assert.match(table, /他写的文字/);
    assert.match(table, /我写的文字/);
    assert.match(await person.field('正文').inputValue(), /我写的文字/);
    await person.axe('two texts beside each other');
    await person.presses('保存草稿');
    await person.reads('我写的文字');
  });
});
