import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PageEvent } from './media/page.ts';
import { type Colour, type Side, Stage } from './media/stage.ts';

/* What sharer and viewer say to each other beside picture and sound: voices, the pointer, stills. */

const RED: Colour = [200, 30, 40];
const SOURCE = { colour: `rgb(${RED.join(' ')})`, toneHz: 880 };

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.close());

const voiceOn = (event: PageEvent) => event.kind === 'voice' && event.on;
const voiceOff = (event: PageEvent) => event.kind === 'voice' && !event.on;
const actions = ({ events }: Side) => events.flatMap((event) => (event.kind === 'pointer' ? [event.action] : []));

test('both can speak, beside the sound and through a pause, and stop speaking', async () => {
  const sharer = await stage.sharer(SOURCE);
  const viewer = await stage.viewer('v1');
  await viewer.hears(880);
  await sharer.page.evaluate(() => media.speak(440));
  await viewer.event(voiceOn);
  await viewer.hearsVoice(440);
  await viewer.page.evaluate(() => media.speak(550));
  await sharer.event((event) => event.kind === 'peer-voice' && event.on);
  await sharer.hearsPeer(550);
  await sharer.page.evaluate(() => media.pause(true));
  await viewer.hears(null);
  await viewer.hearsVoice(440);
  await sharer.hearsPeer(550);
  await sharer.page.evaluate(() => media.speak(null));
  await viewer.event(voiceOff);
  await viewer.page.evaluate(() => media.speak(null));
  await sharer.event((event) => event.kind === 'peer-voice' && !event.on);
});

test('a microphone that was on before is heard by a viewer that comes later', async () => {
  const sharer = await stage.sharer(SOURCE);
  await sharer.page.evaluate(() => media.speak(440));
  const viewer = await stage.viewer('v1');
  await viewer.event(voiceOn);
  await viewer.hearsVoice(440);
});

test('the microphone is none of what a share stops: it goes on after it, for whoever opened it to end', async () => {
  const sharer = await stage.sharer(SOURCE);
  const viewer = await stage.viewer('v1');
  await sharer.page.evaluate(() => media.speak(440));
  await viewer.hearsVoice(440);
  await sharer.page.evaluate(() => media.stopSharing());
  expect(await sharer.page.evaluate(() => media.voiceState())).toBe('live');
});

test('the voice of a viewer that has gone is gone', async () => {
  const sharer = await stage.sharer(SOURCE);
  const viewer = await stage.viewer('v1');
  await viewer.page.evaluate(() => media.speak(550));
  await sharer.event((event) => event.kind === 'peer-voice' && event.on);
  await sharer.page.evaluate(() => media.viewerLeft('v1'));
  await sharer.event((event) => event.kind === 'peer-voice' && !event.on);
});

test('a pointer is followed where it goes, what is no pointer is not, and it leaves with its viewer', async () => {
  const sharer = await stage.sharer(SOURCE);
  const viewer = await stage.viewer('v1');
  await viewer.canTell();
  await viewer.page.evaluate(() => {
    media.tell({ type: 'point', x: 0.25, y: 0.5 });
    media.tell({ type: 'point', x: 2, y: 0.5 });
    media.tell({ type: 'click', x: -1, y: 0 });
    media.tell({ type: 'click', x: Number.NaN, y: 0 });
    media.say('{"type":"point"');
    media.say(JSON.stringify({ type: 'point', x: 0.1, y: 0.1, more: 'x'.repeat(2_000) }));
    media.say(new Uint8Array(100_000).buffer);
    media.tell({ type: 'click', x: 1, y: 0 });
  });
  await sharer.event((event) => event.kind === 'pointer' && event.action.type === 'click');
  expect(actions(sharer)).toEqual([
    { type: 'point', x: 0.25, y: 0.5 },
    { type: 'click', x: 1, y: 0 },
  ]);
  await sharer.page.evaluate(() => media.viewerLeft('v1'));
  await sharer.event((event) => event.kind === 'pointer' && event.action.type === 'away');
});

test('a pointer that never rests is followed no faster than a screen is drawn, to where it ends', async () => {
  const sharer = await stage.sharer(SOURCE);
  const viewer = await stage.viewer('v1');
  await viewer.canTell();
  const startMs = performance.now();
  await viewer.page.evaluate(() => {
    for (let i = 0; i <= 1_000; i++) media.tell({ type: 'point', x: i / 1_000, y: 0.5 });
  });
  await sharer.event((event) => event.kind === 'pointer' && event.action.type === 'point' && event.action.x === 1);
  // In the time that they took to arrive, too: busy cores stretch it.
  expect(actions(sharer).length).toBeLessThan(10 + (performance.now() - startMs) / 10);
});

test('a picture that stands still arrives to the pixel, and no more once it moves', async () => {
  const sharer = await stage.sharer({ ...SOURCE, still: true });
  const viewer = await stage.viewer('v1');
  const still = await viewer.event((event) => event.kind === 'still');
  expect(still).toEqual({ kind: 'still', size: [640, 360], colour: RED });
  await sharer.page.evaluate((source) => media.replace(source), SOURCE);
  await viewer.event((event) => event.kind === 'still' && event.size === null);
  expect(viewer.events.filter((event) => event.kind === 'error')).toEqual([]);
});

test('neither side takes more pictures than a share has', async () => {
  const sharer = await stage.sharer(SOURCE);
  const viewer = await stage.viewer('v1');
  await viewer.sees(RED);
  const more = { colour: 'blue', toneHz: null };
  const refused = ['stopped', 'inactive'];
  expect(refused).toContain(await viewer.page.evaluate((source) => media.sendMore(source), more));
  expect(refused).toContain(await sharer.page.evaluate((source) => media.sendMore(source), more));
  await viewer.seesMotion();
  await viewer.sees(RED);
  const failed = (event: PageEvent) => event.kind === 'error';
  expect([...sharer.events, ...viewer.events].filter(failed)).toEqual([]);
});
