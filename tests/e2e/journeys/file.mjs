// 从文件导入正文: a drafter reads a file into the form; it proposes title, 文号 and text, and stores nothing
// until it is saved.
import assert from 'node:assert/strict';
import test from 'node:test';
import { as, WAYS } from '../lib/browser.mjs';
import { signsIn } from '../lib/officer.mjs';

const main = (person) => person.page.getByRole('main');
const file = (text) => ({ name: '停气公告.txt', mimeType: 'text/plain', buffer: Buffer.from(text) });

for (const way of [WAYS.keyboard, WAYS.phone]) {
  test(`the text of a document comes from a file, ${way.name}`, () =>
    as(way, async (person) => {
      const title = `关于临时停气的公告（${way.script ? '键盘' : '手机'}）`;
      await signsIn(person, 'handler');
      await person.opens('/desk/document/new?kind=notice');
      const reads = async (text) => {
        const folded = main(person).locator('details:not([open]) > summary', { hasText: '从文件导入正文' });
        if (await folded.count()) await person.hands.activate(folded);
        await main(person).getByLabel('选择文件').setInputFiles(file(text));
        await person.activates(main(person).getByRole('button', { name: '读入文件' }));
      };
      await reads('因检修停气。');
      await person.reads('请先回答是否涉密');
      await person.axe('a file that was not read');
      await person.chooses('不涉密');
      await reads('机密★10年\n关于某事的公告\n正文。');
      await person.reads('国家秘密标志');
      await reads(`${title}\n晴燃〔2026〕3号\n一、停气范围\n望潮路。`);
      await person.reads('已从文件读入');
      assert.equal(await main(person).getByLabel('标题', { exact: true }).inputValue(), title);
      assert.equal(await main(person).getByLabel('文号').inputValue(), '晴燃〔2026〕3号');
      // The bar of the editor is judged where it is used, not half behind the bar at the foot of the window.
      if (way.script) await main(person).locator('.editbar').evaluate((bar) => bar.scrollIntoView({ block: 'center' }));
      await person.axe('a form filled from a file');
      await person.presses('保存草稿', main(person));
      await person.reads(title);
      await person.reads('停气范围');
    }));
}
