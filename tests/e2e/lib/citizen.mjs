// What a citizen does on the portal; the journeys are made of these.
import assert from 'node:assert/strict';

/** Text that would run if any page forgot to escape it. */
export const SCRIPT = '<script>alert("甲")</script>\'"&amp;<b>乙</b>';

export const LETTER = {
  kind: '投诉',
  title: '望潮路路灯夜里不亮',
  text: '望潮路12号门前的路灯从上周起夜里不亮，老人出门看不清台阶，希望尽快修好。',
  place: '望潮路12号门前',
  name: '申某甲',
  phone: '13800000001',
  publish: '不公开',
};

export const APPLICATION = {
  description: '望潮路12号地块老年助餐点的租赁协议，2025年签订',
  name: '申某乙',
  phone: '13800000002',
};

const main = (person) => person.page.getByRole('main');

/** J3 up to the check page: door, kind, what, you. */
export async function writesLetter(person, letter) {
  await person.opens('/');
  person.acts = 0;
  await person.presses('写信投诉', main(person));
  await person.presses(new RegExp(`^${letter.kind}$`), main(person));
  await person.writes('一句话说是什么事', letter.title);
  await person.writes('把事情说清楚', letter.text);
  await person.writes('地点', letter.place);
  await person.presses('保存并继续');
  await person.writes('怎样称呼您', letter.name);
  await person.writes('手机或者固定电话', letter.phone);
  await person.chooses(letter.publish);
  await person.presses('保存并继续');
  await person.sees('核对');
}

/** J2 up to the check page: door, start, what, you. */
export async function writesApplication(person, application) {
  await person.opens('/');
  person.acts = 0;
  await person.presses('申请公开', main(person));
  await person.presses('开始申请');
  await person.writes('您要什么信息', application.description);
  await person.presses('保存并继续');
  await person.writes('姓名或者单位名称', application.name);
  await person.writes('手机或者固定电话', application.phone);
  await person.presses('保存并继续');
  await person.sees('核对');
}

/** Code, password and number as the receipt shows them. */
export async function receipt(person) {
  const text = await person.text();
  const code = text.match(/\d{4} ?\d{4} ?\d{4}/)?.[0].replaceAll(' ', '');
  const password = text.match(/密码\D{0,12}(\d{3} ?\d{3})/)?.[1].replaceAll(' ', '');
  assert.ok(code && password, `no code and password on the receipt:\n${text}`);
  return { code, password, number: text.match(/[A-Z]+\d{8,}/)?.[0] };
}

/** J4 with the second factor: the whole way of the matter. */
export async function opensOwn(person, { code, password }) {
  await person.opens(`/q?code=${code}`);
  await person.writes('查询密码', password);
  await person.presses(/^查询$/, main(person));
}
