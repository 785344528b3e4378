import { expect, test } from 'vitest';
// For the type of `host`, which the page puts there.
import type {} from './media/viewer-page.tsx';
import {
  click,
  NEEDS_TURN,
  openViewers,
  page,
  SOURCE,
  says,
  shoot,
  video,
  WAIT_MS,
  watching,
} from './media/viewer-user.ts';

openViewers();

test('when another window shows it, it can be fetched back', async () => {
  await watching();
  await page.evaluate(() => host.say({ type: 'replaced' }));
  await says('Shown in another windowA share is shown in one window at a time.');
  await click('Watch here');
  await says('The picture of Bob is shown.');
  const frames = () => video((video) => video.getVideoPlaybackQuality().totalVideoFrames);
  const before = await frames();
  await expect.poll(frames, { timeout: WAIT_MS }).toBeGreaterThan(before + 3);
});

test.each(['slow', 'reconnecting'] as const)('who waits for long while it is %s can try again', async (scene) => {
  // How long is long, in tenths; not what the page does by itself after half a minute, which would be a try too.
  await page.evaluate(() => {
    const { setTimeout: wait } = window;
    window.setTimeout = ((run: TimerHandler, ms = 0, ...rest: unknown[]) =>
      wait(run, ms < 10_000 || ms >= 30_000 ? ms : ms / 10, ...rest)) as typeof window.setTimeout;
  });
  if (scene === 'reconnecting') {
    await watching();
    // The other side has gone without a word.
    await page.evaluate(() => host.sharer()?.leave('1'));
  } else await page.evaluate((source) => host.open(source), SOURCE);
  await page.waitForSelector(`.scene[data-scene="${scene}"] .btn`, { timeout: WAIT_MS });
  await shoot(`again-${scene}`);
  await click('Try again');
  await says('The picture of Bob is shown.');
});

/** What stands in the middle, and how to get there. */
const SCENES = {
  connecting: { text: 'Connecting to Bob', reach: () => host.open(null) },
  slow: {
    text: 'No way to Bob yetPairwise keeps trying. If nothing happens, switch off your VPN or use another network.',
    reach: () => host.open(null),
  },
  reconnecting: {
    text: 'Connection lostPairwise is reconnecting. The picture comes back by itself.',
    reach: () => {
      host.losePort();
      host.knowShare(false);
      host.say({ type: 'ended', why: 'stopped' });
    },
  },
  replaced: {
    text: 'Shown in another windowA share is shown in one window at a time.',
    reach: () => host.say({ type: 'replaced' }),
  },
  failed: {
    text: 'The picture could not be set upTry again. If it happens again, ask Bob to share once more.',
    reach: () => host.say({ type: 'signal', signal: { kind: 'description', type: 'offer', sdp: 'nonsense' } }),
  },
  ended: { text: 'Bob stopped sharing', reach: () => host.say({ type: 'ended', why: 'stopped' }) },
  'needs-turn': {
    text: `The picture can’t get through${NEEDS_TURN}`,
    reach: () => host.say({ type: 'ended', why: 'needs-turn' }),
  },
};

test.each(Object.keys(SCENES) as (keyof typeof SCENES)[])(
  '%s is said in the middle, on black in either theme, in a narrow window too',
  async (scene) => {
    const { text, reach } = SCENES[scene];
    if (scene !== 'connecting' && scene !== 'slow') await watching('standing');
    await page.evaluate(reach);
    await says(text);
    // The live tag is red, and the path is named: neither while there is no picture.
    const header = await page.$eval('header', (header) => header.innerText);
    expect(header.includes('Live')).toBe(false);
    if (scene === 'reconnecting') expect(header).toContain('Reconnecting');
    const opacity = scene === 'reconnecting' ? '0.25' : '0';
    const shown = () => video((video) => getComputedStyle(video).opacity);
    if (scene !== 'connecting' && scene !== 'slow') await expect.poll(shown, { timeout: WAIT_MS }).toBe(opacity);
    for (const theme of ['light', 'dark']) {
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }]);
      expect(await page.$eval('.viewer', (viewer) => getComputedStyle(viewer).backgroundColor)).toBe('rgb(0, 0, 0)');
      expect(await page.$eval('.scene h2', (title) => getComputedStyle(title).color)).toBe('rgb(255, 255, 255)');
      await shoot(`${scene}-${theme}`);
    }
    await page.setViewport({ width: 420, height: 720 });
    await page.waitForFunction(() => innerWidth === 420);
    const boxes = await page.$$eval('.plate > *, .dock', (elements) =>
      elements.map((element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        return { left, right, top, bottom };
      }),
    );
    for (const { left, right } of boxes) expect([left >= 0, right <= 420]).toEqual([true, true]);
    for (const [index, box] of boxes.entries()) expect(box.top >= (boxes[index - 1]?.bottom ?? 0)).toBe(true);
    await shoot(`${scene}-narrow`);
  },
);

test('a browser that forbids WebRTC is named as the reason', async () => {
  await page.evaluate(() => {
    host.open(null);
    Reflect.deleteProperty(globalThis, 'RTCPeerConnection');
    host.say({ type: 'ready', iceServers: [] });
  });
  await says(
    'The picture could not be set upThis browser opens no connections to other browsers: a policy or another extension forbids WebRTC. ' +
      'Allow it, or ask whoever manages this browser.',
  );
});

test('a signal that the browser refuses leads to a new attempt', async () => {
  await page.evaluate(() => {
    host.open({ colour: 'red', toneHz: null });
    host.say({ type: 'ready', iceServers: [] });
    host.say({ type: 'signal', signal: { kind: 'description', type: 'offer', sdp: 'nonsense' } });
  });
  await says('The picture could not be set upTry again. If it happens again, ask Bob to share once more.');
  await click('Try again');
  await says('The picture of Bob is shown.');
});

test('with the offscreen document started anew the share is found again', async () => {
  await watching();
  await page.evaluate(() => {
    host.losePort();
    host.knowShare(false);
    host.say({ type: 'ended', why: 'stopped' });
  });
  await says('Connection lostPairwise is reconnecting. The picture comes back by itself.');
  await page.evaluate(() => host.knowShare(true));
  await says('The picture of Bob is shown.');
});
