import { expect, test } from 'vitest';
// For the type of `host`, which the page puts there.
import type {} from './media/viewer-page.tsx';
import {
  click,
  NEEDS_TURN,
  noted,
  openViewers,
  page,
  SOURCE,
  says,
  shoot,
  status,
  video,
  WAIT_MS,
  watching,
} from './media/viewer-user.ts';

openViewers();

test('it says what it waits for, then shows picture, name, title and time', async () => {
  await page.evaluate((source) => host.open(source), SOURCE);
  await says('Connecting to Bob');
  await page.evaluate(() => host.ready());
  await says('The picture of Bob is shown.');
  const header = await page.$eval('header', (header) => header.innerText);
  expect(header).toMatch(/Bob’s tab\s+Tide tables for the harbour\s+Live\s+04:\d\d/);
  expect(await page.title()).toBe('Bob’s tab');
  expect(await video((video) => [video.videoWidth, video.videoHeight, video.muted])).toEqual([640, 360, false]);
  await shoot('live');
});

test('statistics say how large, how coded and how fast', async () => {
  await watching();
  await page.keyboard.press('d');
  const shown = () => page.$eval('.stats', (panel) => panel.textContent);
  await expect
    .poll(shown, { timeout: WAIT_MS })
    .toMatch(/640 × 360, \d+ fps.*VP8.*\d [kM]bit\/s.*\d %.*Direct · \d+ ms/);
  await expect.poll(shown, { timeout: WAIT_MS }).toMatch(/Latency\d+ ms/);
  await shoot('statistics');
  await page.keyboard.press('d');
  expect(await page.$('.stats')).toBeNull();
});

test('the path that is named is the picture’s own', async () => {
  await page.evaluate(() => {
    host.sessionPath = 'relay';
  });
  await page.evaluate((source) => host.open(source), SOURCE);
  const path = () => page.$eval('header .path', (badge) => badge.textContent);
  await expect.poll(path, { timeout: WAIT_MS }).toContain('Relay');
  await page.evaluate(() => host.ready());
  await says('The picture of Bob is shown.');
  await page.mouse.move(100, 100);
  await expect.poll(path, { timeout: WAIT_MS }).toContain('Direct');
});

test('controls fade when nothing moves and come back for the keyboard', async () => {
  await watching();
  const controls = () => page.$eval('.dock', (dock) => getComputedStyle(dock).opacity);
  await expect.poll(controls, { timeout: WAIT_MS }).toBe('0');
  await shoot('faded');
  // Whatever moves without being seen would keep a core busy for as long as somebody watches.
  const moving = () =>
    page.evaluate(() => document.getAnimations().map((animation) => (animation as CSSAnimation).animationName));
  await expect.poll(moving, { timeout: WAIT_MS }).toEqual([]);
  await page.keyboard.press('Tab');
  await expect.poll(controls, { timeout: WAIT_MS }).toBe('1');
  await expect.poll(() => page.evaluate(() => document.activeElement?.ariaLabel)).toBe('Mute');
});

test('when the share ends it says so, with a way out', async () => {
  await watching();
  await page.evaluate(() => host.say({ type: 'ended', why: 'stopped' }));
  await says('Bob stopped sharing');
  expect(await page.$('.tag')).toBeNull();
  await click('Close');
  expect(await page.evaluate(() => host.left)).toBe(true);
});

test.each([
  ['needs-turn', 'tab', `The picture can’t get through${NEEDS_TURN}`],
  ['source-ended', 'tab', 'Bob’s tab was closed'],
  // Chosen in the browser's dialog: it may have been ended in the browser's own bar.
  ['source-ended', 'window', 'Bob’s share has ended'],
  ['source-ended', 'screen', 'Bob’s share has ended'],
  ['failed', 'tab', 'The share could not go onAsk Bob to share once more.'],
] as const)('the end of a share says why: %s of a %s', async (why, source, text) => {
  await watching();
  await page.evaluate((source) => host.describe({ source }), source);
  await page.evaluate((why) => host.say({ type: 'ended', why }), why);
  await says(text);
});

test('what this browser can’t show stays the reason when the share ends for it, and there is a way out', async () => {
  const reason =
    'The picture could not be set upThis browser opens no connections to other browsers: a policy or another extension forbids WebRTC. Allow it, or ask whoever manages this browser.';
  const buttons = () => page.$$eval('.scene button', (all) => all.map(({ textContent }) => textContent));
  await page.evaluate(() => {
    globalThis.RTCPeerConnection = class {
      constructor() {
        throw new Error('forbidden');
      }
    } as unknown as typeof RTCPeerConnection;
    host.open(null);
    host.ready();
  });
  await says(reason);
  expect(await buttons()).toEqual(['Try again']);
  await page.evaluate(() => {
    host.say({ type: 'ended', why: 'failed' });
    host.knowShare(false);
  });
  await expect.poll(buttons).toEqual(['Close']);
  expect(await status()).toBe(reason);
});

test.each([
  ['person', 'This is the last picture. It moves again as soon as Bob goes on.'],
  ['password', 'A password field has the focus on that page. The picture moves again as soon as Bob goes on.'],
  ['navigation', 'The tab loaded a new page. The picture moves again as soon as Bob goes on.'],
] as const)('a pause dims the last picture and says why: %s', async (pause, hint) => {
  await watching();
  await page.evaluate((pause) => host.describe({ pause }), pause);
  await says(`Bob paused${hint}`);
  expect(await page.$eval('.tag', (tag) => tag.textContent)).toMatch(/^Paused04:\d\d$/);
  await expect.poll(() => video((video) => getComputedStyle(video).opacity), { timeout: WAIT_MS }).toBe('0.25');
  await shoot(`paused-${pause}`);
  await page.evaluate(() => host.describe({ pause: null }));
  await says('The picture of Bob is shown.');
  await expect.poll(() => video((video) => getComputedStyle(video).opacity), { timeout: WAIT_MS }).toBe('1');
});

test('a share that is paused before there was a picture says when it comes', async () => {
  await page.evaluate(() => {
    host.describe({ pause: 'person' });
    host.open({ colour: 'red', toneHz: null });
    host.sharer()?.pause(true);
    host.ready();
  });
  await says('Bob pausedThe picture comes as soon as Bob goes on.');
});

test.each([1280, 700, 420])(
  'in a window of %d pixels all controls are within it, and none covers another',
  async (width) => {
    await page.setViewport({ width, height: 720 });
    await watching();
    await page.evaluate(() =>
      host.describe({
        page: 'https://tides.example.org/',
        trouble: 'black',
        title: 'Tide tables for the harbour and the coast around it, with all the small islands',
      }),
    );
    await page.waitForSelector('.note');
    await page.waitForSelector('header a');
    await page.keyboard.press('d');
    await page.waitForSelector('.stats');
    const measured = async () => {
      // Where nobody does anything the controls fade, and notes come down to where they were; with a key they go up again.
      await page.keyboard.press('Shift');
      return page.$$eval('.dock, .zoom, .note, header h1, header .tag, header .path, header a, .stats', (elements) =>
        elements.map((element) => {
          const { left, top, right, bottom } = element.getBoundingClientRect();
          return { name: element.className || element.localName, left, top, right, bottom };
        }),
      );
    };
    const covered = async () => {
      const boxes = await measured();
      return boxes.flatMap((a, index) =>
        boxes
          .slice(index + 1)
          .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
          .map((b) => `${a.name} and ${b.name}`),
      );
    };
    await expect.poll(covered, { timeout: WAIT_MS }).toEqual([]);
    const boxes = await measured();
    // The narrowest leaves the path to the statistics.
    expect(boxes).toHaveLength(8);
    expect(await page.$eval('h1', (title) => title.scrollWidth <= title.clientWidth)).toBe(true);
    for (const box of boxes) expect([box.name, box.left >= 0, box.right <= width]).toEqual([box.name, true, true]);
    await shoot(`width-${width}`);
  },
);

test('a black, frozen or protected picture is explained, and the explanation can be put away until the next', async () => {
  await watching();
  await page.evaluate(() => host.describe({ trouble: 'black' }));
  const black = 'Bob’s picture is black. Some films and pages can’t be shown: ask for another tab or window.';
  await expect.poll(noted, { timeout: WAIT_MS }).toBe(black);
  await shoot('trouble-black');
  await click('Close');
  await expect.poll(noted, { timeout: WAIT_MS }).toBe('');
  await page.evaluate(() => host.describe({ trouble: null }));
  await page.evaluate(() => host.describe({ trouble: 'frozen' }));
  const frozen = 'Bob’s picture stands still, its window may be minimised: ask Bob to bring it to the front.';
  await expect.poll(noted, { timeout: WAIT_MS }).toBe(frozen);
  await page.evaluate(() => host.describe({ trouble: 'crashed' }));
  const crashed = 'Bob’s tab has crashed, so its last picture stays: ask Bob to reload it.';
  await expect.poll(noted, { timeout: WAIT_MS }).toBe(crashed);
  await page.evaluate(() => host.describe({ trouble: null }));
  await expect.poll(noted, { timeout: WAIT_MS }).toBe('');
  await page.evaluate(() => host.describe({ trouble: 'protected' }));
  const film = 'A film in Bob’s page is protected and may stay black here: open the page in a tab of your own.';
  await expect.poll(noted, { timeout: WAIT_MS }).toBe(film);
  await shoot('trouble-protected');
  // Black for a while, or scrolled away and back, it is the same film.
  await click('Close');
  await expect.poll(noted, { timeout: WAIT_MS }).toBe('');
  await page.evaluate(() => host.describe({ trouble: null }));
  await page.evaluate(() => host.describe({ trouble: 'black' }));
  await expect.poll(noted, { timeout: WAIT_MS }).toBe(black);
  await page.evaluate(() => host.describe({ trouble: 'protected' }));
  await expect.poll(noted, { timeout: WAIT_MS }).toBe('');
});

/** What is seen of a picture at one of its pixels. */
const pixel = (selector: 'video' | '.still img') =>
  page.$eval(selector, (element) => {
    const source = element as HTMLVideoElement | HTMLImageElement;
    const canvas = new OffscreenCanvas(640, 360);
    const context = canvas.getContext('2d');
    context?.drawImage(source, 0, 0);
    return [...(context?.getImageData(4, 4, 1, 1).data ?? [])].slice(0, 3);
  });

test('what stands still is seen to the pixel until it moves again', async () => {
  await page.evaluate(() => {
    host.paper = 'rgb(201 102 53)';
  });
  await watching('standing');
  await page.waitForSelector('.still img', { timeout: WAIT_MS });
  // It goes for a moment where busy cores hold the picture up.
  const current = () => pixel('.still img').catch(() => null);
  await expect.poll(current, { timeout: WAIT_MS }).toEqual([201, 102, 53]);
  await shoot('still');
  await page.evaluate(() => {
    host.paper = 'rgb(20 140 60)';
  });
  // The old one goes, and the new one comes once the picture has settled.
  await expect.poll(current, { timeout: WAIT_MS }).toEqual([20, 140, 60]);
});

test('a still is saved as a PNG of the whole picture, whatever part of it is seen', async () => {
  await watching();
  await page.keyboard.press('+');
  // Waited for in the page, and from before: it is said for six seconds only.
  const said = page.waitForFunction(() => {
    const text = document.querySelector<HTMLElement>('.notes')?.innerText.trim() ?? '';
    return text.startsWith('Saved as') && text;
  });
  // Held a little long.
  await page.keyboard.down('s');
  await page.keyboard.down('s');
  await page.keyboard.up('s');
  await expect.poll(() => page.evaluate(() => host.saved.length), { timeout: WAIT_MS }).toBe(1);
  const saved = await page.evaluate(async () => {
    const [still] = host.saved;
    if (!still) throw new Error('nothing');
    const bitmap = await createImageBitmap(still.file);
    const context = new OffscreenCanvas(1, 1).getContext('2d');
    context?.drawImage(bitmap, 0, 0);
    const [red = 0, green = 0, blue = 0] = context?.getImageData(0, 0, 1, 1).data ?? [];
    return { name: still.name, type: still.file.type, size: [bitmap.width, bitmap.height], red, green, blue };
  });
  expect(saved).toMatchObject({ type: 'image/png', size: [640, 360] });
  expect(saved.name).toMatch(/^Tide tables for the harbour \d{4}-\d\d-\d\d \d\d\.\d\d\.\d\d\.png$/);
  expect(Math.abs(saved.red - 20) + Math.abs(saved.green - 140) + Math.abs(saved.blue - 60)).toBeLessThan(30);
  expect(await (await said).jsonValue()).toBe(`Saved as ${saved.name}`);
  expect(await page.evaluate(() => host.saved.length)).toBe(1);
  await shoot('still-saved');
});

test('the page of a shared tab opens beside the viewer, without telling it from where', async () => {
  await watching();
  expect(await page.$('header a')).toBeNull();
  await page.evaluate(() => host.describe({ page: 'https://tides.example.org/harbour?day=sat' }));
  const link = await page.waitForSelector('header a');
  expect(
    await link?.evaluate((link) => [
      link.textContent,
      (link as HTMLAnchorElement).href,
      link.getAttribute('target'),
      link.getAttribute('rel'),
      link.getAttribute('title'),
    ]),
  ).toEqual([
    'Open this page',
    'https://tides.example.org/harbour?day=sat',
    '_blank',
    'noreferrer',
    'Open tides.example.org in a new tab (O)',
  ]);
  await page.keyboard.press('o');
  expect(await page.evaluate(() => host.opened)).toEqual(['https://tides.example.org/harbour?day=sat']);
  await page.evaluate(() => host.describe({ page: null }));
  await page.waitForSelector('header a', { hidden: true });
});
