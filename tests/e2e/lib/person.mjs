// A person who makes a journey: sees roles and words, never classes; every click or Enter is counted.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { axe, sideways } from './checks.mjs';

const SHOTS = new URL('../shots/', import.meta.url).pathname;

export class Person {
  constructor(context, page, way, complaints) {
    Object.assign(this, { context, page, way, complaints, acts: 0 });
    this.hands = new way.hands(page);
  }

  /** Opens an address; a journey's own first page, not an act. */
  async opens(path) {
    const answer = await this.page.goto(path);
    await this.arrives();
    return answer;
  }

  /** Finds what can be operated by what it is called: a link or button. */
  thing(name, within = this.page) {
    const options = { name, exact: false };
    return within.getByRole('link', options).or(within.getByRole('button', options)).first();
  }

  /** Clicks, or presses Enter on, a link or button: one act. Waits for the page it leads to. */
  async presses(name, within) {
    await this.activates(this.thing(name, within));
  }

  async activates(locator) {
    const before = await this.page.evaluate(() => performance.timeOrigin);
    await this.hands.activate(locator);
    this.acts += 1;
    await this.arrives(before);
  }

  /** Presses Enter where the focus is: one act. */
  async enters(key = 'Enter') {
    const before = await this.page.evaluate(() => performance.timeOrigin);
    await this.page.keyboard.press(key);
    this.acts += 1;
    await this.arrives(before);
  }

  /** Types into the field of the main part with this label; not an act. */
  async writes(label, text) {
    await this.hands.write(this.field(label), text);
  }

  field(label) {
    return this.page.getByRole('main').getByLabel(label, { exact: false }).and(this.page.locator('input, textarea, select')).first();
  }

  /** Chooses a radio button or box by its words; an act only where the journey says so. */
  async chooses(label, { act = false } = {}) {
    await this.hands.choose(this.page.getByRole('main').getByLabel(label, { exact: false }).and(this.page.locator('input')).first());
    if (act) this.acts += 1;
  }

  /** Chooses an option of a list. */
  async selects(label, option) {
    await this.hands.select(this.field(label), option);
  }

  /** The page is there: when `before` is given, it is another one than then. */
  async arrives(before) {
    const deadline = Date.now() + 10_000;
    while (before !== undefined && Date.now() < deadline) {
      const now = await this.page.evaluate(() => performance.timeOrigin).catch(() => before);
      if (now !== before) break;
      await this.page.waitForTimeout(25);
    }
    await this.page.waitForLoadState('load');
    assert.equal(await sideways(this.page), '', 'the page must not scroll sideways');
  }

  /** The page has this main heading. */
  async sees(heading) {
    const text = await this.page.getByRole('heading', { level: 1 }).first().innerText();
    assert.ok(matches(text, heading), `the page is called “${text}”, not “${heading}”`);
  }

  /** These words are on the page. */
  async reads(words) {
    const text = await this.page.locator('body').innerText();
    assert.ok(matches(text, words), `“${words}” is not on the page:\n${text.slice(0, 400)}`);
  }

  /** The text of the main part of the page. */
  text() {
    return this.page.getByRole('main').innerText();
  }

  /** Looks for accessibility faults of the page in this state, told at the end; needs script. */
  async axe(state) {
    const found = this.way.script ? await axe(this.page) : [];
    this.complaints.push(...found.map((fault) => `axe on ${this.page.url()} (${state}): ${fault}`));
  }

  async shot(name) {
    mkdirSync(SHOTS, { recursive: true });
    await this.page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true });
  }

  /** The journey took this many acts and no more. */
  tookAtMost(acts) {
    assert.ok(this.acts <= acts, `${this.acts} acts, at most ${acts}`);
  }

  nothingComplained() {
    assert.ok(this.complaints.length === 0, `the pages complained:\n${[...new Set(this.complaints)].join('\n')}`);
  }
}

function matches(text, wanted) {
  return wanted instanceof RegExp ? wanted.test(text) : text.includes(wanted);
}
