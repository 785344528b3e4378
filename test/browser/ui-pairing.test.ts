import type { Page } from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import { button, isAsked, namesAsked, screen, sees, show, tell, useStage } from './ui/driver.ts';
import { app, CAROL_ID, NOW, peer, states } from './ui/states.ts';

useStage();

async function opensEntry(page: Page): Promise<void> {
  await button(page, 'Enter a code').click();
  await page.waitForSelector('input:focus');
}

describe('pairing', () => {
  test('the first run offers a code of one’s own', async () => {
    const page = await show(states.a);
    await button(page, 'Show a code').click();
    await isAsked(page, 'pair-host', { form: 'code' });
  });

  test('a code counts down, is one string to select, and is copied whole', async () => {
    const page = await show(states.b);
    await sees(page, '3:51 left');
    expect(await page.$eval('.code', (code) => code.textContent)).toBe('4821-acid-zebra');
    const origin = new URL(page.url()).origin;
    await page.browserContext().overridePermissions(origin, ['clipboard-read', 'clipboard-sanitized-write']);
    await page.bringToFront();
    await button(page, 'Copy').click();
    await sees(page, 'Copied');
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('4821-acid-zebra');
  });

  test('the time left is told at 60 and at 10 seconds only', async () => {
    const told = async (leftMs: number) => {
      const pairing = {
        step: 'hosting',
        form: 'code',
        code: '4821-acid-zebra',
        expiresAt: NOW + leftMs,
        lifetimeMs: 300_000,
      } as const;
      const page = await show(app({ peers: [], pairing }));
      return page.$eval('[role="timer"]', (timer) => timer.textContent);
    };
    expect(await told(61_000)).toBe('');
    expect(await told(60_000)).toBe('Code expires in 1 minute');
    expect(await told(11_000)).toBe('Code expires in 1 minute');
    expect(await told(10_000)).toBe('Code expires in 10 seconds');
  });

  test('four letters and Tab are a word, Enter pairs', async () => {
    const page = await show(states.a);
    await opensEntry(page);
    await page.keyboard.type('4821aci');
    await page.waitForSelector('[role="option"][aria-selected="true"]');
    await page.keyboard.press('Tab');
    await page.keyboard.type('zebr');
    await page.waitForFunction(() => document.querySelector('.ghost u')?.textContent === 'a');
    await page.keyboard.press('Enter');
    expect(await page.$eval('input', (input) => input.value)).toBe('4821acid-zebra');
    await page.keyboard.press('Enter');
    await isAsked(page, 'pair-join', { code: '4821-acid-zebra' });
  });

  test('arrows choose among several words', async () => {
    const page = await show(states.a);
    await opensEntry(page);
    await page.keyboard.type('4821-ac');
    await page.waitForSelector('[role="option"]');
    const options = await page.$$eval('[role="option"]', (all) => all.map((option) => option.id.split('-').at(-1)));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    expect(await page.$eval('input', (input) => input.value)).toBe(`4821-${options[1]}-`);
  });

  test('a code is found in what is pasted', async () => {
    const page = await show(states.a);
    await opensEntry(page);
    // The list of words has come.
    await page.keyboard.type('4821-ac');
    await page.waitForSelector('[role="option"]');
    await page.$eval('input', (input) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text', 'My code: 4821 Acid Zebra. Be quick');
      input.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
    });
    await button(page, 'Pair').click();
    await isAsked(page, 'pair-join', { code: '4821-acid-zebra' });
  });

  test('half a code is said to be one, and nothing is asked', async () => {
    const page = await show(states.a);
    await opensEntry(page);
    await page.keyboard.type('4821-acid');
    await button(page, 'Pair').click();
    await sees(page, 'That is not a whole code.');
    expect(await namesAsked(page)).not.toContain('pair-join');
  });

  test('why a code was refused stays until the next letter', async () => {
    const page = await show(states['c-wrong']);
    await sees(page, 'That code doesn’t match. Check its words.');
    await page.keyboard.type('4');
    await expect.poll(() => screen(page)).not.toContain('doesn’t match');
  });

  test('a new peer is shown at once, and the message about it ends the pairing', async () => {
    const page = await show(states.a);
    const carol = peer({ id: CAROL_ID, name: 'Carol' });
    await tell(page, app({ peers: [peer(), carol], pairing: { step: 'paired', peerId: CAROL_ID } }));
    await sees(page, 'You and Carol are paired');
    await sees(page, 'Carol sees you as Alice');
    expect(await namesAsked(page)).not.toContain('pair-cancel');
    await button(page, 'Close').click();
    await isAsked(page, 'pair-cancel', {});
  });
});
