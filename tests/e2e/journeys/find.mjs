// J1: somebody looks for a policy and its interpretation: by words, and by its 文号.
import assert from 'node:assert/strict';
import test from 'node:test';
import { as, WAYS } from '../lib/browser.mjs';

const POLICY = /关于印发《晴湾区老年助餐服务管理办法》的通知/;
const NUMBER = '晴政办规[2026]第5号';

/** Types into the search box of the page and presses Enter: one act. */
async function searches(person, words) {
  const box = person.page.getByRole('searchbox').first();
  await person.hands.write(box, words);
  await box.focus();
  await person.enters();
}

/** Whether the thing stands in the first window of the page. */
async function inSight(person, thing) {
  const box = await thing.boundingBox();
  const height = await person.page.evaluate(() => window.innerHeight);
  const top = await person.page.evaluate(() => window.scrollY);
  return top === 0 && box.y + box.height <= height;
}

for (const way of [WAYS.keyboard, WAYS.phone]) {
  test(`J1: find a policy by words, then its interpretation, ${way.name}`, () =>
    as(way, async (person) => {
      await person.opens('/');
      person.acts = 0;
      await searches(person, '老年助餐 办法');
      await person.sees('老年助餐');
      await person.axe('results');
      await person.presses(POLICY, person.page.getByRole('main').getByRole('list'));
      await person.sees(POLICY);
      person.tookAtMost(2);
      const reading = person.page.getByRole('main').getByRole('link', { name: '文字解读' }).first();
      if (way.script) assert.ok(await inSight(person, reading), 'the interpretation stands below the first window');
      await person.activates(reading);
      await person.sees('文字解读');
      person.tookAtMost(3);
    }));

  test(`J1: a 文号 leads straight to its document, ${way.name}`, () =>
    as(way, async (person) => {
      await person.opens('/');
      person.acts = 0;
      await searches(person, NUMBER);
      await person.sees(POLICY);
      person.tookAtMost(1);
    }));

  test(`a search is narrowed, sent on, and never ends in an error, ${way.name}`, () =>
    as(way, async (person) => {
      await person.opens('/s?q=' + encodeURIComponent('助餐'));
      const address = person.page.url();
      if (!(await person.page.getByRole('link', { name: /政策文件/ }).first().isVisible())) {
        await person.page.getByText('缩小范围').first().click();
      }
      await person.activates(person.page.getByRole('link', { name: /^政策文件/ }).locator('visible=true').first());
      assert.match(person.page.url(), /kind=policy/);
      await person.reads('老年助餐服务管理办法');
      await person.axe('narrowed');
      await person.opens(address);
      for (const words of ['老年助歺服务管理办法', '', '<script>alert(1)</script>', 'a AND (b', '停'.repeat(2000), '👵🍚']) {
        const answer = await person.opens('/s?q=' + encodeURIComponent(words));
        assert.equal(answer.status(), 200, words.slice(0, 20));
        await person.reads('没找到？');
      }
    }));
}

test('titles are offered while typing, and the arrow keys lead to them', () =>
  as(WAYS.keyboard, async (person) => {
    await person.opens('/s');
    const box = person.page.getByRole('searchbox').first();
    await person.hands.write(box, '老年助餐服');
    const offered = person.page.locator('.complete a').first();
    await offered.waitFor();
    await person.axe('suggestions');
    await person.page.keyboard.press('ArrowDown');
    await person.enters();
    await person.sees(/老年助餐/);
  }));
