// Two ways to operate a page: the keyboard alone, and pointing. Both know the same five motions.

/** Whether the focused element shows it and nothing covers it; runs in the page. */
function focusFault() {
  const el = document.activeElement;
  if (!el || el === document.body) return '';
  const near = [el, el.nextElementSibling, el.parentElement, el.closest('label'), el.closest('li')].filter(Boolean);
  const marked = near.some((one) => {
    const style = getComputedStyle(one);
    const yellow = style.backgroundColor === 'rgb(255, 221, 0)';
    return yellow || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  });
  const name = `<${el.tagName.toLowerCase()}> ${(el.innerText || el.name || el.id || '').slice(0, 20)}`;
  if (!marked) return `${name} has the focus and does not show it`;
  const box = el.getBoundingClientRect();
  const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.y + Math.min(box.height, innerHeight) / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  const seen = !top || near.some((one) => one === top || one.contains(top) || top.contains(one));
  return seen ? '' : `${name} has the focus under <${top.tagName.toLowerCase()} class="${top.className}">`;
}

/** Tab, Shift+Tab, Enter, Space and arrows. */
export class Keys {
  constructor(page) {
    this.page = page;
  }

  async reach(locator) {
    const MOST = 200;
    for (let stop = 0; stop < MOST; stop += 1) {
      if (await locator.evaluate((el) => el === document.activeElement)) return;
      await this.page.keyboard.press('Tab');
      const fault = await this.page.evaluate(focusFault);
      if (fault) throw new Error(fault);
    }
    throw new Error(`${MOST} presses of Tab do not reach ${locator}`);
  }

  async activate(locator) {
    await this.reach(locator);
    await this.page.keyboard.press('Enter');
  }

  async write(locator, text) {
    await this.reach(locator);
    await this.page.keyboard.press('ControlOrMeta+a');
    if (text === '') await this.page.keyboard.press('Delete');
    else await this.page.keyboard.insertText(text);
  }

  async choose(locator) {
    if (await locator.isChecked()) return;
    if ((await locator.getAttribute('type')) === 'checkbox') {
      await this.reach(locator);
      await this.page.keyboard.press('Space');
      return;
    }
    const name = await locator.getAttribute('name');
    const group = this.page.locator(`input[type=radio][name="${name}"]`);
    const checked = this.page.locator(`input[type=radio][name="${name}"]:checked`);
    await this.reach((await checked.count()) ? checked : group.first());
    if (!(await checked.count())) await this.page.keyboard.press('Space');
    for (let i = await group.count(); i > 0 && !(await locator.isChecked()); i -= 1) await this.page.keyboard.press('ArrowDown');
    if (!(await locator.isChecked())) throw new Error(`arrow keys do not choose ${locator}`);
  }

  async select(locator, label) {
    await this.reach(locator);
    const chosen = () => locator.evaluate((el) => el.selectedOptions[0]?.textContent.trim());
    await this.page.keyboard.press('Home');
    for (let i = await locator.locator('option').count(); i > 0 && !(await chosen()).includes(label); i -= 1) {
      await this.page.keyboard.press('ArrowDown');
    }
    if (!(await chosen()).includes(label)) throw new Error(`no option ${label} in ${locator}`);
  }
}

/** A pointer, and what it fills. */
export class Fingers {
  constructor(page) {
    this.page = page;
  }

  async activate(locator) {
    await locator.click();
  }

  async write(locator, text) {
    await locator.fill(text);
  }

  async choose(locator) {
    await locator.check();
  }

  async select(locator, label) {
    const options = await locator.locator('option').allTextContents();
    const found = options.find((option) => option.includes(label));
    if (!found) throw new Error(`no option ${label} in ${locator}`);
    await locator.selectOption({ label: found.trim() });
  }
}
