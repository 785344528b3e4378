import type { Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AppState } from '../../extension/core/session/state.ts';
import { asked, button, field, isAsked, menuItem, namesAsked, screen, sees, tell } from './ui/look.ts';
import { type Look, UiStage } from './ui/stage.ts';
import { app, BOB_ID, CAROL_ID, chat, file, itemId, link, NOW, peer, SHARE_ID, sharing, states } from './ui/states.ts';

/*
 * The interface in a real browser, with the test in the place of the offscreen document. What is behind it is covered end to end.
 */

let stage: UiStage;
beforeAll(async () => {
  stage = await UiStage.open();
});
afterEach(() => stage.clear());
afterAll(() => stage.close());

const show = (state: AppState | null, look?: Look) => stage.show(state, look);
async function opensEntry(page: Page): Promise<void> {
  await button(page, 'Enter a code').click();
  await page.waitForSelector('input:focus');
}

describe('pairing', () => {
  test('the first run offers a code of one’s own', async () => {
    const page = await show(states.a ?? null);
    await button(page, 'Show a code').click();
    await isAsked(page, 'pair-host', { form: 'code' });
  });

  test('a code counts down, is one string to select, and is copied whole', async () => {
    const page = await show(states.b ?? null);
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
    const page = await show(states.a ?? null);
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
    const page = await show(states.a ?? null);
    await opensEntry(page);
    await page.keyboard.type('4821-ac');
    await page.waitForSelector('[role="option"]');
    const options = await page.$$eval('[role="option"]', (all) => all.map((option) => option.id.split('-').at(-1)));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Tab');
    expect(await page.$eval('input', (input) => input.value)).toBe(`4821-${options[1]}-`);
  });

  test('a code is found in what is pasted', async () => {
    const page = await show(states.a ?? null);
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
    const page = await show(states.a ?? null);
    await opensEntry(page);
    await page.keyboard.type('4821-acid');
    await button(page, 'Pair').click();
    await sees(page, 'That is not a whole code.');
    expect(await namesAsked(page)).not.toContain('pair-join');
  });

  test('why a code was refused stays until the next letter', async () => {
    const page = await show(states['c-wrong'] ?? null);
    await sees(page, 'That code doesn’t match. Check the two words.');
    await page.keyboard.type('4');
    await expect.poll(() => screen(page)).not.toContain('doesn’t match');
  });

  test('a new peer is shown at once, and the message about it ends the pairing', async () => {
    const page = await show(states.a ?? null);
    const carol = peer({ id: CAROL_ID, name: 'Carol' });
    await tell(page, app({ peers: [peer(), carol], pairing: { step: 'paired', peerId: CAROL_ID } }));
    await sees(page, 'You and Carol are paired');
    await sees(page, 'Carol sees you as Alice');
    expect(await namesAsked(page)).not.toContain('pair-cancel');
    await button(page, 'Close').click();
    await isAsked(page, 'pair-cancel', {});
  });
});

describe('sharing and sending', () => {
  test('the tab is shared with its title', async () => {
    const page = await show(states.e ?? null);
    await button(page, 'Share this tab').click();
    await isAsked(page, 'share-tab', { peerId: BOB_ID, tabId: 5, title: 'Tide tables' });
  });

  test('without a grant it says what to click, and offers the browser’s picker', async () => {
    const page = await show(states.e ?? null);
    await page.evaluate(() => {
      ui.tab = { id: 5, title: '', url: null };
    });
    await button(page, 'Share this tab').click();
    await sees(page, 'Click the Pairwise icon on that tab, or choose what to share.');
    await button(page, 'Choose what to share').click();
    await isAsked(page, 'share-pick', { peerId: BOB_ID });
    expect(await namesAsked(page)).not.toContain('share-tab');
  });

  test('nothing live is offered to somebody who is offline', async () => {
    const page = await show(states.h ?? null);
    await button(page, 'Share this tab').click();
    await sees(page, 'Bob is offline. Messages, links and files wait');
    expect(await namesAsked(page)).not.toContain('share-tab');
  });

  test.each([
    [
      { id: 5, title: 'T', url: 'https://example.org/a' },
      { url: 'https://example.org/a', title: 'T' },
    ],
    [
      { id: 5, title: 'T', url: 'https://me:secret@example.org/a' },
      { url: 'https://example.org/a', title: 'T' },
    ],
  ])('the link of %o is sent as %o', async (tab, sent) => {
    const page = await show(states.e ?? null);
    await page.evaluate((next) => {
      ui.tab = next;
    }, tab);
    await button(page, 'Send this link').click();
    await isAsked(page, 'link-send', { peerId: BOB_ID, ...sent });
  });

  test.each([
    [null, 'Pairwise can’t see this tab’s address.'],
    [{ id: 5, title: 'T', url: null }, 'Pairwise can’t see this tab’s address.'],
    [{ id: 5, title: 'T', url: 'chrome://extensions/' }, 'Go to an http or https page.'],
    [{ id: 5, title: 'T', url: `https://example.org/${'a'.repeat(5_000)}` }, 'too long for one message'],
  ])('the link of %o is not sent, and the reason is told', async (tab, reason) => {
    const page = await show(states.e ?? null);
    await page.evaluate((next) => {
      ui.tab = next;
    }, tab);
    await button(page, 'Send this link').click();
    await sees(page, reason);
    expect(await namesAsked(page)).not.toContain('link-send');
  });

  test('files come by picker, drop and paste', async () => {
    const page = await show(states.e ?? null);
    const [chooser] = await Promise.all([page.waitForFileChooser(), button(page, 'Send a file').click()]);
    await chooser.accept([import.meta.filename]);
    await isAsked(page, 'files', { peerId: BOB_ID, names: ['ui.test.ts'] });
    const give = (type: 'drop' | 'paste', name: string) =>
      page.$eval(
        'textarea',
        (target, event, fileName) => {
          const data = new DataTransfer();
          data.items.add(new File(['x'], fileName));
          const init = { bubbles: true, cancelable: true };
          target.dispatchEvent(
            event === 'drop'
              ? new DragEvent('drop', { ...init, dataTransfer: data })
              : new ClipboardEvent('paste', { ...init, clipboardData: data }),
          );
        },
        type,
        name,
      );
    await give('drop', 'dropped.txt');
    await give('paste', 'pasted.png');
    await isAsked(page, 'files', { peerId: BOB_ID, names: ['dropped.txt'] });
    await isAsked(page, 'files', { peerId: BOB_ID, names: ['pasted.png'] });
  });

  test('while something is captured, the banner says so and ends it', async () => {
    const page = await show(states.g ?? null);
    await sees(page, 'Live to Bob · 04:12');
    await sees(page, 'Watching your tab');
    await button(page, 'Stop sharing').click();
    await isAsked(page, 'share-stop', {});
  });

  test('what is captured for somebody else is still said', async () => {
    const carol = peer({ id: CAROL_ID, name: 'Carol' });
    const page = await show(app({ peers: [peer(), carol], outgoingShare: { ...sharing, peerId: CAROL_ID } }));
    await sees(page, 'Live to Carol');
  });
});

describe('requests', () => {
  test('each button gives its answer', async () => {
    const page = await show(states.f ?? null);
    for (const name of ['Not now', 'Watch', 'Decline', 'Accept']) await button(page, name).click();
    expect((await asked(page)).slice(-4)).toEqual([
      { name: 'share-dismiss', request: { shareId: SHARE_ID } },
      { name: 'viewer-open', request: { peerId: BOB_ID, shareId: SHARE_ID } },
      { name: 'file-answer', request: { peerId: BOB_ID, id: itemId(1), accept: false } },
      { name: 'file-answer', request: { peerId: BOB_ID, id: itemId(1), accept: true } },
    ]);
  });

  test('a request takes no focus from who is writing', async () => {
    const page = await show(states.e ?? null);
    await page.focus('textarea');
    await tell(page, states.f ?? null);
    await sees(page, 'Bob wants to send a file');
    expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
  });

  test('a tab that was put off can still be watched', async () => {
    const share = { shareId: SHARE_ID, peerId: BOB_ID, title: 'Map', hasAudio: false, startedAt: NOW } as const;
    const page = await show(
      app({ peers: [peer({ timeline: [chat(1, false, 'Hi')] })], incomingShares: [{ ...share, status: 'dismissed' }] }),
    );
    await button(page, 'Watch').click();
    await isAsked(page, 'viewer-open', { peerId: BOB_ID, shareId: SHARE_ID });
  });

  test('a file that has arrived can be shown in its folder', async () => {
    const moving = { state: 'moving', bytes: 1, bytesPerSecond: 1, secondsLeft: null } as const;
    const done = { state: 'done', startedAt: NOW, verifiedAt: NOW, savedAt: NOW, downloadId: 7 } as const;
    const page = await show(app({ peers: [peer({ timeline: [file(1, false, 'map.png', 2, moving)] })] }));
    await tell(page, app({ peers: [peer({ timeline: [file(1, false, 'map.png', 2, done)] })] }));
    await sees(page, 'map.png is in Downloads');
    await page.locator('.toast .btn').click();
    await isAsked(page, 'download-show', { downloadId: 7 });
  });
});

describe('chat', () => {
  test('Enter sends, Shift and Enter begin a line', async () => {
    const page = await show(states.e ?? null);
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
    const page = await show(states.e ?? null);
    await page.evaluate(() => ui.fail('chat-send', 'too-many-waiting'));
    await page.focus('textarea');
    await page.keyboard.type('important');
    await button(page, 'Send').click();
    await sees(page, 'Too much is waiting already.');
    expect(await field(page)).toBe('important');
  });

  test('what is too long stays in the field', async () => {
    const page = await show(states.e ?? null);
    await page.locator('textarea').fill('a'.repeat(8_001));
    await button(page, 'Send').click();
    await sees(page, 'This is too long for one message.');
    expect(await field(page)).toHaveLength(8_001);
    expect(await namesAsked(page)).not.toContain('chat-send');
  });

  test('what was being written is there when the view is opened again, until the history is wiped', async () => {
    const page = await show(states.e ?? null);
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
    const page = await show(states.e ?? null);
    await button(page, 'Open link').click();
    await isAsked(page, 'open-link', { url: 'https://tides.example.org/harbour' });
  });

  test('what waits can be taken back, one by one or all', async () => {
    const page = await show(states.h ?? null);
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
    const place = () =>
      page.evaluate(() => {
        const first = [...document.querySelectorAll('.msg')].find((line) => line.textContent === 'line 100');
        return first?.getBoundingClientRect().top ?? Number.NaN;
      });
    await scroll(page, 0);
    const before = await place();
    await isAsked(page, 'history-page', { peerId: BOB_ID, before: itemId(100) });
    await sees(page, 'line 50');
    await expect.poll(async () => Math.abs((await place()) - before)).toBeLessThan(30);
  });
});

describe('keyboard', () => {
  test('letters work outside fields only', async () => {
    const page = await show(states.e ?? null);
    await page.keyboard.press('l');
    await isAsked(page, 'link-send', { peerId: BOB_ID, url: 'https://tides.example.org/', title: 'Tide tables' });
    await page.focus('textarea');
    await page.keyboard.type('tlf');
    expect(await field(page)).toBe('tlf');
    expect((await namesAsked(page)).filter((name) => name !== 'typing')).toEqual(['link-send']);
  });

  test('letters can be switched off', async () => {
    const page = await show(states.server ?? null, { view: 'options' });
    await page.locator('input[type="checkbox"]').click();
    await page.reload();
    await page.evaluate((state) => ui.open('popup', state), states.e ?? null);
    await page.keyboard.press('l');
    await page.keyboard.press('p');
    expect(await asked(page)).toEqual([]);
    expect(await page.$('[role="menu"]')).toBeNull();
  });

  test('R goes to the answer of the request on top', async () => {
    const page = await show(states.f ?? null);
    await page.keyboard.press('r');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Watch');
  });

  test('a menu is walked with arrows, closed with Escape, and gives the focus back', async () => {
    const page = await show(states.peers ?? null);
    await page.keyboard.press('p');
    const focused = () => page.evaluate(() => document.activeElement?.textContent ?? '');
    await expect.poll(focused).toContain('Bob');
    await page.keyboard.press('ArrowDown');
    expect(await focused()).toContain('Carol');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.$('[role="menu"]')).toBeNull();
    expect(await page.evaluate(() => document.activeElement?.className)).toBe('peer');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role="menu"]');
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('Enter');
    await page.waitForSelector('main[aria-label="Carol"]');
  });

  test('to forget somebody is asked first, and Escape is a no', async () => {
    const page = await show(states.e ?? null);
    const open = async () => {
      await button(page, 'More').click();
      await menuItem(page, 'Forget Bob').click();
      await page.waitForSelector('dialog[open]');
    };
    await open();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.$('dialog')).toBeNull();
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('More');
    expect(await asked(page)).toEqual([]);
    await open();
    await button(page, 'Forget').click();
    await isAsked(page, 'peer-forget', { peerId: BOB_ID });
  });
});

describe('failures', () => {
  test('a failed command becomes a sentence that can be dismissed', async () => {
    const page = await show(states.f ?? null);
    await page.evaluate(() => ui.fail('file-answer', 'peer-offline'));
    await button(page, 'Accept').click();
    await sees(page, 'Bob is offline.');
    await button(page, 'Close').click();
    await expect.poll(() => screen(page)).not.toContain('Bob is offline.');
  });

  test('a failure that the state tells of is dismissed there', async () => {
    const page = await show(states.notices ?? null);
    await sees(page, 'Chrome doesn’t let extensions capture this page.');
    await page.locator('.notice [aria-label="Close"]').click();
    await isAsked(page, 'notice-dismiss', { id: itemId(90) });
  });

  test('without a connection the cause is told, and the messages are still there', async () => {
    const page = await show(states.i ?? null);
    await button(page, 'Try again').click();
    await isAsked(page, 'peer-retry', { peerId: BOB_ID });
    await button(page, 'Show messages').click();
    await sees(page, 'Off to the ferry, back tonight.');
  });

  test('an address that is none is told beside its field, and stays to be corrected', async () => {
    const page = await show(states.server ?? null, { view: 'options' });
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
    const page = await show(states.e ?? null);
    await tell(page, null);
    await page.waitForSelector('.skeleton');
    await tell(page, states.h ?? null);
    await sees(page, 'Off to the ferry');
  });
});

describe('every screen', () => {
  const names = Object.keys(states);

  test.each(names)('%s fits a narrow panel and names all its controls', async (name) => {
    const page = await show(states[name] ?? null, { view: 'side-panel', width: 300, height: 560 });
    await page.waitForFunction(() => document.querySelector('main')?.childElementCount !== 0);
    const wide = await page.$$eval('html, main, .bar, .actions, .stage, .timeline, .requests, .card, .notice', (all) =>
      all.filter((element) => element.scrollWidth > element.clientWidth).map((element) => element.outerHTML),
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
