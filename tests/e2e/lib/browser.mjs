// The browser and the two ways in which every journey is made.
import { chromium } from 'playwright-core';
import { Fingers, Keys } from './hands.mjs';
import { Person } from './person.mjs';

const WECHAT =
  'Mozilla/5.0 (Linux; Android 13; Phone) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/116.0 Mobile Safari/537.36 MicroMessenger/8.0.50';
const FLAGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

export const base = (process.env.BASE ?? 'http://127.0.0.1:8080').replace(/\/$/, '');

let browser;

async function launched() {
  browser ??= await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: FLAGS });
  return browser;
}

export async function close() {
  await browser?.close();
}

/** How a journey is made: at a desk with script and the keyboard alone, or on a phone without script. */
export const WAYS = {
  keyboard: {
    name: 'with script, keyboard only, 1366 px',
    hands: Keys,
    script: true,
    context: { viewport: { width: 1366, height: 768 } },
  },
  phone: {
    name: 'without script, 375 px',
    hands: Fingers,
    script: false,
    context: { viewport: { width: 375, height: 667 }, hasTouch: true, isMobile: true, userAgent: WECHAT, javaScriptEnabled: false },
  },
  mouse: {
    name: 'with script, 1366 px',
    hands: Fingers,
    script: true,
    context: { viewport: { width: 1366, height: 768 } },
  },
};

/** A person with a browser of their own, without cookies. What the pages complain of is collected. */
export async function meet(way, { at = base } = {}) {
  const browser = await launched();
  const context = await browser.newContext({ ...way.context, baseURL: at, locale: 'zh-CN', timezoneId: 'Asia/Shanghai' });
  context.setDefaultTimeout(10_000);
  const complaints = [];
  context.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(at) && !url.startsWith('data:') && !url.startsWith('blob:')) complaints.push(`asks another host: ${url}`);
  });
  context.on('console', (message) => {
    const expected = /status of (403|404|409|413|422|429)/.test(message.text());
    if (message.type() === 'error' && !expected) complaints.push(`console: ${message.text()} (${message.location().url})`);
  });
  context.on('weberror', (error) => complaints.push(`script: ${error.error()}`));
  context.on('dialog', (dialog) => {
    if (dialog.type() !== 'beforeunload') complaints.push(`a dialog opened: ${dialog.message()}`);
    dialog.accept();
  });
  const page = await context.newPage();
  return new Person(context, page, way, complaints);
}

/** Runs `journey` with a new person and leaves nothing open; complaints of the pages fail it. */
export async function as(way, journey, options) {
  const person = await meet(way, options);
  try {
    await journey(person);
    person.nothingComplained();
  } catch (error) {
    await person.shot(`failed-${Date.now()}`).catch(() => {});
    error.message += `\n  at ${person.page.url()}`;
    throw error;
  } finally {
    await person.context.close();
  }
}
