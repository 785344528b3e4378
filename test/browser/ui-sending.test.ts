import { describe, expect, test } from 'vitest';
import { asked, button, isAsked, namesAsked, sees, show, tell, useStage } from './ui/driver.ts';
import { app, BOB_ID, CAROL_ID, chat, done, file, itemId, NOW, peer, SHARE_ID, sharing, states } from './ui/states.ts';

useStage();

describe('sharing and sending', () => {
  test('the tab is shared with its title', async () => {
    const page = await show(states.e);
    await button(page, 'Share this tab').click();
    await isAsked(page, 'share-tab', { peerId: BOB_ID, tabId: 5, title: 'Tide tables' });
  });

  test('without a grant it says what to click, and offers the browser’s picker', async () => {
    const page = await show(states.e);
    await page.evaluate(() => {
      ui.tab = { id: 5, title: '', url: null };
    });
    await button(page, 'Share this tab').click();
    await sees(page, 'Click the Pairwise icon on that tab, or choose what to share.');
    await button(page, 'Choose what to share').click();
    await isAsked(page, 'share-pick', { peerId: BOB_ID });
    expect(await namesAsked(page)).not.toContain('share-tab');
  });

  test('what the browser won’t let us capture leads to its picker', async () => {
    const page = await show(
      app({ notices: [{ id: itemId(90), code: 'capture-taken', peerId: BOB_ID, subject: 'Tide tables', at: NOW }] }),
    );
    await sees(page, 'Another extension captures this tab already.');
    await button(page, 'Choose what to share').click();
    await isAsked(page, 'share-pick', { peerId: BOB_ID });
    await isAsked(page, 'notice-dismiss', { id: itemId(90) });
  });

  test('nothing live is offered to somebody who is offline', async () => {
    const page = await show(states.h);
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
    const page = await show(states.e);
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
    const page = await show(states.e);
    await page.evaluate((next) => {
      ui.tab = next;
    }, tab);
    await button(page, 'Send this link').click();
    await sees(page, reason);
    expect(await namesAsked(page)).not.toContain('link-send');
  });

  test('while something is captured, the banner says so and ends it', async () => {
    const page = await show(states.g);
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
    const page = await show(states.f);
    for (const name of ['Not now', 'Watch', 'Decline', 'Accept']) await button(page, name).click();
    expect((await asked(page)).slice(-4)).toEqual([
      { name: 'share-dismiss', request: { shareId: SHARE_ID } },
      { name: 'viewer-open', request: { peerId: BOB_ID, shareId: SHARE_ID } },
      { name: 'file-answer', request: { peerId: BOB_ID, id: itemId(1), accept: false } },
      { name: 'file-answer', request: { peerId: BOB_ID, id: itemId(1), accept: true } },
    ]);
  });

  test('a request takes no focus from who is writing', async () => {
    const page = await show(states.e);
    await page.focus('textarea');
    await tell(page, states.f);
    await sees(page, 'Bob wants to send a file');
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
  });

  test('a tab that was put off can still be watched', async () => {
    const share = {
      shareId: SHARE_ID,
      peerId: BOB_ID,
      title: 'Map',
      hasAudio: false,
      source: 'tab',
      page: null,
      pause: null,
      trouble: null,
      pointing: true,
      startedAt: NOW,
    } as const;
    const page = await show(
      app({ peers: [peer({ timeline: [chat(1, false, 'Hi')] })], incomingShares: [{ ...share, status: 'dismissed' }] }),
    );
    await button(page, 'Watch').click();
    await isAsked(page, 'viewer-open', { peerId: BOB_ID, shareId: SHARE_ID });
  });

  test('a file that has arrived can be shown in its folder', async () => {
    const moving = { state: 'moving', bytes: 1, bytesPerSecond: 1, secondsLeft: null } as const;
    const page = await show(app({ peers: [peer({ timeline: [file(1, false, 'map.png', 2, moving)] })] }));
    await tell(page, app({ peers: [peer({ timeline: [file(1, false, 'map.png', 2, done)] })] }));
    await sees(page, 'map.png is in Downloads');
    await page.locator('.toast .btn').click();
    await isAsked(page, 'download-show', { downloadId: 7 });
  });
});
