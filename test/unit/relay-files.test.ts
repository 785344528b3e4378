import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { BLOCK_BYTES } from '../../extension/core/files/blocks.ts';
import type { Link } from '../../extension/core/link/link.ts';
import { createFilePair, digest, randomFile, randomId, sourceOf } from '../support/file-pair.ts';
import { createMemoryLinks } from '../support/memory-link.ts';
import { openSealedPair, type RelayPipe, startRelayPipe } from '../support/relay-pipe.ts';

const SIZE_BYTES = 24 * BLOCK_BYTES + 345;

let relay: RelayPipe;
const ends: (() => void)[] = [];
beforeAll(async () => {
  vi.stubGlobal('WebSocket', WebSocket);
  relay = await startRelayPipe();
});
afterEach(() => {
  for (const end of ends.splice(0)) end();
});
afterAll(async () => {
  vi.unstubAllGlobals();
  await relay.close();
});

/** Two exchanges that are attached to nothing. */
function createPair() {
  const pair = createFilePair();
  pair.disconnect();
  pair.alice.acceptAll();
  pair.bob.acceptAll();
  const attach = ({ a, b }: { a: Link; b: Link }) => {
    pair.alice.other = pair.bob.exchange;
    pair.bob.other = pair.alice.exchange;
    pair.alice.exchange.attach(a);
    pair.bob.exchange.attach(b);
  };
  return { ...pair, attach };
}

async function openRelay() {
  const pair = await openSealedPair(relay);
  ends.push(pair.end);
  return pair;
}

test('files go both ways at once over a sealed relay', async () => {
  const { alice, bob, attach } = createPair();
  attach(await openRelay());
  const [fromAlice, fromBob] = [randomFile(8 * BLOCK_BYTES), randomFile(8 * BLOCK_BYTES + 1)];
  const [first, second] = [randomId(), randomId()];
  await Promise.all([alice.exchange.offer(first, sourceOf(fromAlice)), bob.exchange.offer(second, sourceOf(fromBob))]);
  expect(await digest(await bob.content(first))).toBe(await digest(fromAlice));
  expect(await digest(await alice.content(second))).toBe(await digest(fromBob));
});

test('a file goes from relay to direct to relay in its middle, and no block that was stored goes twice', async () => {
  const { alice, bob, attach } = createPair();
  const file = randomFile(SIZE_BYTES);
  const id = randomId();
  const old = await openRelay();
  attach(old);
  await alice.exchange.offer(id, sourceOf(file));
  await bob.store.wrote(4);
  const direct = createMemoryLinks({ bulkLanes: 4 });
  attach(direct);
  old.end();
  await bob.store.wrote(12);
  attach(await openRelay());
  direct.cut();
  expect(await digest(await bob.content(id))).toBe(await digest(file));
  expect(bob.store.written.toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: 25 }, (_, index) => index),
  );
});
