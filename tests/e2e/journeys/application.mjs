// J2: an application for information, without account.
import test from 'node:test';
import { as, WAYS } from '../lib/browser.mjs';
import { APPLICATION, opensOwn, receipt, writesApplication } from '../lib/citizen.mjs';

for (const way of [WAYS.keyboard, WAYS.phone]) {
  test(`J2: apply for information, ${way.name}`, () =>
    as(way, async (person) => {
      await writesApplication(person, APPLICATION);
      await person.reads(APPLICATION.description);
      await person.axe('check');
      await person.presses(/^提交$/);
      person.tookAtMost(5);
      await person.reads('20个工作日');
      await person.reads('确认');
      await person.axe('receipt');
      const own = await receipt(person);
      await opensOwn(person, own);
      await person.reads(APPLICATION.description);
      await person.axe('track');
    }));
}
