// What every page must keep to: axe without violations, no sideways scrolling, a budget of bytes.
import assert from 'node:assert/strict';
import axeCore from 'axe-core';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Reasons for which axe cannot tell a contrast, though a person may not be able to read the text. */
const UNREADABLE = ['bgImage', 'bgGradient', 'imgNode', 'colorParse'];

/** What axe finds on a page: violations, and contrasts it cannot tell. A line each, empty is good. */
export async function axe(page) {
  await page.evaluate(axeCore.source);
  return page.evaluate(async ([tags, unreadable]) => {
    const options = { runOnly: { type: 'tag', values: tags }, rules: { 'target-size': { enabled: true } } };
    const result = await window.axe.run(document, options);
    const undecided = result.incomplete.filter((rule) => rule.id === 'color-contrast');
    for (const rule of undecided) {
      const drawn = (node) => document.querySelector(node.target[0])?.closest('svg');
      rule.nodes = rule.nodes.filter((node) => unreadable.includes(node.any[0]?.data?.messageKey) && !drawn(node));
    }
    return [...result.violations, ...undecided.filter((rule) => rule.nodes.length)].map((rule) => {
      const where = rule.nodes.slice(0, 5).map((node) => `\n    ${node.target.join(' ')}: ${node.html.slice(0, 160)}`);
      return `${rule.id}: ${rule.help}${where.join('')}`;
    });
  }, [TAGS, UNREADABLE]);
}

/** What is wider than the window, in words; empty when nothing is. */
export function sideways(page) {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= room) return '';
    const wide = [...document.querySelectorAll('body *')].filter((el) => el.getBoundingClientRect().right > room + 1);
    const names = wide.slice(-3).map((el) => `<${el.tagName.toLowerCase()} class="${el.className}">`);
    return `${document.documentElement.scrollWidth} of ${room} px: ${names.join(' ')}`;
  });
}

/** Bytes over the wire and requests of a first visit: nothing cached. */
export async function weigh(person, path) {
  const session = await person.context.newCDPSession(person.page);
  await session.send('Network.enable');
  await session.send('Network.setCacheDisabled', { cacheDisabled: true });
  const kinds = new Map();
  const weight = { total: 0, requests: 0, document: 0, stylesheet: 0, script: 0, font: 0 };
  session.on('Network.responseReceived', ({ requestId, type }) => kinds.set(requestId, type.toLowerCase()));
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId);
    weight.requests += 1;
    weight.total += encodedDataLength;
    if (kind in weight) weight[kind] += encodedDataLength;
  });
  await person.page.goto(path, { waitUntil: 'networkidle' });
  await session.detach();
  return weight;
}

/** Every count within its bound; sizes in KB of 1,024 bytes. */
export function within(weight, budget, path) {
  for (const [what, most] of Object.entries(budget)) {
    const got = what === 'requests' ? weight[what] : weight[what] / 1024;
    assert.ok(got <= most, `${path}: ${what} ${got.toFixed(1)}, at most ${most}`);
  }
}
