import { expect, test } from 'vitest';
// For the type of `host`, which the page puts there.
import type {} from './media/viewer-page.tsx';
import {
  click,
  disabledReason,
  openViewers,
  page,
  pointed,
  pressed,
  rect,
  says,
  shoot,
  video,
  WAIT_MS,
  watching,
} from './media/viewer-user.ts';

openViewers();

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
  await page.evaluate(() => host.describe({ page: 'https://tides.example.org/', pointing: false }));
  await expect.poll(() => disabledReason('P'), { timeout: WAIT_MS }).toBe('Pointing is off at Bob’s side');
  await expect.poll(async () => (await pointed()).at(-1)?.type, { timeout: WAIT_MS }).toBe('away');
  await page.keyboard.press('p');
  expect(await pressed('Point')).toBe('false');
  await page.evaluate(() => host.describe({ page: null }));
  await expect
    .poll(() => disabledReason('P'), { timeout: WAIT_MS })
    .toBe('Pairwise doesn’t reach into this page at Bob’s side, so nobody can point at it');
  await page.evaluate(() => host.describe({ source: 'screen' }));
  await expect.poll(() => disabledReason('P'), { timeout: WAIT_MS }).toBe('Only a shared tab can be pointed at');
  expect(await page.$eval('h1', (title) => title.textContent)).toBe('Bob’s screen');
});

test('letters, digits and signs do nothing where the person has switched them off', async () => {
  await watching();
  await page.evaluate(() => {
    host.letters = false;
  });
  await page.keyboard.press('m');
  await page.keyboard.press('d');
  await page.keyboard.press('1');
  await page.keyboard.press('+');
  // The last key does something, so what the others would have done is done.
  await page.keyboard.press('ArrowDown');
  await expect.poll(() => video((video) => video.volume)).toBeCloseTo(0.95);
  expect((await rect()).width).toBe(1280);
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
  await click('Zoom in');
  await expect.poll(named, { timeout: WAIT_MS }).toEqual(Array.from({ length: 11 }, () => ' '));
});

test('a control that is off can be reached, says why, and does nothing', async () => {
  await page.evaluate(() => host.open(null));
  await says('Connecting to Bob');
  await page.evaluate(() => host.describe({ hasAudio: false }));
  const focused = () =>
    page.evaluate(() => {
      const { activeElement: element } = document;
      if (!element) return null;
      return [
        element.ariaLabel,
        element.ariaDisabled,
        getComputedStyle(element, '::after').content.replaceAll('"', ''),
      ];
    });
  const reached = [];
  for (let index = 0; index < 8; index++) {
    await page.keyboard.press('Tab');
    const control = await focused();
    reached.push(control);
    if (index === 2) await shoot('why-not');
    if (control?.[1]) await page.keyboard.press('Enter');
  }
  const notConnected = 'Not while the connection is missing';
  const noPicture = 'There is no picture yet';
  expect(reached).toEqual([
    ['Mute', 'true', 'This share has no sound'],
    ['My voice', 'true', notConnected],
    ['Point', 'true', notConnected],
    ['Save a still', 'true', noPicture],
    ['Statistics', null, 'none'],
    ['Actual size', 'true', noPicture],
    ['Picture in picture', 'true', noPicture],
    ['Full screen', null, 'none'],
  ]);
  expect(await page.evaluate(() => [host.microphoneOn, host.saved.length])).toEqual([false, 0]);
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
