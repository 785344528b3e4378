import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Colour, Stage } from './media/stage.ts';
import { createProxyNetwork, type ProxyNetwork } from './media/udp-proxy.ts';

const RED: Colour = [200, 30, 40];
const css = (colour: Colour) => `rgb(${colour.join(' ')})`;

let stage: Stage;
beforeEach(async () => {
  stage = await Stage.open();
});
afterEach(() => stage.close());

test('a viewer sees the colours, hears the tone and knows how it arrives', async () => {
  const sharer = await stage.sharer({ colour: css(RED), toneHz: 880 });
  const viewer = await stage.viewer('v1');
  await viewer.sees(RED);
  await viewer.hears(880);
  await sharer.event((event) => event.kind === 'watching' && event.watching);
  await viewer.page.evaluate(() => media.stats());
  await viewer.seesMotion();
  const stats = await viewer.page.evaluate(() => media.stats());
  expect(stats).toMatchObject({ width: 640, height: 360, codec: 'VP8', path: 'direct', lostShare: 0 });
  expect(stats?.bitsPerSecond).toBeGreaterThan(1_000);
  expect(stats?.rttMs).toBeLessThan(1_000);
  expect(viewer.events.filter((event) => event.kind === 'stream')).toHaveLength(1);
});

test('a source without sound is seen all the same', async () => {
  await stage.sharer({ colour: css(RED), toneHz: null });
  const viewer = await stage.viewer('v1');
  await viewer.sees(RED);
});

test('a newer viewer page takes the share over, and the older one leaving changes nothing', async () => {
  const sharer = await stage.sharer({ colour: css(RED), toneHz: 880 });
  const first = await stage.viewer('v1');
  await first.sees(RED);
  const second = await stage.viewer('v2');
  await second.sees(RED);
  await second.hears(880);
  await sharer.page.evaluate(() => media.viewerLeft('v1'));
  await second.seesMotion();
  const before = await first.page.evaluate(() => media.framesSeen());
  await second.seesMotion();
  expect(await first.page.evaluate(() => media.framesSeen())).toBe(before);
  const watching = sharer.events.flatMap((event) => (event.kind === 'watching' ? [event.watching] : []));
  expect(watching).toEqual([true, false, true]);
});

test('a viewer that leaves and comes back sees it again', async () => {
  const sharer = await stage.sharer({ colour: css(RED), toneHz: null });
  const first = await stage.viewer('v1');
  await first.sees(RED);
  await first.page.evaluate(() => media.stopWatching());
  await sharer.page.evaluate(() => media.viewerLeft('v1'));
  await sharer.event((event) => event.kind === 'watching' && !event.watching);
  const second = await stage.viewer('v2');
  await second.sees(RED);
});

test('the share ends with its source, once, and leaves no track behind', async () => {
  const sharer = await stage.sharer({ colour: css(RED), toneHz: 880 });
  const viewer = await stage.viewer('v1');
  await viewer.sees(RED);
  await sharer.page.evaluate(() => media.endSource());
  await sharer.event((event) => event.kind === 'ended');
  await sharer.page.evaluate(() => media.stopSharing());
  expect(sharer.events.filter((event) => event.kind === 'ended')).toHaveLength(1);
  expect(await sharer.page.evaluate(() => media.givenStates())).toEqual(['ended', 'ended']);
});

test('stopping stops the capture and is no ending of the source', async () => {
  const sharer = await stage.sharer({ colour: css(RED), toneHz: 880 });
  const viewer = await stage.viewer('v1');
  await viewer.sees(RED);
  await sharer.page.evaluate(() => media.stopSharing());
  expect(await sharer.page.evaluate(() => media.givenStates())).toEqual(['ended', 'ended']);
  await sharer.event((event) => event.kind === 'watching' && !event.watching);
  expect(sharer.events.filter((event) => event.kind === 'ended' || event.kind === 'error')).toEqual([]);
});

test('a description that the browser refuses ends this connection only', async () => {
  const sharer = await stage.sharer({ colour: css(RED), toneHz: null });
  stage.interfere((signal) =>
    signal.kind === 'description' && signal.type === 'answer' ? { ...signal, sdp: 'v=0\r\nnonsense' } : signal,
  );
  await stage.viewer('v1');
  expect(await sharer.event((event) => event.kind === 'error')).toEqual({ kind: 'error', code: 'message-invalid' });
  stage.interfere((signal) => signal);
  const second = await stage.viewer('v2');
  await second.sees(RED);
});

describe('over a network that can be cut', () => {
  let network: ProxyNetwork;
  beforeEach(() => {
    network = createProxyNetwork();
  });
  afterEach(() => network.close());

  test('a path that dies is replaced by a new one, without a new connection', async () => {
    const sharer = await stage.sharer({ colour: css(RED), toneHz: 880 });
    stage.interfere(network.reroute);
    const viewer = await stage.viewer('v1');
    await viewer.sees(RED);
    network.cut();
    await viewer.event((event) => event.kind === 'state' && event.state === 'reconnecting');
    await viewer.backToConnected();
    await viewer.seesMotion();
    await viewer.hears(880);
    expect(viewer.events.filter((event) => event.kind === 'stream')).toHaveLength(1);
    expect(sharer.events.filter((event) => event.kind === 'watching')).toEqual([{ kind: 'watching', watching: true }]);
  });

  test('a first attempt that gets nowhere is followed by another', async () => {
    await stage.sharer({ colour: css(RED), toneHz: null });
    let offers = 0;
    stage.interfere(async (signal) => {
      if (signal.kind === 'description' && signal.type === 'offer') offers++;
      if (signal.kind === 'candidate' && offers === 1) return null;
      return network.reroute(signal);
    });
    const viewer = await stage.viewer('v1');
    await viewer.sees(RED);
    expect(offers).toBe(2);
  });
});
