// Every journey, one after the other, in one browser; see README.md.
import { after } from 'node:test';
import { close } from './lib/browser.mjs';

after(close);
await import('./journeys/samples.mjs');
await import('./journeys/letter.mjs');
await import('./journeys/application.mjs');
await import('./journeys/find.mjs');
await import('./journeys/desk.mjs');
await import('./journeys/walk.mjs');
await import('./journeys/publish.mjs');
await import('./journeys/file.mjs');
await import('./journeys/reduce.mjs');
await import('./journeys/takedown.mjs');
await import('./journeys/pages.mjs');
