import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundle, launchPlainBrowser, openPlainPage } from './media/stage.ts';
// For the type of `lab`, which the page puts there.
import './media/negotiation-page.ts';

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchPlainBrowser();
  page = await openPlainPage(browser);
  await page.addScriptTag({
    content: await bundle(join(import.meta.dirname, 'media', 'negotiation-page.ts')),
    type: 'module',
  });
  await page.waitForFunction(() => 'lab' in globalThis);
});
afterAll(() => browser.close());

test('when both offer at once, both get what they offered', async () => {
  const seen = await page.evaluate(async () => {
    const pair = lab.pair();
    pair.impolite.connection.addTransceiver('video');
    pair.impolite.connection.addTransceiver('audio');
    await lab.settled(pair);
    pair.polite.connection.addTransceiver('audio');
    pair.impolite.connection.addTransceiver('video');
    await lab.settled(pair, () => pair.polite.tracks.length === 3 && pair.impolite.tracks.length === 1);
    const offers = (end: typeof pair.polite) =>
      end.sent.filter((signal) => signal.kind === 'description' && signal.type === 'offer').length;
    return {
      errors: [...pair.polite.errors, ...pair.impolite.errors],
      offers: [offers(pair.polite), offers(pair.impolite)],
      tracks: [pair.polite.tracks, pair.impolite.tracks],
    };
  });
  expect(seen.errors).toEqual([]);
  expect(seen.tracks).toEqual([['video', 'audio', 'video'], ['audio']]);
  // The polite one lost the first round and said it again.
  expect(seen.offers).toEqual([2, 2]);
});

test('both restarting at once end on one and the same new path', async () => {
  const seen = await page.evaluate(async () => {
    const pair = lab.pair();
    pair.impolite.connection.addTransceiver('video');
    await lab.settled(pair);
    const before = lab.paths(pair.polite);
    pair.polite.negotiation.restart();
    pair.impolite.negotiation.restart();
    await lab.settled(pair, () => lab.paths(pair.polite).mine !== before.mine);
    return {
      errors: [...pair.polite.errors, ...pair.impolite.errors],
      before,
      polite: lab.paths(pair.polite),
      impolite: lab.paths(pair.impolite),
    };
  });
  expect(seen.errors).toEqual([]);
  expect(seen.polite.mine).not.toBe(seen.before.mine);
  expect(seen.polite.theirs).not.toBe(seen.before.theirs);
  expect(seen.polite).toEqual({ mine: seen.impolite.theirs, theirs: seen.impolite.mine });
});

test('candidates that overtake their description are kept for it', async () => {
  const seen = await page.evaluate(async () => {
    // Each description waits until its end has sent all its candidates.
    const held = new Map();
    const pair = lab.pair((signal, from) => {
      if (signal.kind === 'description') {
        held.set(from, signal);
        return [];
      }
      return signal.candidate === null ? [held.get(from), signal] : [signal];
    });
    pair.impolite.connection.addTransceiver('video');
    await lab.settled(pair);
    return [...pair.polite.errors, ...pair.impolite.errors];
  });
  expect(seen).toEqual([]);
});

test.each(['offer', 'answer'] as const)('a lost %s is made up for by a restart', async (lost) => {
  const seen = await page.evaluate(async (lost) => {
    let losses = 0;
    const pair = lab.pair((signal) =>
      signal.kind === 'description' && signal.type === lost && losses++ === 0 ? [] : [signal],
    );
    const sharer = pair.impolite.connection;
    sharer.addTransceiver('video');
    await new Promise<void>((resolve) => {
      sharer.addEventListener('icecandidate', ({ candidate }) => candidate === null && resolve());
    });
    const before = sharer.signalingState;
    pair.impolite.negotiation.restart();
    await lab.settled(pair);
    return { before, errors: [...pair.polite.errors, ...pair.impolite.errors] };
  }, lost);
  expect(seen).toEqual({ before: 'have-local-offer', errors: [] });
});

test('offers that arrive twice and are answered twice don’t confuse those that follow', async () => {
  const seen = await page.evaluate(async () => {
    // What a lost link delivers again: each description comes twice, the second time behind all that followed at once.
    const pair = lab.pair((signal) => (signal.kind === 'description' ? [signal, signal] : [signal]));
    pair.impolite.connection.addTransceiver('video');
    await lab.settled(pair);
    const names = new Set<string | undefined>();
    for (let n = 0; n < 10; n++) {
      const before = lab.paths(pair.polite);
      names.add(before.mine);
      pair.impolite.negotiation.restart();
      await new Promise((resolve) => setTimeout(resolve, n * 3));
      pair.impolite.negotiation.restart();
      await lab.settled(pair, () => lab.paths(pair.polite).theirs !== before.theirs);
    }
    await lab.settled(pair, () => lab.paths(pair.polite).theirs === lab.paths(pair.impolite).mine);
    return {
      errors: [...pair.polite.errors, ...pair.impolite.errors],
      polite: lab.paths(pair.polite),
      impolite: lab.paths(pair.impolite),
    };
  });
  expect(seen.errors).toEqual([]);
  expect(seen.polite).toEqual({ mine: seen.impolite.theirs, theirs: seen.impolite.mine });
});

test('a late answer and candidates of a path given up change nothing', async () => {
  const seen = await page.evaluate(async () => {
    const pair = lab.pair();
    pair.impolite.connection.addTransceiver('video');
    await lab.settled(pair);
    const old = [...pair.polite.sent];
    const before = lab.paths(pair.impolite);
    pair.impolite.negotiation.restart();
    await lab.settled(pair, () => lab.paths(pair.impolite).theirs !== before.theirs);
    const after = lab.paths(pair.impolite);
    for (const signal of old) await pair.impolite.negotiation.receive(signal);
    return { old: old.map(({ kind }) => kind), errors: pair.impolite.errors, after, now: lab.paths(pair.impolite) };
  });
  expect(seen.old).toContain('description');
  expect(seen.old).toContain('candidate');
  expect(seen.errors).toEqual([]);
  expect(seen.now).toEqual(seen.after);
});

test('a malformed description or candidate is reported and the next good one still works', async () => {
  const seen = await page.evaluate(async () => {
    const pair = lab.pair();
    const { negotiation } = pair.polite;
    await negotiation.receive({ kind: 'description', type: 'offer', sdp: 'v=0\r\nnonsense' });
    const afterDescription = [...pair.polite.errors];
    pair.impolite.connection.addTransceiver('video');
    await lab.settled(pair);
    await negotiation.receive({
      kind: 'candidate',
      candidate: { candidate: 'candidate:nonsense', sdpMid: '0', sdpMLineIndex: 0 },
    });
    return { afterDescription, afterCandidate: pair.polite.errors, state: pair.polite.connection.connectionState };
  });
  expect(seen).toEqual({
    afterDescription: ['message-invalid'],
    afterCandidate: ['message-invalid', 'message-invalid'],
    state: 'connected',
  });
});

test('after close nothing is sent, taken or reported', async () => {
  const seen = await page.evaluate(async () => {
    const pair = lab.pair();
    pair.impolite.connection.addTransceiver('video');
    await lab.settled(pair);
    const [offer] = pair.impolite.sent;
    if (!offer) throw new Error('no offer');
    pair.polite.negotiation.close();
    const sent = pair.polite.sent.length;
    pair.polite.negotiation.restart();
    pair.polite.connection.addTransceiver('audio');
    await pair.polite.negotiation.receive(offer);
    await pair.polite.negotiation.receive({ kind: 'description', type: 'offer', sdp: 'nonsense' });
    return { more: pair.polite.sent.length - sent, errors: pair.polite.errors };
  });
  expect(seen).toEqual({ more: 0, errors: [] });
});
