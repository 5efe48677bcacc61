// What officers do on the desk, and the sign-ins that the demo prints.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { LETTER } from './citizen.mjs';

/** Roles by the word that the demo prints beside the sign-in. */
export const OFFICERS = {
  clerk: '登记分办人员',
  foiClerk: '信息公开经办人',
  foiHead: '信息公开工作机构负责人',
  handler: '承办人',
  head: '承办单位负责人',
  leader: '机关负责人',
  supervisor: '督查人员',
  administrator: '系统管理员',
  auditor: '审计员',
  reviewer: '公开审查人员',
};

/** Login, unit and password of a role. Handler and head are of one unit. */
export function signIn(role) {
  const said = readFileSync(process.env.DEMO_SAID ?? 'demo.txt', 'utf8');
  const password = said.match(/密码均为\s*([\x21-\x7e]+)/)?.[1];
  const lines = said.split('\n').filter((line) => /^ +[a-z]/.test(line));
  const officers = lines.map((line) => {
    const [first, unit, roles] = line.trim().split('　');
    const [login, name] = first.split(/\s+/);
    return { login, name, unit, roles: roles?.split('、') ?? [] };
  });
  const ofRole = (wanted) => officers.filter((officer) => officer.roles.includes(OFFICERS[wanted]));
  const unit = ofRole('head')[0]?.unit;
  const found = ofRole(role).find((officer) => officer.unit === unit) ?? ofRole(role)[0];
  assert.ok(found && password, `the demo names no sign-in of ${OFFICERS[role]}:\n${said}`);
  return { ...found, password };
}

export async function signsIn(person, role) {
  const { login, password } = signIn(role);
  await person.opens('/desk');
  await person.writes('用户名', login);
  await person.writes('密码', password);
  await person.presses('登录');
  assert.match(person.page.url(), /\/desk(\?|$)/, `the sign-in of ${role} fails:\n${await person.text()}`);
  person.acts = 0;
}

/** J7: the sheet of a call, filled in paper order by a clerk who is not signed in yet. */
export async function registers(person, { title, text = LETTER.text, name = LETTER.name }) {
  await signsIn(person, 'clerk');
  await opensSheet(person, ['网民留言', '来电']);
  await person.writes('姓名', name);
  await person.writes('电话', LETTER.phone);
  await person.chooses('投诉');
  await person.writes('标题', title);
  await person.writes('内容', text);
}

/** Opens the sheet of registration under these tabs. */
export async function opensSheet(person, tabs) {
  await person.opens('/desk/register');
  for (const tab of tabs) {
    await person.opens(await person.page.getByRole('main').getByRole('link', { name: tab, exact: true }).getAttribute('href'));
  }
}

/** Sends the form that Ctrl+Enter sends, by these keys or by its button. */
export async function sends(person) {
  if (person.way.script) await person.enters('Control+Enter');
  else await person.activates(person.page.locator('form[data-save] button:not([type=button]):not(.vh):not([value=read])').first());
}

/** Opens a matter among those with its number: one act. */
export async function finds(person, number, title) {
  await person.opens(`/desk/search?q=${number}`);
  person.acts = 0;
  await person.presses(title, person.page.getByRole('main'));
  await person.sees(title);
}
