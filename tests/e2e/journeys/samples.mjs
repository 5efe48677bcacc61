// Every page in its states, as the tests of the crate `site` render them into SAMPLES: as usual, with
// errors, empty, with long and hostile text. The style sheets come from `assets/`.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import http from 'node:http';
import test from 'node:test';
import { as, WAYS } from '../lib/browser.mjs';
import { sideways } from '../lib/checks.mjs';

const SAMPLES = process.env.SAMPLES;
const ASSETS = new URL('../../../assets/', import.meta.url);
const read = (path) => readFileSync(new URL(path, ASSETS));
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; form-action 'self'";

/** `/assets/portal-0123456789.css` as the binary puts it together. */
function asset(path) {
  const [, name, kind] = path.match(/\/assets\/([a-z]+)(?:-[0-9a-f]+)?\.(css|js|svg)$/) ?? [];
  const types = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
  const parts = { css: ['css/tokens.css', 'css/components.css', `css/${name}.css`], js: [`js/${name}.js`], svg: [`icons/${name}.svg`] };
  return { type: types[kind] ?? 'text/plain', body: kind ? Buffer.concat(parts[kind].map(read)) : Buffer.from('') };
}

/** A page whose style sheet is missing would pass for the wrong reason; runs in the page. */
function styled() {
  const sheets = [...document.styleSheets];
  return sheets.length > 0 && sheets.every((sheet) => sheet.cssRules.length > 0);
}

function serve() {
  const server = http.createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
    const page = path.match(/^\/([\w-]+\.html)$/)?.[1];
    const { type, body } = page ? { type: 'text/html; charset=utf-8', body: readFileSync(`${SAMPLES}/${page}`) } : asset(path);
    response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY });
    response.end(body);
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

if (SAMPLES) {
  const pages = readdirSync(SAMPLES).filter((name) => name.endsWith('.html')).sort();
  test('there are samples', () => assert.ok(pages.length >= 20, `${pages.length} samples in SAMPLES`));
  for (const page of pages) {
    test(`sample ${page}: no axe violation, nothing wider than 1366 or 375 px`, async () => {
      const server = await serve();
      const at = `http://127.0.0.1:${server.address().port}`;
      try {
        await as(WAYS.mouse, async (person) => {
          await person.page.goto(`${at}/${page}`);
          assert.ok(await person.page.evaluate(styled), `${page} is shown without its style sheet`);
          await person.axe(page);
          for (const width of [1366, 375]) {
            await person.page.setViewportSize({ width, height: 700 });
            assert.equal(await sideways(person.page), '', `${page} at ${width} px`);
          }
        }, { at });
      } finally {
        server.close();
        server.closeAllConnections();
      }
    });
  }
}
