// 紧急撤下: one of two named officers takes an item down by a form, the other confirms it afterwards, and
// within a minute nothing public yields it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { as, WAYS } from '../lib/browser.mjs';
import { signsIn } from '../lib/officer.mjs';

const TITLE = '关于餐饮店油烟扰民问题的调查处理情况';
const WORDS = '油烟净化设备';
const main = (person) => person.page.getByRole('main');
let item, edition, file;

/** What a public address answers. */
async function asks(person, path) {
  const answer = await person.page.request.get(encodeURI(path));
  return { status: answer.status(), text: await answer.text() };
}

const LISTS = ['/', '/c/gg', '/c/news', '/feed/all.json', '/feed/all.rss', '/feed/all.atom', `/s?q=${TITLE}`, `/s.json?q=${WORDS}`,
  `/s.csv?q=${WORDS}`, '/suggest?q=关于餐饮店', '/sitemap', '/sitemap.xml', `/similar?q=${WORDS}`];

/** Which addresses still yield the item. */
async function yields(person) {
  const found = [];
  for (const path of LISTS) {
    const { text } = await asks(person, path);
    // The search page repeats what was typed; a hit links to the item.
    if (text.includes(item) || (!path.startsWith('/s?') && text.includes(TITLE))) found.push(path);
  }
  for (const path of [item, `/a/${edition}`, file, `/log/proof/${edition}`]) {
    const { status, text } = await asks(person, path);
    if (status === 200 || text.includes(TITLE) || text.includes(WORDS)) found.push(path);
  }
  return found;
}

test('an item stands where the public reads', () =>
  as(WAYS.mouse, async (person) => {
    const feed = await (await person.page.request.get('/feed/all.json')).json();
    const entry = feed.items.find((one) => one.title === TITLE);
    assert.ok(entry, 'the demo has it');
    item = new URL(entry.url).pathname;
    await person.opens(item);
    await person.reads('本文已依法删减');
    await person.axe('a reduced item');
    file = await main(person).getByRole('link', { name: '公开件' }).getAttribute('href');
    edition = (await main(person).locator('a[href^="/log/proof/"]').first().getAttribute('href')).split('/').pop();
    const { text } = await asks(person, `/log/proof/${edition}`);
    assert.deepEqual(JSON.parse(JSON.parse(text).canonical).reduced.removed, [
      { kind: '个人隐私', article: '条例第十五条', count: 6 }, { kind: '商业秘密', article: '条例第十五条', count: 1 }]);
    assert.ok((await yields(person)).length > 10, 'there is something to take down');
  }));

test(`one officer takes it down, ${WAYS.keyboard.name}`, () =>
  as(WAYS.keyboard, async (person) => {
    await signsIn(person, 'foiClerk');
    await person.opens('/desk/takedown');
    await person.axe('the take-down form');
    await person.writes('网页地址或者编号', new URL(item, 'https://site.invalid').href);
    await person.chooses('含有不应公开的个人信息');
    person.acts = 0;
    await person.presses('立即撤下', main(person));
    person.tookAtMost(1);
    await person.reads('待另一名指定人员确认');
    assert.equal(await main(person).getByRole('button', { name: '确认这次撤下' }).count(), 0, 'not one’s own');
    await person.axe('a take-down that waits');
  }));

test('within a minute no page, attachment, search, suggestion, feed or proof yields it', () =>
  as(WAYS.mouse, async (person) => {
    const deadline = Date.now() + 60_000;
    let left = await yields(person);
    while (left.length && Date.now() < deadline) {
      await person.page.waitForTimeout(500);
      left = await yields(person);
    }
    assert.deepEqual(left, []);
    const { status } = await asks(person, item);
    assert.equal(status, 410);
    await person.page.goto(item).catch(() => {});
    await person.reads('信息已撤下');
    assert.ok(!(await person.text()).includes('餐饮'), 'the notice carries no title');
    await person.axe('the notice');
    assert.equal((await asks(person, '/log/checkpoint')).status, 200);
    person.complaints = person.complaints.filter((one) => !/status of 410/.test(one));
  }));

test(`the other officer confirms, ${WAYS.phone.name}`, () =>
  as(WAYS.phone, async (person) => {
    await signsIn(person, 'foiHead');
    await person.opens('/desk/takedown');
    person.acts = 0;
    await person.presses('确认这次撤下', main(person));
    person.tookAtMost(1);
    await person.reads('已确认');
  }));
