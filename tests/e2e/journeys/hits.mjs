// What the machine finds in a document and its files is decided by a reviewer, hit by hit, each with a
// reason; the review does not pass before.
import assert from 'node:assert/strict';
import test from 'node:test';
import { as, WAYS } from '../lib/browser.mjs';
import { sends, signsIn } from '../lib/officer.mjs';

const main = (person) => person.page.getByRole('main');

/** Chooses what becomes of one hit, with the reason. */
async function decides(person, hit, choice, why) {
  const group = main(person).getByRole('group', { name: hit });
  await person.hands.choose(group.getByLabel(choice));
  await person.hands.write(group.getByLabel('理由'), why);
}

async function takes(person, role, title) {
  await signsIn(person, role);
  await person.opens('/desk/list/review');
  await person.presses(title, main(person));
}

for (const way of [WAYS.keyboard, WAYS.phone]) {
  const title = `社区岗位拟聘人员公示（${way.script ? '键盘' : '手机'}）`;

  test(`a draft with personal data goes for review, ${way.name}`, async () => {
    await as(way, async (person) => {
      await signsIn(person, 'handler');
      await person.opens('/desk/document/new?kind=notice');
      await person.chooses('不涉密');
      await person.writes('标题', title);
      const text = '申某甲，证件号码11010519491231002X。公示期至2026年11月31日。';
      if (way.script) {
        await main(person).getByRole('textbox', { name: '正文' }).focus();
        await person.page.keyboard.insertText(text);
      } else {
        await person.writes('正文', text);
      }
      await person.writes('联系方式', '区政府办公室（0000）5550 0100');
      await person.chooses('主动公开');
      await sends(person);
      await person.reads('待审属性');
    });
    await as(way, async (person) => {
      await takes(person, 'foiClerk', title);
      await person.presses('审定公开属性', main(person));
    });
  });

  test(`the review passes only when every hit is decided, ${way.name}`, () =>
    as(way, async (person) => {
      await takes(person, 'reviewer', title);
      const here = person.page.url();
      await person.reads('机器检查发现2处，2处待决定');
      assert.doesNotMatch(await main(person).getByRole('group', { name: '身份证号码' }).innerText(), /11010519491231002X/);
      await person.axe('hits to be decided');
      for (const finding of ['经审查，不含国家秘密', '个人信息已经去标识化', '表述准确']) await person.chooses(finding);
      await decides(person, '身份证号码', '保留', '虚构号码，用于演示');
      await person.presses('记录审查结论', main(person));
      await person.reads('还有1处没有决定');
      await person.axe('a review that was refused');
      await decides(person, '不存在的日期', '须改', '十一月没有31日');
      await person.presses('记录审查结论', main(person));
      await person.presses('退文', main(person).getByRole('form', { name: '由您审查' }));
      assert.match(await person.field('退文清单').inputValue(), /正文：不存在的日期　2026年11月31日——十一月没有31日/);
      await person.opens(here);
      await decides(person, '不存在的日期', '保留', '引用原文，注明有误');
      for (const finding of ['个人信息已经去标识化', '表述准确']) await person.chooses(finding);
      await person.presses('记录审查结论', main(person));
      await person.reads('表述准确');
      await person.reads('保留：引用原文，注明有误');
      await person.reads('须改：十一月没有31日');
    }));
}

test('the demo shows a document with a change that nobody accepted', () =>
  as(WAYS.mouse, async (person) => {
    await takes(person, 'reviewer', '社区公益岗位拟聘人员的公示');
    await person.reads('没有接受的修订');
    await person.reads('插入“申某丙”；删除“申某乙（因故退出）”');
    await person.axe('hits of a file');
  }));
