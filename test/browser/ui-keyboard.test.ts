import { describe, expect, test } from 'vitest';
import { asked, button, field, isAsked, menuItem, namesAsked, show, useStage } from './ui/driver.ts';
import { BOB_ID, states } from './ui/states.ts';

useStage();

describe('keyboard', () => {
  test('letters work outside fields only', async () => {
    const page = await show(states.e);
    await page.keyboard.press('l');
    await isAsked(page, 'link-send', { peerId: BOB_ID, url: 'https://tides.example.org/', title: 'Tide tables' });
    await page.focus('textarea');
    await page.keyboard.type('tlf');
    expect(await field(page)).toBe('tlf');
    expect((await namesAsked(page)).filter((name) => name !== 'typing')).toEqual(['link-send']);
  });

  test('letters can be switched off', async () => {
    const page = await show(states.server, { view: 'options' });
    await page.locator('#letters').click();
    await page.reload();
    await page.evaluate((state) => ui.open('popup', state), states.e ?? null);
    await page.keyboard.press('l');
    await page.keyboard.press('p');
    expect(await asked(page)).toEqual([]);
    expect(await page.$('[role="menu"]')).toBeNull();
  });

  test('R goes to the answer of the request on top', async () => {
    const page = await show(states.f);
    await page.keyboard.press('r');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Watch');
  });

  test('a menu is walked with arrows, closed with Escape, and gives the focus back', async () => {
    const page = await show(states.peers);
    await page.keyboard.press('p');
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    // The list behind it names Bob too.
    await page.waitForSelector('[role^="menuitem"]:focus');
    expect(await focused()).toContain('Bob');
    await page.keyboard.press('ArrowDown');
    await expect.poll(focused).toContain('Carol');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.$('[role="menu"]')).toBeNull();
    await expect.poll(() => page.evaluate(() => document.activeElement?.className)).toBe('peer');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role^="menuitem"]:focus');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForSelector('main[aria-label="Carol"]');
  });

  test('to forget somebody is asked first, and Escape is a no', async () => {
    const page = await show(states.e);
    const open = async () => {
      await button(page, 'More').click();
      await menuItem(page, 'Forget Bob').click();
      await page.waitForSelector('dialog[open]');
    };
    await open();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.$('dialog')).toBeNull();
    await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('More');
    expect(await asked(page)).toEqual([]);
    await open();
    await button(page, 'Forget').click();
    await isAsked(page, 'peer-forget', { peerId: BOB_ID });
  });
});
