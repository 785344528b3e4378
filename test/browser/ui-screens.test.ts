import { describe, expect, test } from 'vitest';
import { button, isAsked, screen, sees, show, tell, useStage } from './ui/driver.ts';
import { BOB_ID, itemId, states } from './ui/states.ts';

useStage();

describe('failures', () => {
  test('a failed command becomes a sentence that can be dismissed', async () => {
    const page = await show(states.f);
    await page.evaluate(() => ui.fail('file-answer', 'peer-offline'));
    await button(page, 'Accept').click();
    await sees(page, 'Bob is offline.');
    await button(page, 'Close').click();
    await expect.poll(() => screen(page)).not.toContain('Bob is offline.');
  });

  test('a failure that the state tells of is dismissed there', async () => {
    const page = await show(states.notices);
    await sees(page, 'Chrome doesn’t let extensions capture this page.');
    await page.locator('.notice [aria-label="Close"]').click();
    await isAsked(page, 'notice-dismiss', { id: itemId(90) });
  });

  test('without a connection the cause is told, and the messages are still there', async () => {
    const page = await show(states.i);
    await button(page, 'Try again').click();
    await isAsked(page, 'peer-retry', { peerId: BOB_ID });
    await button(page, 'Show messages').click();
    await sees(page, 'Off to the ferry, back tonight.');
  });

  test('an address that is none is told beside its field, and stays to be corrected', async () => {
    const page = await show(states.server, { view: 'options' });
    await page.evaluate(() => ui.fail('settings-set', 'server-address'));
    await page.locator('#server').fill('ftp://nowhere');
    await page.keyboard.press('Enter');
    await sees(page, 'This is no server address.');
    expect(await page.$eval('#server', (input) => [(input as HTMLInputElement).value, input.ariaInvalid])).toEqual([
      'ftp://nowhere',
      'true',
    ]);
  });

  test('a view that loses its connection shows a skeleton, and is right again with the next state', async () => {
    const page = await show(states.e);
    await tell(page, null);
    await page.waitForSelector('.skeleton');
    await tell(page, states.h);
    await sees(page, 'Off to the ferry');
  });
});

describe('every screen', () => {
  const names = Object.keys(states);

  test.each(names)('%s fits a narrow panel and names all its controls', async (name) => {
    const page = await show(states[name], { view: 'side-panel', width: 300, height: 560 });
    await page.waitForFunction(() => document.querySelector('main')?.childElementCount !== 0);
    const wide = await page.$$eval(
      'html, main, .bar, .actions, .banner, .toggles, .stage, .timeline, .requests, .card, .notice',
      (all) => all.filter((element) => element.scrollWidth > element.clientWidth).map((element) => element.outerHTML),
    );
    expect(wide).toEqual([]);
    const tree = await page.accessibility.snapshot({ interestingOnly: false });
    const unnamed: string[] = [];
    const visit = (node: typeof tree) => {
      const isControl = ['button', 'textbox', 'combobox', 'menuitem', 'link', 'progressbar'].includes(node?.role ?? '');
      if (isControl && !node?.name) unnamed.push(JSON.stringify(node));
      for (const child of node?.children ?? []) visit(child);
    };
    visit(tree);
    expect(unnamed).toEqual([]);
  });
});
