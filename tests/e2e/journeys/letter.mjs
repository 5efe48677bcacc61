// J3 and J4: a citizen writes, gets a receipt with dates, and follows the matter.
import assert from 'node:assert/strict';
import test from 'node:test';
import { as, WAYS } from '../lib/browser.mjs';
import { LETTER, SCRIPT, opensOwn, receipt, writesLetter } from '../lib/citizen.mjs';

for (const way of [WAYS.keyboard, WAYS.phone]) {
  test(`J3 and J4: write a letter and follow it, ${way.name}`, () =>
    as(way, async (person) => {
      await writesLetter(person, LETTER);
      await person.reads(LETTER.title);
      await person.reads(LETTER.text);
      await person.axe('check');
      await person.presses(/^提交$/);
      person.tookAtMost(5);
      await person.reads('查询码');
      await person.reads(/最迟\d{4}年/);
      await person.axe('receipt');
      const own = await receipt(person);

      // The bookmark of the receipt may be opened again; the back button does not file twice.
      const address = person.page.url();
      await person.page.reload();
      await person.reads(own.code.replace(/(\d{4})(?=\d)/g, '$1 '));
      await person.page.goBack();
      assert.notEqual(person.page.url(), 'about:blank');
      await person.opens(address);

      await person.opens('/');
      person.acts = 0;
      await person.writes('查询码，12位数字', own.code.replace(/(\d{4})(?=\d)/g, '$1 '));
      await person.presses(/^查询$/);
      person.tookAtMost(1);
      await person.reads(/已收到|办理中/);
      await person.axe('brief');
      await opensOwn(person, own);
      await person.sees(LETTER.title);
      await person.reads('您提交了留言');
      await person.axe('track');
    }));

  test(`another's code without its password shows no content, ${way.name}`, () =>
    as(way, async (person) => {
      await writesLetter(person, LETTER);
      await person.presses(/^提交$/);
      const own = await receipt(person);
      await person.context.clearCookies();
      await opensOwn(person, { code: own.code, password: '000000' });
      assert.ok(!(await person.text()).includes(LETTER.title), 'a wrong password opens the matter');
      await person.axe('wrong password');
    }));

  test(`script in every field is shown as text, ${way.name}`, () =>
    as(way, async (person) => {
      const hostile = { ...LETTER, title: SCRIPT.slice(0, 50), text: SCRIPT.repeat(3), place: SCRIPT, name: SCRIPT.slice(0, 50) };
      await writesLetter(person, hostile);
      await person.reads(hostile.title);
      await person.reads(hostile.place);
      await person.presses(/^提交$/);
      const own = await receipt(person);
      await opensOwn(person, own);
      await person.reads(hostile.title);
      await person.axe('hostile text');
    }));

  test(`an error stands at its field and nothing typed is lost, ${way.name}`, () =>
    as(way, async (person) => {
      await person.opens('/message');
      await person.presses(/^咨询$/, person.page.getByRole('main'));
      const long = '望潮路路灯'.repeat(11);
      await person.writes('一句话说是什么事', long);
      await person.writes('把事情说清楚', '只有一句话，但是已经写好了，不能丢。');
      await person.presses('保存并继续');
      assert.match(await person.page.title(), /^错误/);
      assert.equal(await person.field('把事情说清楚').inputValue(), '只有一句话，但是已经写好了，不能丢。');
      assert.equal(await person.field('一句话说是什么事').inputValue(), long);
      assert.equal(await person.field('一句话说是什么事').getAttribute('aria-invalid'), 'true');
      await person.axe('error');
    }));
}

test('a second press while the first is under way files once', () =>
  as(WAYS.mouse, async (person) => {
    await writesLetter(person, { ...LETTER, title: '望潮路路灯重复提交' });
    const button = person.thing(/^提交$/);
    await button.dblclick();
    await person.page.waitForURL((url) => !url.pathname.endsWith('/check'));
    const first = await receipt(person);
    await person.page.goBack();
    const again = person.thing(/^提交$/);
    if (await again.count()) {
      await again.click();
      await person.page.waitForLoadState('load');
      const text = await person.text();
      assert.ok(!/\d{4} \d{4} \d{4}/.test(text) || text.replaceAll(' ', '').includes(first.code), 'the same letter was filed twice');
    }
  }));
