// J7, J8, J9 and J5: a call is registered, assigned, answered, approved, read and rated.
import assert from 'node:assert/strict';
import test from 'node:test';
import { as, WAYS } from '../lib/browser.mjs';
import { LETTER, SCRIPT, opensOwn, receipt } from '../lib/citizen.mjs';
import { finds, registers, sends, signIn, signsIn } from '../lib/officer.mjs';

const REPLY = '您好！望潮路12号门前的路灯线路已经修复，当晚恢复照明。如再有故障，请拨打窗口电话。';

for (const way of [WAYS.keyboard, WAYS.phone]) {
  const title = `望潮路路灯报修（${way.script ? '键盘' : '手机'}）`;
  let own;

  test(`J7: a clerk registers a call, ${way.name}`, () =>
    as(way, async (person) => {
      await registers(person, { title });
      person.acts = 0;
      await person.axe('register');
      await sends(person);
      person.tookAtMost(1);
      own = await receipt(person);
      await person.axe('slip');
    }));

  test(`J8: the clerk assigns, ${way.name}`, () =>
    as(way, async (person) => {
      await signsIn(person, 'clerk');
      await finds(person, own.number, title);
      await person.axe('matter');
      await person.presses(/^分办/);
      await person.axe('assign');
      await person.selects('承办单位', signIn('handler').unit);
      await sends(person);
      await person.reads('办理中');
    }));

  test(`J8: a handler replies in at most 7 acts, ${way.name}`, () =>
    as(way, async (person) => {
      await signsIn(person, 'handler');
      await finds(person, own.number, title);
      await person.presses(/^签收/);
      await person.presses(/^答复/, person.page.getByRole('complementary', { name: '办理' }));
      await person.presses('一般答复');
      await person.axe('reply');
      await person.writes('答复内容', REPLY);
      await sends(person);
      person.tookAtMost(7);
    }));

  test(`J9: the head approves in 2 acts, ${way.name}`, () =>
    as(way, async (person) => {
      await signsIn(person, 'head');
      await person.opens('/desk/approvals');
      person.acts = 0;
      await person.presses(title);
      await person.reads(REPLY);
      await person.axe('approval');
      if (person.way.script) await person.enters('a');
      else await person.presses(/^同意/);
      person.tookAtMost(2);
    }));

  test(`J4 and J5: the citizen reads the reply and rates it in 2 acts, ${way.name}`, () =>
    as(way, async (person) => {
      await opensOwn(person, own);
      await person.reads(REPLY);
      await person.axe('answered');
      await person.opens(`/rate?code=${own.code}`);
      person.acts = 0;
      await person.axe('rate');
      if (await person.field('查询密码').count()) await person.writes('查询密码', own.password);
      await person.chooses(/^满意/, { act: true });
      await person.presses('提交评价');
      person.tookAtMost(2);
      await person.reads('评价');
    }));
}

test('Enter goes to the next field of the sheet and saves nothing', () =>
  as(WAYS.keyboard, async (person) => {
    await signsIn(person, 'clerk');
    await person.opens('/desk/register');
    const focused = () => person.page.evaluate(() => document.activeElement.name);
    const first = await focused();
    await person.page.keyboard.press('Enter');
    assert.notEqual(await focused(), first);
    assert.match(person.page.url(), /\/desk\/register$/);
  }));

test('script in what a caller says is shown as text on the desk', () =>
  as(WAYS.mouse, async (person) => {
    const title = SCRIPT.slice(0, 50);
    await registers(person, { title, text: SCRIPT.repeat(3) });
    await sends(person);
    await receipt(person);
    await person.opens('/desk/list/all');
    await person.axe('a list with hostile text');
  }));

test('an error on the sheet keeps what was typed', () =>
  as(WAYS.phone, async (person) => {
    await registers(person, { title: '望潮路路灯'.repeat(11) });
    await sends(person);
    assert.match(await person.page.title(), /^错误/);
    assert.equal(await person.field('内容').inputValue(), LETTER.text);
  }));

test('strangers are led to the sign-in', () =>
  as(WAYS.mouse, async (person) => {
    for (const path of ['/desk', '/desk/list/all', '/desk/register', '/desk/m/1']) {
      await person.page.goto(path);
      assert.match(person.page.url(), /sign-in/, path);
    }
    await person.axe('sign-in');
  }));
