import { expect, onTestFinished, test } from 'vitest';
import { launchPlainBrowser, openPlainPage } from './media/stage.ts';
// For the type of `host`, which the page puts there.
import type {} from './media/viewer-page.tsx';
import {
  click,
  disabledReason,
  inPage,
  noted,
  openViewers,
  page,
  pressed,
  SOURCE,
  says,
  shoot,
  video,
  view,
  WAIT_MS,
  watching,
} from './media/viewer-user.ts';

openViewers();

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

test('a browser that refuses sound shows the picture and offers the sound', async () => {
  const strict = await launchPlainBrowser({ autoplay: false });
  onTestFinished(() => strict.close());
  await inPage(await openPlainPage(strict), async () => {
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
      const look = () => document.querySelector('video').videoWidth > 2 ? resolve() : requestAnimationFrame(look);
      look();
    })`);
    expect(await video((video) => [video.muted, video.paused])).toEqual([true, false]);
    await shoot('sound-refused');
    await click('Turn sound on');
    expect(await video((video) => [video.muted, video.paused])).toEqual([false, false]);
    expect(await page.$('::-p-aria([name="Turn sound on"])')).toBeNull();
  });
});
