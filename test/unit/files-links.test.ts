import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES } from '../../extension/core/files/blocks.ts';
import type { FileMessage } from '../../extension/core/protocol/messages.ts';
import { createFilePair, digest, type FilePair, randomFile, randomId, sourceOf } from '../support/file-pair.ts';
import { createMemoryLinks } from '../support/memory-link.ts';

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** What only one side went over to breaks, and it comes back to the link that the other has never left. */
async function triesAnother(pair: FilePair, who: 'alice' | 'bob', meanwhile: () => Promise<void> = turn) {
  const side = pair[who];
  const { other } = side;
  if (!other) return;
  const end = who === 'alice' ? 'a' : 'b';
  const next = createMemoryLinks();
  // Control messages wait for a link that works.
  const late: FileMessage[] = [];
  side.other = { receive: (message) => late.push(message) };
  side.exchange.attach(next[end]);
  await meanwhile();
  next.cut();
  side.other = other;
  for (const message of late) other?.receive(message);
  side.exchange.attach(pair.link[end]);
}

describe('a link that was left a moment ago', () => {
  it.each(['alice', 'bob'] as const)('carries on when the newer one of %s breaks', async (who) => {
    const pair = createFilePair();
    const { alice, bob } = pair;
    const id = randomId();
    const file = randomFile(24 * BLOCK_BYTES + 77);
    bob.acceptAll();
    await alice.exchange.offer(id, sourceOf(file));
    await bob.store.wrote(2);
    await triesAnother(pair, who);
    expect(await digest(await bob.content(id))).toBe(await digest(file));
    await alice.reached(id, 'done');
  });

  it('carries on after several such tries of both, and is still the same link', async () => {
    const pair = createFilePair({ link: { bulkLanes: 3, delay: turn } });
    const { alice, bob } = pair;
    const id = randomId();
    const file = randomFile(40 * BLOCK_BYTES);
    bob.acceptAll();
    await alice.exchange.offer(id, sourceOf(file));
    for (const blocks of [1, 4, 9, 15]) {
      await bob.store.wrote(blocks);
      await Promise.all([triesAnother(pair, 'alice'), triesAnother(pair, 'bob')]);
    }
    expect(await digest(await bob.content(id))).toBe(await digest(file));
    await alice.reached(id, 'done');
    // A link that had counted wrongly would have been closed.
    pair.link.a.close('replaced');
    expect(await pair.link.b.closed).toBe('bye');
  });

  it('is not sent on while another one is used', async () => {
    const pair = createFilePair();
    const { alice, bob } = pair;
    const id = randomId();
    bob.acceptAll();
    await alice.exchange.offer(id, sourceOf(randomFile(24 * BLOCK_BYTES)));
    await bob.store.wrote(1);
    const old = pair.link;
    pair.reconnect();
    await bob.content(id);
    await alice.reached(id, 'done');
    expect(old.a.lane('bulk').queuedBytes + old.b.lane('bulk').queuedBytes).toBeLessThan(2 * BLOCK_BYTES);
    old.a.close('replaced');
  });
});

describe('whatever happens while a transfer is taken up', () => {
  /** What may happen between any two moments. */
  const events = fc.array(
    fc.constantFrom('cut', 'link', 'try-alice', 'try-bob', 'full', 'free', 'restart', 'offer', 'opened', 'wait'),
    { maxLength: 14 },
  );

  it('it arrives once there is a link that stays, with a disk that answers', async () => {
    await fc.assert(
      fc.asyncProperty(events, async (events) => {
        let waiting: (() => void)[] = [];
        let isSlow = true;
        const beforeOpen = () =>
          isSlow ? new Promise<void>((resolve) => void waiting.push(resolve)) : Promise.resolve();
        const pair = createFilePair({ bob: { beforeOpen } });
        const { alice } = pair;
        const id = randomId();
        const file = randomFile(3 * BLOCK_BYTES + 1);
        const source = sourceOf(file);
        await alice.exchange.offer(id, source);
        await pair.bob.reached(id, 'offered');
        pair.bob.exchange.answer(id, true);
        const { state: _, id: __, direction: ___, ...details } = alice.changes[0] ?? expect.fail();
        const act: Record<string, () => unknown> = {
          cut: () => pair.disconnect(),
          link: () => pair.reconnect(),
          'try-alice': () => triesAnother(pair, 'alice'),
          'try-bob': () => triesAnother(pair, 'bob'),
          full: () => {
            pair.bob.isFull = true;
          },
          free: () => {
            pair.bob.isFull = false;
          },
          restart: () => {
            pair.restart('bob');
            pair.bob.exchange.restore(id, details, { isWhole: false });
          },
          offer: () => alice.exchange.offer(id, source).catch(() => undefined),
          opened: () => {
            for (const open of waiting.splice(0)) open();
          },
          wait: turn,
        };
        for (const event of events) await act[event]?.();
        pair.bob.isFull = false;
        isSlow = false;
        for (const open of waiting) open();
        waiting = [];
        if (!pair.bob.received.has(id)) pair.reconnect();
        expect(await digest(await pair.bob.content(id))).toBe(await digest(file));
        await alice.reached(id, 'done');
        pair.disconnect();
      }),
      { numRuns: 60 },
    );
  });
});
