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

/** What is wrong with the page shown, besides what axe says; told at the end with the rest. */
async function looks(person, path, status, widths) {
  const expected = path === '/nothing-here' ? 404 : 200;
  if (status !== expected) person.complaints.push(`${path} answers ${status}`);
  await person.axe(path);
  const before = person.page.viewportSize();
  for (const width of widths) {
    await person.page.setViewportSize({ width, height: 700 });
    const wide = await sideways(person.page);
    if (wide) person.complaints.push(`${path} is wider than ${width} px: ${wide}`);
  }
  await person.page.setViewportSize(before);
}

/** Labels that pages of this sort must carry (政府网站发展指引 附件), each once and not empty. */
function owed(path) {
  const column = ['ColumnName', 'ColumnDescription', 'ColumnKeywords', 'ColumnType'];
  const content = ['ArticleTitle', 'PubDate', 'ContentSource', 'Url'];
  const names = ['SiteName', 'SiteDomain', 'SiteIDCode'];
  // Two texts side by side are no content of a column.
  if (/^\/a\/\w+\/compare/.test(path)) return names;
  if (/^\/((c|a|replies)\/|(replies|foi|message|petition|q)($|\?))/.test(path)) names.push(...column);
  if (/^\/(a|replies)\/\w/.test(path)) names.push(...content);
  return names;
}

async function labels(person, path) {
  const found = await person.page.locator('meta[name]').evaluateAll((tags) => tags.map((tag) => [tag.name, tag.content]));
  const of = (name) => found.filter(([other]) => other === name).map(([, content]) => content);
  for (const name of owed(path)) {
    const values = of(name);
    if (values.length !== 1 || !values[0]) person.complaints.push(`${path}: label ${name} stands ${values.length} times: ${values}`);
  }
  const [title] = of('ArticleTitle');
  const [date] = of('PubDate');
  if (!title) return;
  const shown = await person.page.locator('h1').innerText();
  if (shown.replaceAll('\n', '') !== title) person.complaints.push(`${path}: ArticleTitle is “${title}”, the title “${shown}”`);
  if (/\d\d:\d\d/.test(date) && !(await person.page.locator('main').innerText()).includes(date)) person.complaints.push(`${path}: PubDate ${date} is not shown`);
}

for (const [mode, query] of Object.entries(MODES)) {
  test(`portal pages have no axe violation and fit into 1366 px, ${mode}`, () =>
    as(WAYS.mouse, async (person) => {
      if (query) await person.page.goto(`/show?${query}&back=/`);
      const see = async (path, status) => {
        await looks(person, path, status, [1366]);
        if (status === 200) await labels(person, path);
      };
      const pages = await crawl(person, PORTAL, see, { stay: portal });
      assert.ok(pages >= 12, `only ${pages} pages were reached`);
    }));
}

test('portal pages without script fit into 375 and 320 px', () =>
  as(WAYS.phone, async (person) => {
    await crawl(person, PORTAL, (path, status) => looks(person, path, status, [375, 320]), { stay: portal });
  }));

for (const role of Object.keys(OFFICERS)) {
  test(`desk pages of ${role} have no axe violation and fit into 1366 and 375 px`, () =>
    as(WAYS.mouse, async (person) => {
      await signsIn(person, role);
      await crawl(person, ['/desk'], (path, status) => looks(person, path, status, [1366, 375]), { stay: desk });
    }));
}

// KB over the wire on a first visit (ux.md §5.3).
const BUDGETS = {
  '/': { document: 14, stylesheet: 20, script: 6, font: 0, requests: 10, total: 140 },
  '/message': { document: 8, stylesheet: 20, script: 6, font: 0, requests: 4, total: 40 },
  '/message/what?category=complaint': { document: 8, stylesheet: 20, script: 6, font: 0, requests: 4, total: 40 },
  '/foi': { document: 8, stylesheet: 20, script: 6, font: 0, requests: 4, total: 40 },
  '/c/xxgk': { document: 14, stylesheet: 20, script: 6, font: 0, requests: 4, total: 45 },
  '/c/zcwj': { document: 14, stylesheet: 20, script: 6, font: 0, requests: 4, total: 45 },
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
