import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES } from '../../extension/core/files/blocks.ts';
import { News } from '../../extension/core/files/news.ts';
import type { FileMessage } from '../../extension/core/protocol/messages.ts';
import { createFilePair, digest, randomFile, randomId, sourceOf } from '../support/file-pair.ts';

const message = (id: string): FileMessage => ({ type: 'file-done', id });

/** Says to a peer that takes messages only while `isThere`. */
function speaker() {
  const heard: string[] = [];
  const peer = { isThere: true, unsaid: 0 };
  const news = new News(
    async ({ id }) => {
      if (!peer.isThere) throw new Error('Nobody is there.');
      heard.push(id);
    },
    () => peer.unsaid++,
  );
  return { news, peer, heard };
}

/** Whatever waits for nothing but its turn has run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('what could not be said', () => {
  it('is said again on the same link, in its order, with what came after', async () => {
    const { news, peer, heard } = speaker();
    news.use({});
    peer.isThere = false;
    news.say(message('1'));
    void news.tell(message('2'));
    await settled();
    expect(news.isWaiting).toBe(true);
    expect(peer.unsaid).toBeGreaterThan(0);
    peer.isThere = true;
    news.say(message('3'));
    news.repeat();
    await settled();
    expect(heard).toEqual(['1', '2', '3']);
    expect(news.isWaiting).toBe(false);
  });

  it('is said on the next link only when it is worth something there', async () => {
    const { news, peer, heard } = speaker();
    news.use({});
    peer.isThere = false;
    news.say(message('said'));
    const told = news.tell(message('told'));
    await settled();
    news.use(null);
    news.say(message('to nobody'));
    await settled();
    expect(news.isWaiting).toBe(false);
    peer.isThere = true;
    news.use({});
    await told;
    expect(heard).toEqual(['told']);
  });

  it('is said once more when the link is another one by the time it fails', async () => {
    const heard: string[] = [];
    const fails: ((error: unknown) => void)[] = [];
    const news = new News(
      ({ id }) =>
        new Promise((_, reject) => {
          heard.push(id);
          fails.push(reject);
        }),
      () => {},
    );
    news.use({});
    void news.tell(message('told'));
    news.say(message('said'));
    news.use({});
    for (const fail of fails.splice(0)) fail(new Error('That link is gone.'));
    await settled();
    expect(heard).toEqual(['told', 'said', 'told']);
  });

  it('never takes more memory than two thousand messages', async () => {
    const { news, peer, heard } = speaker();
    news.use({});
    peer.isThere = false;
    for (let index = 0; index < 5_000; index++) void news.tell(message(`${index}`));
    await settled();
    peer.isThere = true;
    news.repeat();
    await settled();
    expect(heard).toHaveLength(2_000);
  });
});

describe('a transfer whose messages can’t be sent for a while, over a link that stays', () => {
  it('begins when the receiver’s answer gets through', async () => {
    const { alice, bob } = createFilePair();
    const id = randomId();
    const file = randomFile(3 * BLOCK_BYTES + 5);
    await alice.exchange.offer(id, sourceOf(file));
    await bob.reached(id, 'offered');
    bob.isFull = true;
    bob.exchange.answer(id, true);
    await bob.reached(id, 'moving');
    // It is said again and again meanwhile.
    await expect.poll(() => bob.refusedCount, { timeout: 10_000 }).toBeGreaterThan(2);
    expect(alice.state(id)?.state).toBe('offered');
    bob.isFull = false;
    expect(await digest(await bob.content(id))).toBe(await digest(file));
    await alice.reached(id, 'done');
    expect(alice.path(id)).toEqual(['offered', 'moving', 'done']);
  });

  it('ends on both sides when the news of its end gets through', async () => {
    const { alice, bob } = createFilePair();
    const id = randomId();
    bob.acceptAll();
    await alice.exchange.offer(id, sourceOf(randomFile(3 * BLOCK_BYTES)));
    await alice.reached(id, 'moving');
    bob.isFull = true;
    await bob.content(id);
    bob.isFull = false;
    await alice.reached(id, 'done');
  });

  it('goes on when what held it was taken back meanwhile', async () => {
    const { alice, bob } = createFilePair({ bob: { beforeWrite: () => new Promise((go) => setTimeout(go, 20)) } });
    const id = randomId();
    bob.acceptAll();
    await alice.exchange.offer(id, sourceOf(randomFile(20 * BLOCK_BYTES)));
    await bob.store.wrote(2);
    bob.exchange.pause(id, true);
    await alice.reached(id, 'paused');
    bob.isFull = true;
    bob.exchange.pause(id, false);
    bob.exchange.pause(id, true);
    bob.exchange.pause(id, false);
    bob.isFull = false;
    await bob.content(id);
    await alice.reached(id, 'done');
  });

  it('is declined in the end', async () => {
    const { alice, bob } = createFilePair();
    const id = randomId();
    await alice.exchange.offer(id, sourceOf(randomFile(10)));
    await bob.reached(id, 'offered');
    bob.isFull = true;
    bob.exchange.answer(id, false);
    bob.isFull = false;
    expect(await alice.reached(id, 'declined')).toEqual({ state: 'declined', byMe: false });
  });
});
