// The desk as it is walked every day: a masked value opened, two officers on one matter, an
// application to its end, a password handed over and changed.
import assert from 'node:assert/strict';
import test from 'node:test';
import { as, WAYS } from '../lib/browser.mjs';
import { APPLICATION, LETTER, receipt } from '../lib/citizen.mjs';
import { finds, opensSheet, registers, sends, signIn, signsIn } from '../lib/officer.mjs';

const deeds = (person) => person.page.getByRole('complementary', { name: '办理' });
const main = (person) => person.page.getByRole('main');

/** A call, registered; its slip. */
async function registered(way, title) {
  let own;
  await as(way, async (person) => {
    await registers(person, { title });
    await sends(person);
    own = await receipt(person);
  });
  return own;
}

/** Opens a summary or presses what leads to no new page. */
async function unfolds(person, locator) {
  await person.hands.activate(locator);
}

for (const way of [WAYS.keyboard, WAYS.phone]) {
  const mark = way.script ? '键盘' : '手机';

  test(`a masked telephone number is opened with a reason that stands in the audit, ${way.name}`, async () => {
    const title = `望潮路井盖松动（${mark}）`;
    const reason = '回电核实井盖位置';
    const own = await registered(way, title);
    await as(way, async (person) => {
      await signsIn(person, 'clerk');
      await finds(person, own.number, title);
      assert.ok(!(await person.text()).includes(LETTER.phone), 'masked before');
      const line = main(person).locator('dl.kv > div').filter({ hasText: '电话' });
      await unfolds(person, line.locator('summary'));
      await person.axe('a masked value about to be opened');
      await person.hands.write(line.getByLabel('查看事由'), reason);
      await person.activates(line.getByRole('button', { name: '查看' }));
      await person.reads(LETTER.phone);
      await person.reads('本次查看已记录');
      await person.axe('an opened value');
      await person.opens(new URL(person.page.url()).pathname.replace(/\/open$/, ''));
      assert.ok(!(await person.text()).includes(LETTER.phone), 'masked again afterwards');
    });
    await as(way, async (person) => {
      await signsIn(person, 'auditor');
      await person.opens(`/desk/audit`);
      await person.reads(`事由：${reason}`);
      await person.reads(own.number);
      await person.axe('the audit');
    });
  });

  test(`two officers on one matter: the later sees the difference and loses nothing, ${way.name}`, async () => {
    const title = `望潮路树枝遮挡路灯（${mark}）`;
    const [first, second] = ['主任已联系园林部门，本周内修剪遮挡路灯的树枝。', '承办员核查：树枝确实遮挡路灯，已安排修剪。'];
    const own = await registered(way, title);
    await as(way, async (person) => {
      await signsIn(person, 'clerk');
      await finds(person, own.number, title);
      await person.presses(/^分办/, deeds(person));
      await person.selects('承办单位', signIn('handler').unit);
      await sends(person);
    });
    await as(way, async (handler) => {
      await signsIn(handler, 'handler');
      await finds(handler, own.number, title);
      await handler.presses(/^签收/, deeds(handler));
      await handler.presses(/^答复/, deeds(handler));
      await handler.writes('答复内容', second);
      await as(way, async (head) => {
        await signsIn(head, 'head');
        await finds(head, own.number, title);
        await head.presses(/^答复/, deeds(head));
        await head.writes('答复内容', first);
        await sends(head);
      });
      await sends(handler);
      await handler.sees('没有办成');
      await handler.reads(first);
      await handler.reads(signIn('head').name);
      assert.equal(await handler.field('答复内容').inputValue(), second);
      await handler.axe('a conflict');
      await handler.presses('看过了，再办一次');
      await handler.reads('事项现在的状态是“已答复”');
      assert.equal(await handler.field('答复内容').inputValue(), second, 'still there');
    });
  });

  test(`an application to its end: receipt, decision, approvals, letter, delivery, ${way.name}`, async () => {
    const asked = `${mark}申请：${APPLICATION.description}`;
    let own;
    await as(way, async (person) => {
      await signsIn(person, 'foiClerk');
      await opensSheet(person, ['政府信息公开申请', '邮寄（签收）']);
      await person.writes('申请人姓名或者名称', APPLICATION.name);
      await person.writes('联系电话', APPLICATION.phone);
      await person.writes('所需政府信息', asked);
      await person.reads('法定最迟日');
      if (!way.script) {
        await person.presses('试算日期');
        assert.equal(await person.field('所需政府信息').inputValue(), asked);
      }
      await person.axe('the sheet of an application');
      await sends(person);
      own = await receipt(person);
      await finds(person, own.number, asked.slice(0, 20));
      await person.presses(/^作出答复/, deeds(person));
      await person.chooses('A1');
      await person.axe('the choice of a decision');
      await person.presses(/^下一步/);
      await person.presses('予以公开');
      await person.axe('the reply to an application');
      await sends(person);
      await person.reads('待审：作出答复');
    });
    for (const role of ['foiHead', 'leader']) {
      await as(way, async (person) => {
        await signsIn(person, role);
        await person.opens('/desk/approvals');
        await person.presses(asked.slice(0, 20));
        await person.reads('予以公开');
        await person.presses(/^同意/);
      });
    }
    await as(way, async (person) => {
      await signsIn(person, 'foiClerk');
      await finds(person, own.number, asked.slice(0, 20));
      const letter = main(person).getByRole('link', { name: /政府信息公开告知书/ });
      for (let tries = 40; tries > 0 && !(await letter.count()); tries -= 1) {
        await person.page.waitForTimeout(250);
        await person.page.reload();
      }
      const here = person.page.url();
      await person.opens(await letter.first().getAttribute('href'));
      await person.reads(/政公开告/);
      await person.reads(APPLICATION.name);
      await person.opens(here);
      await person.presses(/^送达/, deeds(person));
      await person.chooses('邮寄');
      await person.writes('送达日期', new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10));
      await sends(person);
      await person.reads('已送达');
      await person.axe('a delivered application');
    });
  });

  test(`a one-time password is handed over, changed, and reset, ${way.name}`, async () => {
    const login = `xin${Date.now().toString(36)}`;
    const passwords = ['Wangchao-Lu-2027', 'Haitang-Xiang-2028'];
    let once;
    const oneTime = async (person) => (await person.text()).match(/一次性密码：\s*([a-z2-9]{12})/)?.[1];
    await as(way, async (admin) => {
      await signsIn(admin, 'administrator');
      await admin.opens('/desk/people');
      const added = admin.page.getByRole('complementary', { name: '新增' });
      await admin.hands.write(added.getByLabel('姓名'), `新来的${mark}`);
      await admin.hands.write(added.getByLabel('用户名'), login);
      await admin.hands.choose(added.getByLabel('承办人', { exact: true }));
      await admin.presses('新增人员', added);
      once = await oneTime(admin);
      assert.ok(once, 'the one-time password is shown');
      await admin.axe('a one-time password');
      for (const password of passwords) {
        await as(way, async (officer) => {
          await officer.opens('/desk');
          await officer.writes('用户名', login);
          await officer.writes('密码', once);
          await officer.presses('登录');
          await officer.sees('更改密码');
          await officer.axe('the change of a one-time password');
          await officer.writes('现在的密码', once);
          await officer.writes('新密码', password);
          await officer.writes('再输一次新密码', password);
          await officer.presses('更改并进入工作台');
          assert.match(officer.page.url(), /\/desk$/);
          await admin.opens('/desk/people');
          const line = main(admin).getByRole('listitem').filter({ hasText: login });
          await unfolds(admin, line.locator('summary'));
          await admin.activates(line.getByRole('button', { name: '重置密码' }));
          once = await oneTime(admin);
          await officer.page.goto('/desk');
          assert.match(officer.page.url(), /sign-in/, 'a reset ends the session');
        });
      }
    });
  });
}

test('dates follow what is typed before anything is saved', () =>
  as(WAYS.mouse, async (person) => {
    await signsIn(person, 'foiClerk');
    await opensSheet(person, ['政府信息公开申请', '邮寄（签收）']);
    const ahead = person.page.locator('#ahead');
    const before = await ahead.innerText();
    assert.match(before, /考核日/);
    await person.writes('所需政府信息', APPLICATION.description);
    await person.writes('收到日期', '2026-03-02');
    await person.page.keyboard.press('Tab');
    await person.page.waitForFunction(() => document.querySelector('#ahead').innerText.includes('2026-03-30'));
    assert.equal(await person.field('所需政府信息').inputValue(), APPLICATION.description);
    await person.writes('收到日期', '2126-03-02');
    await person.page.keyboard.press('Tab');
    await person.page.waitForFunction(() => document.querySelector('#ahead').innerText.includes('收到日期'));
    await person.axe('a date that has not come');
  }));

test('the slip of registration prints on one sheet of A5, with its QR', () =>
  as(WAYS.mouse, async (person) => {
    await registers(person, { title: '望潮路公交站牌破损' });
    await sends(person);
    await person.page.getByRole('img', { name: '二维码' }).waitFor();
    const pdf = (await person.page.pdf({ preferCSSPageSize: true })).toString('latin1');
    const sheets = pdf.match(/MediaBox\s*\[[^\]]*\]/g) ?? [];
    assert.equal(sheets.length, 1, 'one sheet');
    const [width, height] = sheets[0].match(/[\d.]+/g).slice(2).map(Number);
    assert.ok(Math.abs(width - 419.5) < 2 && Math.abs(height - 595.3) < 2, `${width} x ${height} pt`);
  }));
