import { after } from 'node:test';
import { close } from './lib/browser.mjs';
after(close);
await import('./journeys/pages.mjs');
