// What officers do on the desk, and the sign-ins that the demo prints.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

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
};

/** Login, unit and password of a role. Handler and head are of one unit. */
export function signIn(role) {
  const said = readFileSync(process.env.DEMO_SAID ?? 'demo.txt', 'utf8');
  const password = said.match(/密码均为\s*([\x21-\x7e]+)/)?.[1];
  const lines = said.split('\n').filter((line) => /^ +[a-z]/.test(line));
  const officers = lines.map((line) => {
    const [first, unit, roles] = line.trim().split('　');
    return { login: first.match(/^[\x21-\x7e]+/)?.[0], unit, roles: roles?.split('、') ?? [] };
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
