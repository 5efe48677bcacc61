// 删减后公开: a drafter lists what is removed, sees the copy opened again, puts right what is still there and
// sends it for review; what was removed stands on no public page.
import assert from 'node:assert/strict';
import test from 'node:test';
import { as, WAYS } from '../lib/browser.mjs';
import { sends, signsIn } from '../lib/officer.mjs';

const main = (person) => person.page.getByRole('main');
const TEXT = '居民申某乙反映噪声扰民。申某乙住望潮路99号。';

async function drafts(person, title) {
  await signsIn(person, 'handler');
  await person.opens('/desk/document/new?kind=notice');
  await person.chooses('不涉密');
  await person.writes('标题', title);
  if (person.way.script) {
    await main(person).getByRole('textbox', { name: '正文' }).focus();
    await person.page.keyboard.insertText(TEXT);
  } else await person.writes('正文', TEXT);
  await person.writes('联系方式', '区政府办公室（0000）5550 0100');
  await person.chooses('删减后公开');
  await person.chooses('条例第十五条');
  await person.writes('属性理由', '反映人的姓名和住址属于个人隐私');
  await sends(person);
}

for (const way of [WAYS.keyboard, WAYS.phone]) {
  test(`a reduced copy is made, opened again and sent for review, ${way.name}`, () =>
    as(way, async (person) => {
      const title = `噪声问题处理情况（${way.script ? '键盘' : '手机'}）`;
      await drafts(person, title);
      await person.reads('删减清单却是空的');
      await person.presses('返回事项', main(person));
      await person.presses('制作删减件', main(person));
      await person.axe('an empty list of removals');
      if (way.script) {
        await main(person).locator('[data-original] p', { hasText: '居民' }).first().evaluate((node) => {
          const words = node.firstChild, range = document.createRange(), at = words.data.indexOf('申某乙');
          range.setStart(words, at);
          range.setEnd(words, at + 3);
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        });
        await main(person).getByRole('button', { name: '删减所选文字' }).click();
        assert.equal(await person.field('第1项　删去的文字').inputValue(), '申某乙');
      } else await person.writes('第1项　删去的文字', '申某乙');
      await person.selects('第1项　是什么，依据', '个人隐私（条例第十五条）');
      await person.writes('第2项　删去的文字', '望潮路98号');
      await person.selects('第2项　是什么，依据', '个人隐私（条例第十五条）');
      await sends(person);
      await person.reads('复查没有通过');
      await person.reads('删减清单第2项在正文里没有找到');
      await person.axe('a copy that does not pass');
      await person.writes('第2项　删去的文字', '望潮路99号');
      await sends(person);
      await person.reads('复查通过');
      await person.reads('〔此处删减：个人隐私，条例第十五条〕');
      await person.axe('a copy that passes');
      await person.presses('预览整页', main(person));
      await person.reads('本文已依法删减');
      assert.ok(!(await person.page.content()).includes('申某乙'), 'removed from the whole page');
      await person.axe('the preview of a reduced copy');
      await person.presses('返回公文', main(person));
      await person.presses('修改', main(person));
      if (await main(person).getByRole('checkbox', { name: '公告公示' }).count()) await person.chooses('公告公示');
      await sends(person);
      await person.reads('待审属性');
      await person.reads('删减清单');
      await person.axe('a reduced document on its way');
    }));
}
