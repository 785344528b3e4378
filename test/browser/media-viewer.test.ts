import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Source } from './media/source.ts';
import { bundleView, launchPlainBrowser, openPlainPage } from './media/stage.ts';
// For the type of `host`, which the page puts there.
import type {} from './media/viewer-page.tsx';

const ARTIFACTS = join(import.meta.dirname, '..', '.artifacts');
const SOURCE = { colour: 'rgb(20 140 60)', toneHz: 880 };
/** Everything runs on busy cores. */
const WAIT_MS = 60_000;

let view: { script: string; style: string };
let browser: Browser;
let page: Page;

beforeAll(async () => {
  await mkdir(ARTIFACTS, { recursive: true });
  view = await bundleView(join(import.meta.dirname, 'media', 'viewer-page.tsx'));
  browser = await launchPlainBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  page = await openHost(browser);
});
afterEach(() => page.close());

async function openHost(browser: Browser): Promise<Page> {
  const page = await openPlainPage(browser);
  await page.setViewport({ width: 1280, height: 720 });
  await page.addStyleTag({ content: view.style });
  await page.addScriptTag({ content: view.script, type: 'module' });
  await page.waitForFunction(() => 'host' in globalThis);
  return page;
}

async function watching(source: Source | 'standing' = SOURCE): Promise<void> {
  await page.evaluate((source) => {
    host.open(source);
    host.ready();
  }, source);
  await says('The picture of Bob is shown.');
  // Where cores are busy this may begin after the picture.
  await page.waitForFunction(() => host.canTell());
}

const status = () => page.$eval('[role=status]', (element) => element.textContent);
const says = (text: string) => expect.poll(status, { timeout: WAIT_MS }).toBe(text);
const pressed = (label: string) => page.$eval(`[aria-label="${label}"]`, (button) => button.ariaPressed);
const noted = () => page.$eval('.notes', (notes) => (notes as HTMLElement).innerText.trim());
const disabledReason = (key: string) =>
  page.$eval(`[aria-keyshortcuts="${key}"]`, (button) => button.matches(':disabled') && button.ariaLabel);
/** Where the picture lies in the window. */
const rect = () =>
  video((video) => {
    const { left, top, width, height } = video.getBoundingClientRect();
    return { left, top, width, height };
  });
const pointed = () => page.evaluate(() => host.pointed);
const video = <Value>(read: (video: HTMLVideoElement) => Value) => page.$eval('video', read);
const click = (text: string) => page.locator(`::-p-aria([name="${text}"][role="button"])`).click();
/** Not part of any verdict: for people to look at. */
const shoot = (name: string) => page.screenshot({ path: join(ARTIFACTS, `viewer-${name}.png`) });

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

test('keys do what the buttons say', async () => {
  await watching();
  await page.keyboard.press('m');
  expect(await video((video) => video.muted)).toBe(true);
  expect(await pressed('Mute')).toBe('true');
  await page.keyboard.press('m');
  expect(await video((video) => video.muted)).toBe(false);

  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  expect(await video((video) => video.volume)).toBeCloseTo(0.9);
  await page.keyboard.press('ArrowUp');
  expect(await video((video) => video.volume)).toBeCloseTo(0.95);

  await page.keyboard.press('1');
  expect(await video((video) => [video.clientWidth, video.clientHeight])).toEqual([640, 360]);
  expect(await pressed('Actual size')).toBe('true');
  await shoot('actual-size');
  await page.keyboard.press('0');
  expect(await video((video) => [video.clientWidth, video.clientHeight])).toEqual([1280, 720]);

  await page.keyboard.press('f');
  await page.waitForFunction(() => document.fullscreenElement !== null);
  await expect.poll(() => pressed('Full screen'), { timeout: WAIT_MS }).toBe('true');
  await page.keyboard.press('f');
  await page.waitForFunction(() => document.fullscreenElement === null);
});

test('the small window opens and closes, and the picture goes on', async () => {
  await watching();
  await page.keyboard.press('i');
  await page.waitForFunction(() => document.pictureInPictureElement !== null);
  await expect.poll(() => pressed('Picture in picture'), { timeout: WAIT_MS }).toBe('true');
  await page.keyboard.press('i');
  await page.waitForFunction(() => document.pictureInPictureElement === null);
  await expect.poll(() => video((video) => video.paused)).toBe(false);
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

test('controls fade when nothing moves and come back for the keyboard', async () => {
  await watching();
  const controls = () => page.$eval('.dock', (dock) => getComputedStyle(dock).opacity);
  await expect.poll(controls, { timeout: WAIT_MS }).toBe('0');
  await shoot('faded');
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

const NEEDS_TURN =
  'A live picture can’t go through the relay, and your server has no TURN that this network lets through. Use another network; messages, links and files go on.';

test.each([
  ['needs-turn', 'tab', `The picture can’t get through${NEEDS_TURN}`],
  ['source-ended', 'tab', 'Bob’s tab was closed'],
  ['source-ended', 'window', 'Bob’s window was closed'],
  ['failed', 'tab', 'The share could not go onAsk Bob to share once more.'],
] as const)('the end of a share says why: %s of a %s', async (why, source, text) => {
  await watching();
  await page.evaluate((source) => host.describe({ source }), source);
  await page.evaluate((why) => host.say({ type: 'ended', why }), why);
  await says(text);
});

test.each([
  ['person', 'This is the last picture. It moves again as soon as Bob goes on.'],
  ['password', 'A password field has the focus on that page. The picture moves again as soon as Bob goes on.'],
  ['navigation', 'The tab went to another site. The picture moves again as soon as Bob goes on.'],
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

test('the picture grows and shrinks in steps, rests at 1:1, and is moved with mouse and keyboard', async () => {
  await watching();
  expect(await rect()).toEqual({ left: 0, top: 0, width: 1280, height: 720 });
  await page.keyboard.press('+');
  expect(await rect()).toEqual({ left: -160, top: -90, width: 1600, height: 900 });
  expect(await page.$eval('.zoom', (bar) => (bar as HTMLElement).innerText)).toContain('250 %');
  await shoot('zoomed');

  // Dragging never shows what is beside the picture.
  await page.mouse.move(640, 360);
  await page.mouse.down();
  await page.mouse.move(740, 400);
  await expect.poll(rect, { timeout: WAIT_MS }).toMatchObject({ left: -60, top: -50 });
  await page.mouse.move(1270, 710);
  await page.mouse.up();
  await expect.poll(rect, { timeout: WAIT_MS }).toMatchObject({ left: 0, top: 0 });
  await page.keyboard.down('Shift');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.up('Shift');
  expect(await rect()).toMatchObject({ left: -80, top: -80 });

  await page.keyboard.press('-');
  expect(await rect()).toEqual({ left: 0, top: 0, width: 1280, height: 720 });
  for (const width of [1024, 819, 655]) {
    await page.keyboard.press('-');
    expect((await rect()).width).toBeCloseTo(width, -1);
  }
  await page.keyboard.press('-');
  expect(await rect()).toEqual({ left: 320, top: 180, width: 640, height: 360 });
  expect(await pressed('Actual size')).toBe('true');
  await page.keyboard.press('-');
  expect((await rect()).width).toBe(640);
  await page.keyboard.press('0');
  expect((await rect()).width).toBe(1280);
});

test('the wheel with Ctrl zooms into the place below it', async () => {
  await watching();
  const share = ({ left, top, width, height }: Awaited<ReturnType<typeof rect>>) => [
    (960 - left) / width,
    (180 - top) / height,
  ];
  const before = share(await rect());
  await page.mouse.move(960, 180);
  await page.keyboard.down('Control');
  await page.mouse.wheel({ deltaY: -100 });
  await page.mouse.wheel({ deltaY: -100 });
  await page.keyboard.up('Control');
  await expect.poll(async () => (await rect()).width, { timeout: WAIT_MS }).toBeGreaterThan(2_000);
  const after = share(await rect());
  expect(after[0]).toBeCloseTo(before[0] ?? 0, 2);
  expect(after[1]).toBeCloseTo(before[1] ?? 0, 2);
});

test('who points sees the own pointer at once, and the sharer hears of it in shares of the picture', async () => {
  // Wider than the picture: there are bars at the sides.
  await page.setViewport({ width: 1480, height: 720 });
  await watching();
  await page.mouse.move(740, 360);
  await page.keyboard.press('p');
  expect(await pressed('Point')).toBe('true');
  await page.mouse.move(100 + 320, 180);
  await expect
    .poll(async () => (await pointed()).at(-1), { timeout: WAIT_MS })
    .toEqual({ type: 'point', x: 0.25, y: 0.25 });
  const tip = await page.$eval('.pointer', (pointer) => {
    const { left, top } = pointer.getBoundingClientRect();
    return { left, top, name: pointer.textContent };
  });
  expect(tip).toEqual({ left: 420, top: 180, name: 'Alice' });

  await page.mouse.down();
  await page.mouse.up();
  await expect
    .poll(async () => (await pointed()).at(-1), { timeout: WAIT_MS })
    .toEqual({ type: 'click', x: 0.25, y: 0.25 });
  await shoot('pointing');

  // Beside the picture there is nothing to point at.
  await page.mouse.move(50, 300);
  await expect.poll(async () => (await pointed()).at(-1), { timeout: WAIT_MS }).toEqual({ type: 'away' });
  expect(await page.$('.pointer')).toBeNull();
  const before = (await pointed()).length;
  await page.mouse.click(60, 300);
  await page.mouse.move(740, 360);
  await expect
    .poll(async () => (await pointed()).at(-1), { timeout: WAIT_MS })
    .toEqual({ type: 'point', x: 0.5, y: 0.5 });
  expect((await pointed()).slice(before).some(({ type }) => type === 'click')).toBe(false);

  await page.keyboard.press('Escape');
  expect(await pressed('Point')).toBe('false');
  await expect.poll(async () => (await pointed()).at(-1), { timeout: WAIT_MS }).toEqual({ type: 'away' });
});

test('the keyboard points too', async () => {
  await watching();
  await page.keyboard.press('p');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  const last = () => pointed().then((actions) => actions.at(-1));
  await expect.poll(async () => (await last())?.type, { timeout: WAIT_MS }).toBe('click');
  const click = await last();
  expect(click?.type === 'click' && [click.x, click.y]).toEqual([expect.closeTo(0.51), expect.closeTo(0.49)]);
  expect(await video((video) => video.volume)).toBe(1);
});

test('where pointing is switched off the button says so, and my pointer goes', async () => {
  await watching();
  await page.keyboard.press('p');
  await page.mouse.move(640, 360);
  await expect.poll(async () => (await pointed()).at(-1)?.type, { timeout: WAIT_MS }).toBe('point');
  await page.evaluate(() => host.describe({ pointing: false }));
  await expect.poll(() => disabledReason('P'), { timeout: WAIT_MS }).toBe('Pointing is off at Bob’s side');
  await expect.poll(async () => (await pointed()).at(-1)?.type, { timeout: WAIT_MS }).toBe('away');
  await page.keyboard.press('p');
  expect(await pressed('Pointing is off at Bob’s side')).toBe('false');
  await page.evaluate(() => host.describe({ source: 'screen' }));
  await expect.poll(() => disabledReason('P'), { timeout: WAIT_MS }).toBe('Only a shared tab can be pointed at');
  expect(await page.$eval('h1', (title) => title.textContent)).toBe('Bob’s screen');
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

test('my microphone is off until I ask, is sent while it is on, and is let go', async () => {
  await watching();
  await page.evaluate(() => {
    const audio = new AudioContext();
    const destination = audio.createMediaStreamDestination();
    const tone = new OscillatorNode(audio, { frequency: 500 });
    tone.connect(destination);
    tone.start();
    navigator.mediaDevices.getUserMedia = async () => destination.stream.clone();
  });
  expect(await pressed('My voice')).toBe('false');
  await page.keyboard.press('v');
  await expect.poll(() => page.evaluate(() => host.peerVoice), { timeout: WAIT_MS }).toBe(true);
  // Red here, and the icon turns red for it.
  expect(await page.$eval('[aria-label="My voice"]', (button) => button.getAttribute('data-captures'))).toBe('true');
  expect(await page.evaluate(() => host.microphoneOn)).toBe(true);
  expect(await pressed('My voice')).toBe('true');
  await page.keyboard.press('v');
  await expect.poll(() => page.evaluate(() => host.peerVoice), { timeout: WAIT_MS }).toBe(false);
  expect(await page.evaluate(() => host.microphoneOn)).toBe(false);
  expect(await pressed('My voice')).toBe('false');
});

test.each([
  ['NotAllowedError', 'The browser keeps the microphone from Pairwise.'],
  ['NotFoundError', 'No microphone was found.'],
])('a microphone that can’t be had is one sentence: %s', async (name, text) => {
  await watching();
  await page.evaluate((name) => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', name));
  }, name);
  await page.keyboard.press('v');
  await expect.poll(noted, { timeout: WAIT_MS }).toContain(text);
  expect(await pressed('My voice')).toBe('false');
  await shoot(`microphone-${name}`);
});

test('the microphone is let go when the share ends', async () => {
  await watching();
  await page.evaluate(() => {
    const track = new AudioContext().createMediaStreamDestination().stream.getAudioTracks()[0];
    if (!track) throw new Error('no track');
    Object.assign(globalThis, { track });
    navigator.mediaDevices.getUserMedia = async () => new MediaStream([track]);
  });
  await page.keyboard.press('v');
  await expect.poll(() => pressed('My voice'), { timeout: WAIT_MS }).toBe('true');
  await page.evaluate(() => host.say({ type: 'ended', why: 'stopped' }));
  await says('Bob stopped sharing');
  expect(await page.evaluate('track.readyState')).toBe('ended');
  expect(await page.evaluate(() => host.microphoneOn)).toBe(false);
});

test('the voice of the one who shares is heard as loud as the share, and named', async () => {
  await watching({ colour: 'rgb(20 140 60)', toneHz: null });
  await page.evaluate(() => host.describe({ hasAudio: false }));
  await expect
    .poll(() => page.$eval('header small', (title) => title.textContent), { timeout: WAIT_MS })
    .toBe('Tide tables for the harbour · no sound');
  await expect.poll(() => disabledReason('M'), { timeout: WAIT_MS }).toBe('This share has no sound');
  await page.evaluate(() => {
    const audio = new AudioContext();
    const destination = audio.createMediaStreamDestination();
    const tone = new OscillatorNode(audio, { frequency: 500 });
    tone.connect(destination);
    tone.start();
    host.sharer()?.setVoice(destination.stream.getAudioTracks()[0] ?? null);
  });
  await page.waitForSelector('header .voice', { timeout: WAIT_MS });
  expect(await page.$eval('header .voice', (voice) => voice.textContent)).toBe('Bob’s voice');
  await page.keyboard.press('ArrowDown');
  const playing = () => page.$eval('audio', (voice) => [voice.paused, voice.muted, voice.volume]);
  await expect.poll(playing, { timeout: WAIT_MS }).toEqual([false, false, 0.95]);
  await page.keyboard.press('m');
  await expect.poll(playing, { timeout: WAIT_MS }).toEqual([false, true, 0.95]);
  await shoot('voice');
  await page.evaluate(() => host.sharer()?.setVoice(null));
  await page.waitForSelector('header .voice', { hidden: true, timeout: WAIT_MS });
});

test('letters do nothing where the person has switched them off', async () => {
  await watching();
  await page.evaluate(() => {
    host.letters = false;
  });
  await page.keyboard.press('m');
  await page.keyboard.press('d');
  await page.keyboard.press('+');
  expect((await rect()).width).toBe(1600);
  expect(await pressed('Mute')).toBe('false');
  expect(await pressed('Statistics')).toBe('false');
});

test('letters are named on the controls, unless the person has switched them off', async () => {
  const named = () =>
    page.$$eval('[role=toolbar] button', (buttons) =>
      buttons.map((button) => [button.title.match(/\(.\)$/)?.[0], button.getAttribute('aria-keyshortcuts')].join(' ')),
    );
  await watching();
  expect(await named()).toEqual([
    '(M) M',
    '(V) V',
    '(P) P',
    '(S) S',
    '(D) D',
    '(1) 1',
    '(I) I',
    '(F) F',
    '(-) -',
    '(0) 0',
    '(+) Plus',
  ]);
  await page.evaluate(() => {
    host.letters = false;
    host.describe({ pointing: false });
  });
  await expect
    .poll(named, { timeout: WAIT_MS })
    .toEqual([' ', ' ', ' ', ' ', ' ', '(1) 1', ' ', ' ', '(-) -', '(0) 0', '(+) Plus']);
});

test('arrows lead through a toolbar, and move the pointer of who points', async () => {
  await watching();
  const focused = () => page.evaluate(() => document.activeElement?.ariaLabel);
  await page.focus('[aria-label="My voice"]');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('Point');
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  expect(await focused()).toBe('Volume');
  // A slider keeps them.
  await page.keyboard.press('ArrowLeft');
  expect(await focused()).toBe('Volume');
  expect(await video((video) => video.volume)).toBeCloseTo(0.99);
  await page.focus('[aria-label="Full screen"]');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('Mute');
  await page.keyboard.press('ArrowLeft');
  expect(await focused()).toBe('Full screen');
  await page.keyboard.press('p');
  await page.keyboard.press('ArrowRight');
  expect(await focused()).toBe('Full screen');
  await expect
    .poll(async () => (await pointed()).at(-1), { timeout: WAIT_MS })
    .toEqual({ type: 'point', x: expect.closeTo(0.51), y: 0.5 });
});

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

test('a browser that refuses sound shows the picture and offers the sound', async () => {
  const strict = await launchPlainBrowser({ autoplay: false });
  try {
    page = await openPlainPage(strict);
    // Puppeteer's own evaluate counts as a click; the browser would not refuse anything after that.
    const devTools = await page.createCDPSession();
    const quietly = (expression: string) =>
      devTools.send('Runtime.evaluate', { expression, awaitPromise: true, userGesture: false });
    await quietly(view.script);
    await quietly(
      `document.head.append(Object.assign(document.createElement('style'), { textContent: ${JSON.stringify(view.style)} }))`,
    );
    await quietly(`host.open(${JSON.stringify(SOURCE)}); host.ready()`);
    await quietly(`new Promise((resolve) => {
      const look = () => document.querySelector('video').videoWidth > 0 ? resolve() : requestAnimationFrame(look);
      look();
    })`);
    expect(await video((video) => [video.muted, video.paused])).toEqual([true, false]);
    await shoot('sound-refused');
    await click('Turn sound on');
    expect(await video((video) => [video.muted, video.paused])).toEqual([false, false]);
    expect(await page.$('::-p-aria([name="Turn sound on"])')).toBeNull();
  } finally {
    await strict.close();
    page = await openHost(browser);
  }
});
