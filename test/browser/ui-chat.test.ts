import type { Page } from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import { button, field, isAsked, menuItem, namesAsked, sees, show, tell, useStage } from './ui/driver.ts';
import { app, BOB_ID, chat, file, itemId, link, peer, states } from './ui/states.ts';

useStage();

describe('chat', () => {
  test('Enter sends, Shift and Enter begin a line', async () => {
    const page = await show(states.e);
    // Whoever types for longer than a pause tells it again: a busy computer is slow at it.
    await page.evaluate(() => {
      performance.now = () => 0;
    });
    await page.focus('textarea');
    await page.keyboard.type('one');
    await page.keyboard.down('Shift');
    await page.keyboard.press('Enter');
    await page.keyboard.up('Shift');
    await page.keyboard.type('two');
    await page.keyboard.press('Enter');
    await isAsked(page, 'chat-send', { peerId: BOB_ID, text: 'one\ntwo' });
    expect(await field(page)).toBe('');
    expect((await namesAsked(page)).filter((name) => name === 'typing')).toHaveLength(1);
  });

  test('what could not be sent goes back into the field', async () => {
    const page = await show(states.e);
    await page.evaluate(() => ui.fail('chat-send', 'too-many-waiting'));
    await page.focus('textarea');
    await page.keyboard.type('important');
    await button(page, 'Send').click();
    await sees(page, 'Too much is waiting already.');
    expect(await field(page)).toBe('important');
  });

  test('what is too long stays in the field', async () => {
    const page = await show(states.e);
    await page.locator('textarea').fill('a'.repeat(8_001));
    await button(page, 'Send').click();
    await sees(page, 'This is too long for one message.');
    expect(await field(page)).toHaveLength(8_001);
    expect(await namesAsked(page)).not.toContain('chat-send');
  });

  test('what was being written is there when the view is opened again, until the history is wiped', async () => {
    const page = await show(states.e);
    await page.focus('textarea');
    await page.keyboard.type('half a sent');
    const reopen = async () => {
      await page.reload();
      await page.evaluate((state) => ui.open('popup', state), states.e ?? null);
    };
    await reopen();
    expect(await field(page)).toBe('half a sent');
    await button(page, 'More').click();
    await menuItem(page, 'Wipe history').click();
    await button(page, 'Wipe').click();
    await isAsked(page, 'history-wipe', { peerId: BOB_ID });
    await reopen();
    expect(await field(page)).toBe('');
  });

  test('only http and https in a message can be opened, and show their real host', async () => {
    const text = 'https://аpple.com/x javascript:alert(1) https://a@evil.example';
    const page = await show(app({ peers: [peer({ timeline: [chat(1, false, text)] })] }));
    const links = await page.$$eval('.msg a', (all) => all.map((a) => [a.textContent, a.rel]));
    expect(links).toEqual([['https://xn--pple-43d.com/x', 'noopener noreferrer']]);
    await page.locator('.msg a').click();
    await isAsked(page, 'open-link', { url: 'https://аpple.com/x' });
  });

  test('markup in names, titles and messages is text', async () => {
    const markup = '<img src=x onerror="globalThis.hit=1">';
    const timeline = [
      chat(1, false, markup),
      link(2, false, 'https://example.org', markup),
      file(3, false, markup, 1, { state: 'offered' }),
    ];
    const page = await show(app({ peers: [peer({ name: markup, timeline })] }));
    await sees(page, markup);
    expect(await page.$$('img')).toEqual([]);
    expect(await page.evaluate(() => 'hit' in globalThis)).toBe(false);
  });

  test('a link card opens its link', async () => {
    const page = await show(states.e);
    await button(page, 'Open link').click();
    await isAsked(page, 'open-link', { url: 'https://tides.example.org/harbour' });
  });

  test('what waits can be taken back, one by one or all', async () => {
    const page = await show(states.h);
    await button(page, 'Cancel link').click();
    await isAsked(page, 'item-cancel', { peerId: BOB_ID, id: itemId(3) });
    await button(page, 'Cancel all').click();
    await expect.poll(() => namesAsked(page)).toEqual(Array(4).fill('item-cancel'));
  });
});

describe('reading', () => {
  const long = Array.from({ length: 50 }, (_, index) => chat(100 + index, false, `line ${100 + index}`));
  const top = (page: Page) => page.$eval('.timeline', (box) => box.scrollTop);
  const scroll = (page: Page, to: number) => page.$eval('.timeline', (box, y) => box.scrollTo(0, y), to);

  test('the newest line is in view and counts as read', async () => {
    const page = await show(app({ peers: [peer({ timeline: long, unread: 2 })] }));
    await isAsked(page, 'read', { peerId: BOB_ID });
    expect(await page.$eval('.timeline', (box) => box.scrollHeight - box.clientHeight - box.scrollTop)).toBeLessThan(2);
  });

  test('a new line neither moves nor counts as read for who reads further up', async () => {
    const page = await show(app({ peers: [peer({ timeline: long })] }));
    await scroll(page, 400);
    await page.waitForSelector('.to-end');
    await tell(page, app({ peers: [peer({ timeline: [...long, chat(150, false, 'new')], unread: 1 })] }));
    await sees(page, 'new');
    expect(await top(page)).toBe(400);
    expect(await namesAsked(page)).not.toContain('read');
    await button(page, 'Newest message').click();
    await isAsked(page, 'read', { peerId: BOB_ID });
  });

  test('older lines come at the top, and what was in view stays there', async () => {
    const page = await show(app({ peers: [peer({ timeline: long, hasOlder: true })] }));
    const older = Array.from({ length: 50 }, (_, index) => chat(50 + index, false, `line ${50 + index}`));
    await page.evaluate((items) => {
      ui.page = { items, hasOlder: false };
    }, older);
    // Older lines may come right after the scrolling: the place before them is measured with it.
    const place = (scrollTo: number | null) =>
      page.evaluate((top) => {
        if (top !== null) document.querySelector('.timeline')?.scrollTo(0, top);
        const first = [...document.querySelectorAll('.msg')].find((line) => line.textContent === 'line 100');
        return first?.getBoundingClientRect().top ?? Number.NaN;
      }, scrollTo);
    const before = await place(0);
    await isAsked(page, 'history-page', { peerId: BOB_ID, before: itemId(100) });
    await sees(page, 'line 50');
    await expect.poll(async () => Math.abs((await place(null)) - before)).toBeLessThan(30);
  });
});
