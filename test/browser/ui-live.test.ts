import type { Page } from 'puppeteer-core';
import { describe, expect, test } from 'vitest';
import { asked, button, isAsked, menuItem, namesAsked, screen, sees, show, tell, useStage } from './ui/driver.ts';
import { app, asking, BOB_ID, CAROL_ID, itemId, peer, sharing, showing, shown, states } from './ui/states.ts';

useStage();

const chip = (page: Page, name: string) => page.$eval(`::-p-aria([name="${name}"][role="button"])`, described);
const described = (element: Element) => ({
  pressed: element.ariaPressed,
  disabled: element.ariaDisabled,
  why: element.getAttribute('title'),
});

describe('what I show', () => {
  test('is held by one click, and goes on by one', async () => {
    const page = await show(showing());
    await button(page, 'Pause').click();
    await isAsked(page, 'share-pause', { paused: true });
    await tell(page, showing({ pause: 'person' }));
    await sees(page, 'Paused for Bob · 04:12');
    await button(page, 'Go on').click();
    await isAsked(page, 'share-pause', { paused: false });
  });

  test.each([
    [{ pause: 'person' }, 'Bob keeps the last picture, and hears no sound.'],
    [{ pause: 'password' }, 'A password field has focus, so Bob keeps the last picture.'],
    [{ pause: 'navigation' }, 'The tab loaded a new page, so Bob keeps the last picture.'],
    [{ trouble: 'black' }, 'The picture is black. Protected films and some pages can’t be shown'],
    [{ trouble: 'protected' }, 'A film in this page is protected and may stay black for Bob'],
    [{ trouble: 'frozen' }, 'Nothing new comes from this tab.'],
    [{ trouble: 'crashed', reach: 'lost' }, 'This tab has crashed, so Bob keeps its last picture.'],
    [{ trouble: 'frozen', source: 'window' }, 'If it is minimised, bring it back'],
    [{ trouble: 'frozen', source: 'screen' }, 'Wake or unlock it'],
    [{ reach: 'lost' }, 'Click the Pairwise icon on that tab.'],
    // Nothing moves while it is held: what is wrong with the picture is no news.
    [{ pause: 'password', trouble: 'frozen', reach: 'lost' }, 'A password field has focus'],
  ] as const)('with %o it says why, and what to do', async (change, sentence) => {
    const page = await show(showing());
    expect(await page.$eval('.why', (element) => element.textContent)).toBe('');
    await tell(page, showing(change));
    // The region was there before: whoever listens hears what comes into it.
    await expect.poll(() => page.$eval('.why[role="status"]', (element) => element.textContent)).toContain(sentence);
  });

  test('that doesn’t reach the other says so, and that it goes on by itself', async () => {
    const page = await show(states['g-unreached']);
    await sees(page, 'Not reaching Bob');
    await sees(page, 'This goes on by itself');
    await button(page, 'Stop sharing').click();
    await isAsked(page, 'share-stop', {});
  });

  test('goes over to the tab beside it, or to what the browser’s dialog offers', async () => {
    const page = await show(showing());
    await button(page, 'Switch').click();
    await menuItem(page, 'This tab').click();
    await isAsked(page, 'share-tab', { peerId: BOB_ID, tabId: 5, title: 'Tide tables' });
    await button(page, 'Switch').click();
    await menuItem(page, 'Another tab, window or screen').click();
    await isAsked(page, 'share-pick', { peerId: BOB_ID });
    expect(await namesAsked(page)).not.toContain('share-stop');
  });

  test('is not offered to itself', async () => {
    const page = await show(showing({ tabId: 5 }));
    await button(page, 'Switch').click();
    await page.waitForSelector('[role="menu"]');
    expect(await page.$$eval('[role="menuitem"]', (items) => items.map(({ textContent }) => textContent))).toEqual([
      'Another tab, window or screen',
    ]);
  });

  test('tells how its picture is kept, and keeps it otherwise', async () => {
    const page = await show(showing({ content: 'text' }));
    await button(page, 'Picture: Auto').click();
    await sees(page, 'Sharp now, since it is mostly text');
    await menuItem(page, 'Smooth Every frame, and fewer pixels', 'menuitemradio').click();
    await isAsked(page, 'share-quality', { quality: 'smooth' });
    await tell(page, showing({ quality: 'smooth' }));
    await button(page, 'Picture: Smooth').click();
    const chosen = await page.$$eval('[aria-checked="true"]', (items) => items.map(({ textContent }) => textContent));
    expect(chosen).toEqual(['SmoothEvery frame, and fewer pixels']);
  });

  test('its sound, my voice and the other’s pointer are each switched by a click', async () => {
    const page = await show(showing());
    await button(page, 'Tab sound').click();
    await button(page, 'My voice').click();
    await button(page, 'Bob points').click();
    await isAsked(page, 'share-sound', { on: false });
    await isAsked(page, 'share-voice', { on: true });
    await isAsked(page, 'share-pointing', { on: false });
    await tell(page, showing({ soundOn: false, voice: 'on', pointing: false }));
    await expect.poll(() => chip(page, 'Tab sound')).toMatchObject({ pressed: 'false' });
    expect(await chip(page, 'My voice')).toMatchObject({ pressed: 'true' });
    expect(await chip(page, 'Bob points')).toMatchObject({ pressed: 'false' });
    await button(page, 'Tab sound').click();
    await button(page, 'My voice').click();
    await button(page, 'Bob points').click();
    await isAsked(page, 'share-sound', { on: true });
    await isAsked(page, 'share-voice', { on: false });
    await isAsked(page, 'share-pointing', { on: true });
  });

  test('a microphone that is still being asked for can be taken back, and a refusal is told', async () => {
    const page = await show(showing({ voice: 'asking' }));
    await button(page, 'Asking…').click();
    await isAsked(page, 'share-voice', { on: false });
    await tell(page, showing());
    await page.evaluate(() => ui.fail('share-voice', 'microphone-denied'));
    await button(page, 'My voice').click();
    await sees(page, 'The browser keeps the microphone from Pairwise.');
    expect(await chip(page, 'My voice')).toMatchObject({ pressed: 'false' });
  });

  test('the other’s voice is told', async () => {
    const page = await show(showing());
    expect(await screen(page)).not.toContain('Bob’s voice');
    await tell(page, showing({ peerVoice: true }));
    await sees(page, 'Bob’s voice');
  });

  test.each([
    [{ source: 'screen', hasAudio: false, reach: 'none' }, 'No sound', 'This has no sound to share.'],
    [{ source: 'screen', reach: 'none' }, 'Bob points', 'Bob can only point at a page in a tab'],
    [{ reach: 'none' }, 'Bob points', 'This page belongs to the browser'],
    [{ reach: 'none', tabId: null }, 'Bob points', 'Bob can’t point at a tab chosen in the browser’s dialog'],
    [{ reach: 'lost' }, 'Bob points', 'Click the Pairwise icon on that tab.'],
  ] as const)('with %o, %s is off, and why', async (change, name, why) => {
    const page = await show(showing(change));
    await button(page, name).click();
    const { pressed, disabled, why: told } = await chip(page, name);
    expect([pressed, disabled]).toEqual(['false', 'true']);
    expect(told).toContain(why);
    expect(await asked(page)).toEqual([]);
  });

  test.each([
    ['no connection came about', 'g-failed', 'No path to Bob', 'Not reaching Bob'],
    ['somebody else is on screen, who is blocked', 'g-blocked', 'Bob is blocked', 'Live to Carol'],
    ['a code is shown', 'g-code', 'Show a code', 'Live to Bob'],
    ['somebody has entered it', 'g-confirm', 'Pair with Carol?', 'Live to Bob'],
  ])('can be held and ended where %s', async (_, state, title, told) => {
    const page = await show(states[state]);
    await sees(page, title);
    await sees(page, told);
    await button(page, 'Pause').click();
    await isAsked(page, 'share-pause', { paused: true });
    await page.keyboard.press('s');
    await isAsked(page, 'share-stop', {});
    // The rest is for the screen of the peer.
    const buttons = await page.$$eval('.banner button, .toggle', (all) => all.map(({ textContent }) => textContent));
    expect(buttons).toEqual(['Pause', 'Stop sharing']);
  });

  test('while it is being chosen, there is nothing but to give it up', async () => {
    const page = await show(states['g-starting']);
    await sees(page, 'Choose what to share');
    expect(await page.$$('.toggles, .banner [aria-haspopup]')).toEqual([]);
    await button(page, 'Cancel').click();
    await isAsked(page, 'share-stop', {});
  });

  test('to somebody who isn’t on screen, it names them', async () => {
    const carol = peer({ id: CAROL_ID, name: 'Carol' });
    const page = await show(
      app({ peers: [peer(), carol], outgoingShare: { ...sharing, peerId: CAROL_ID, pause: 'person' } }),
    );
    await sees(page, 'Paused for Carol');
    await sees(page, 'Carol keeps the last picture');
    await button(page, 'Switch').click();
    await menuItem(page, 'Another tab, window or screen').click();
    await isAsked(page, 'share-pick', { peerId: CAROL_ID });
  });

  test('without a title it is named by its kind, and no other tab is meant', async () => {
    const page = await show(states['g-screen']);
    await sees(page, 'The whole screen');
    await sees(page, 'Sees your screen');
    await tell(page, showing({ title: '', tabId: null, reach: 'none' }));
    await sees(page, 'A tab\nLive to Bob');
  });

  test('is held, changed and ended by keyboard', async () => {
    const page = await show(showing());
    await page.focus('.banner .choices .btn');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForSelector('[role="menu"]');
    const focused = () => page.evaluate(() => document.activeElement?.textContent);
    await expect.poll(focused).toBe('This tab');
    await page.keyboard.press('ArrowDown');
    await expect.poll(focused).toBe('Another tab, window or screen');
    await page.keyboard.press('Escape');
    await expect.poll(() => page.$('[role="menu"]')).toBeNull();
    await expect.poll(focused).toBe('Switch');
    await page.keyboard.press('s');
    await isAsked(page, 'share-stop', {});
  });
});

describe('a popup that is opened on the tab that is shown', () => {
  const lost = showing({ reach: 'lost', tabId: 5 });

  test('tells, once, that leave for its page has come back', async () => {
    const page = await show(lost);
    await isAsked(page, 'share-reach', { tabId: 5 });
    await tell(page, showing({ reach: 'lost', tabId: 5, title: 'Elsewhere' }));
    await sees(page, 'Elsewhere');
    expect(await namesAsked(page)).toEqual(['share-reach']);
  });

  test.each([
    ['on another tab', showing({ reach: 'lost', tabId: 7 }), {}],
    ['while nothing was lost', showing({ reach: 'page', tabId: 5 }), {}],
    ['of a screen', showing({ reach: 'none', tabId: null, source: 'screen' }), {}],
    ['that is a side panel, which no click on the icon opened', lost, { view: 'side-panel' }],
  ] as const)('not %s', async (_, state, look) => {
    const page = await show(state, look);
    // Commands go out in turn: after this one it would have been among them.
    await button(page, 'Pause').click();
    await isAsked(page, 'share-pause', { paused: true });
    expect(await namesAsked(page)).toEqual(['share-pause']);
  });
});

describe('asking to see', () => {
  test('takes one click, and another takes it back', async () => {
    const page = await show(states.e);
    await button(page, 'Ask Bob to share').click();
    await isAsked(page, 'share-ask', { peerId: BOB_ID });
    await tell(page, states.asking);
    await sees(page, 'You asked Bob to share');
    expect(await chip(page, 'Ask Bob to share')).toMatchObject({ pressed: 'true' });
    await button(page, 'Ask Bob to share').click();
    await isAsked(page, 'share-ask-end', { id: itemId(80) });
    await button(page, 'Attach').click();
    await page.waitForSelector('[role="menu"]');
    // Not twice.
    expect(await page.$('::-p-aria([name="Ask Bob to share"][role="menuitem"])')).toBeNull();
  });

  test('can be taken back where it is told', async () => {
    const page = await show(states.asking);
    await button(page, 'Take back').click();
    await isAsked(page, 'share-ask-end', { id: itemId(80) });
  });

  test('stands in the menu too, and a failure is told', async () => {
    const page = await show(states.e);
    await page.evaluate(() => ui.fail('share-ask', 'peer-offline'));
    await button(page, 'Attach').click();
    await menuItem(page, 'Ask Bob to share').click();
    await isAsked(page, 'share-ask', { peerId: BOB_ID });
    await sees(page, 'Bob is offline.');
  });

  test('is not offered while nobody could hear it', async () => {
    const page = await show(states.h);
    await button(page, 'Attach').click();
    await page.waitForSelector('[role="menu"]');
    expect(await screen(page)).not.toContain('Ask Bob to share');
    expect(await page.$('::-p-aria([name="Ask Bob to share"])')).toBeNull();
  });

  test('each answer to it is one click', async () => {
    const page = await show(states.asked);
    await sees(page, 'Bob asks to see something');
    // "Share this tab" stands among the actions too.
    await page.locator('.requests ::-p-text(Share this tab)').click();
    await isAsked(page, 'share-tab', { peerId: BOB_ID, tabId: 5, title: 'Tide tables' });
    await button(page, 'Something else').click();
    await isAsked(page, 'share-pick', { peerId: BOB_ID });
    await button(page, 'Not now').click();
    await isAsked(page, 'share-ask-end', { id: itemId(80) });
  });

  test('takes no focus, has one answer that R leads to, and shows nothing by itself', async () => {
    const page = await show(states.e);
    await page.focus('textarea');
    await tell(page, states.asked);
    await sees(page, 'Bob asks to see something');
    await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('TEXTAREA');
    await page.keyboard.press('Escape');
    await page.keyboard.press('r');
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Share this tab');
    expect(await page.$$eval('.requests .primary', (all) => all.length)).toBe(1);
    expect(await asked(page)).toEqual([]);
  });

  test('by somebody who isn’t on screen is counted at their name', async () => {
    const carol = peer({ id: CAROL_ID, name: 'Carol' });
    const page = await show(app({ peers: [peer(), carol], asks: [{ ...asking(false), peerId: CAROL_ID }] }));
    expect(await screen(page)).not.toContain('asks to see');
    await button(page, 'Bob, Online, more from others. Switch peer').click();
    await page.waitForSelector('.count');
    expect(await page.$eval('.count', (element) => element.textContent)).toBe('1');
  });
});

describe('what I am shown', () => {
  test.each([
    [{ source: 'tab' }, 'Bob is showing you a tab', 'Harbour map · live, with sound'],
    [{ source: 'window', hasAudio: false }, 'Bob is showing you a window', 'Harbour map · live, without sound'],
    [{ title: '' }, 'Bob is showing you a tab', 'A tab · live, with sound'],
    [{ source: 'screen', title: '', pause: 'person' }, 'Bob is showing you the screen', 'The whole screen · paused'],
  ] as const)('%o is named in its request, and where it stays open', async (change, title, line) => {
    const page = await show(app({ incomingShares: [shown(change)] }));
    await sees(page, title);
    await sees(page, line);
    await tell(page, {
      ...app(),
      peers: states.g?.peers ?? [],
      incomingShares: [shown({ ...change, status: 'watching' })],
    });
    await button(page, 'Open').click();
    await isAsked(page, 'viewer-open', { peerId: BOB_ID, shareId: sharing.shareId });
    expect(await screen(page)).toContain(title);
  });
});

describe('options of sharing', () => {
  test('both pauses are switched by a click, and kept at once', async () => {
    const page = await show(states.e, { view: 'options' });
    await page.locator('#pause-password').click();
    await page.locator('#pause-navigation').click();
    await isAsked(page, 'settings-set', { pauseOnPassword: false });
    await isAsked(page, 'settings-set', { pauseOnNavigation: true });
  });

  test('what could not be kept goes back, with the reason', async () => {
    const page = await show(states.e, { view: 'options' });
    await page.evaluate(() => ui.fail('settings-set', 'internal'));
    await page.locator('#pause-password').click();
    await expect.poll(() => page.$eval('#pause-password-outcome', (element) => element.textContent)).not.toBe('');
    expect(await page.$eval('#pause-password', (box) => (box as HTMLInputElement).checked)).toBe(true);
  });
});
