// What holds for every page: no axe violation in any mode, nothing wider than the window, budgets.
import assert from 'node:assert/strict';
import test from 'node:test';
import { as, WAYS } from '../lib/browser.mjs';
import { sideways, weigh, within } from '../lib/checks.mjs';
import { crawl } from '../lib/crawl.mjs';
import { OFFICERS, signsIn } from '../lib/officer.mjs';

const PORTAL = ['/', '/message/what?category=complaint', '/nothing-here', '/sitemap'];
const MODES = { 'as usual': '', elder: 'elder=1', 'high contrast': 'contrast=yb', 'largest type': 'size=xl' };
const portal = (url) => !url.pathname.startsWith('/desk') && !url.pathname.startsWith('/show') && !url.pathname.startsWith('/api');
const desk = (url) => url.pathname.startsWith('/desk');

function expectStatus(path, status) {
  const missing = path === '/nothing-here';
  assert.equal(status, missing ? 404 : 200, `${path} answers ${status}`);
}

for (const [mode, query] of Object.entries(MODES)) {
  test(`portal pages have no axe violation, ${mode}`, () =>
    as(WAYS.mouse, async (person) => {
      if (query) await person.page.goto(`/show?${query}&back=/`);
      const pages = await crawl(person, PORTAL, async (path, status) => {
        expectStatus(path, status);
        await person.axe(`${path} ${mode}`);
      }, { stay: portal });
      assert.ok(pages >= 12, `only ${pages} pages were reached`);
    }));
}

for (const width of [375, 320]) {
  test(`portal pages without script fit into ${width} px`, () =>
    as(WAYS.phone, async (person) => {
      await person.page.setViewportSize({ width, height: 667 });
      await crawl(person, PORTAL, async (path) => assert.equal(await sideways(person.page), '', path), { stay: portal });
    }));
}

for (const role of Object.keys(OFFICERS)) {
  test(`desk pages of ${role} have no axe violation and fit into 1366 and 375 px`, () =>
    as(WAYS.mouse, async (person) => {
      await signsIn(person, role);
      await crawl(person, ['/desk'], async (path, status) => {
        expectStatus(path, status);
        await person.axe(`${path} of ${role}`);
        assert.equal(await sideways(person.page), '', `${path} at 1366 px`);
        await person.page.setViewportSize({ width: 375, height: 667 });
        assert.equal(await sideways(person.page), '', `${path} at 375 px`);
        await person.page.setViewportSize({ width: 1366, height: 768 });
      }, { stay: desk });
    }));
}

// KB over the wire on a first visit (ux.md §5.3).
const BUDGETS = {
  '/': { document: 14, stylesheet: 20, script: 6, font: 0, requests: 10, total: 140 },
  '/message': { document: 8, stylesheet: 20, script: 6, font: 0, requests: 4, total: 40 },
  '/message/what?category=complaint': { document: 8, stylesheet: 20, script: 6, font: 0, requests: 4, total: 40 },
  '/foi': { document: 8, stylesheet: 20, script: 6, font: 0, requests: 4, total: 40 },
  '/replies': { document: 14, stylesheet: 20, script: 6, font: 0, requests: 4, total: 45 },
};

test('pages of the portal keep their budgets', () =>
  as(WAYS.mouse, async (person) => {
    for (const [path, budget] of Object.entries(BUDGETS)) within(await weigh(person, path), budget, path);
  }));

test('lists of the desk keep their budgets', () =>
  as(WAYS.mouse, async (person) => {
    await signsIn(person, 'clerk');
    within(await weigh(person, '/desk'), { document: 40, stylesheet: 25, script: 30, font: 0, requests: 7, total: 120 }, '/desk');
    within(await weigh(person, '/desk/list/all'), { document: 25, stylesheet: 25, script: 30, font: 0, requests: 6, total: 80 }, '/desk/list/all');
  }));
