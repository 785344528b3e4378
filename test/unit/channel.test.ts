import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Channel } from '../../extension/core/protocol/channel.ts';
import { EPOCH_BYTES, encodeFrame } from '../../extension/core/protocol/frames.ts';
import type { Hello, Message } from '../../extension/core/protocol/messages.ts';
import { newId } from '../../extension/core/shared/ids.ts';
import { createMemoryLinks, type MemoryLinkPair, withResolvers } from '../support/memory-link.ts';

const hello: Hello = { type: 'hello', version: 1, name: 'Someone', presence: 'online', shareId: null };
const chat = (text: string): Message => ({ type: 'chat', id: newId(), at: 1, text });

interface Side {
  channel: Channel;
  texts: string[];
  greetings: number;
  invalid: number;
}

/** How a raw peer begins on every lane. */
const open = encodeFrame({
  type: 'open',
  epoch: new Uint8Array(EPOCH_BYTES).fill(7),
  first: 1,
  peerEpoch: new Uint8Array(EPOCH_BYTES),
  received: 0,
});

function side(): Side {
  const self: Side = {
    texts: [],
    greetings: 0,
    invalid: 0,
    channel: new Channel({
      onMessage: (message) => {
        if (message.type === 'hello') self.greetings++;
        if (message.type === 'chat') self.texts.push(message.text);
      },
      onInvalid: () => {
        self.invalid++;
      },
    }),
  };
  return self;
}

function join(alice: Side, bob: Side): MemoryLinkPair {
  const links = createMemoryLinks();
  alice.channel.attach(links.a.lane('control'), hello);
  bob.channel.attach(links.b.lane('control'), hello);
  return links;
}

test('messages arrive once and in order, and sending resolves when they were taken in', async () => {
  const [alice, bob] = [side(), side()];
  join(alice, bob);
  await Promise.all(['one', 'two', 'three'].map((text) => alice.channel.send(chat(text))));
  expect(bob.texts).toEqual(['one', 'two', 'three']);
  expect(bob.greetings).toBe(1);
});

test('what is sent without a link goes out with the next one', async () => {
  const [alice, bob] = [side(), side()];
  const sending = alice.channel.send(chat('early'));
  join(alice, bob);
  await sending;
  expect(bob.texts).toEqual(['early']);
});

test('a message is acknowledged only when its handler has finished', async () => {
  const alice = side();
  const started = withResolvers<void>();
  const finish = withResolvers<void>();
  const slow = new Channel({
    onMessage: (message) => {
      if (message.type !== 'chat') return;
      started.resolve();
      return finish.promise;
    },
    onInvalid: () => {},
  });
  const links = createMemoryLinks();
  alice.channel.attach(links.a.lane('control'), hello);
  slow.attach(links.b.lane('control'), hello);
  let acknowledged = false;
  const sending = alice.channel.send(chat('slow')).then(() => {
    acknowledged = true;
  });
  await started.promise;
  const bulk = links.a.lane('bulk').frames.getReader().read();
  await links.b.lane('bulk').send(new Uint8Array([1]));
  await bulk; // Something that was sent after the message came in has made the whole way back.
  expect(acknowledged).toBe(false);
  finish.resolve();
  await sending;
});

test('a peer that restarted gets what it did not acknowledge, and only that', async () => {
  const [alice, bob] = [side(), side()];
  const links = join(alice, bob);
  await alice.channel.send(chat('before'));
  links.cut();
  const waiting = alice.channel.send(chat('meanwhile'));
  const restarted = side();
  join(alice, restarted);
  await waiting;
  expect(restarted.texts).toEqual(['meanwhile']);
});

test('after both talked over several links the numbers still fit', async () => {
  const [alice, bob] = [side(), side()];
  for (let round = 0; round < 5; round++) {
    const links = join(alice, bob);
    await Promise.all([alice.channel.send(chat(`a${round}`)), bob.channel.send(chat(`b${round}`))]);
    links.cut();
  }
  expect(bob.texts).toEqual(['a0', 'a1', 'a2', 'a3', 'a4']);
  expect(alice.texts).toEqual(['b0', 'b1', 'b2', 'b3', 'b4']);
});

test('closing rejects what is pending', async () => {
  const alice = side();
  const sending = alice.channel.send(chat('never'));
  alice.channel.close();
  await expect(sending).rejects.toMatchObject({ code: 'link-lost' });
  await expect(alice.channel.send(chat('too late'))).rejects.toMatchObject({ code: 'link-lost' });
});

test('the queue of what was never acknowledged is bounded', async () => {
  const alice = side();
  const sent = Array.from({ length: 2_001 }, (_, index) => alice.channel.send(chat(`${index}`)));
  for (const sending of sent.slice(0, -1)) sending.catch(() => {});
  await expect(sent.at(-1)).rejects.toMatchObject({ code: 'too-many-waiting' });
  alice.channel.close();
});

describe('a hostile peer', () => {
  test.each([
    ['garbage', Uint8Array.from([7, 7, 7])],
    ['an unknown message', encodeFrame({ type: 'data', seq: 1, body: { type: 'explode' } })],
    ['a chat line of 10,000 characters', encodeFrame({ type: 'data', seq: 1, body: chat('x'.repeat(10_000)) })],
    ['a javascript: link', encodeFrame({ type: 'data', seq: 1, body: link('javascript:alert(1)') })],
    ['a data: link', encodeFrame({ type: 'data', seq: 1, body: link('data:text/html,x') })],
    ['a link with a password', encodeFrame({ type: 'data', seq: 1, body: link('https://bank@evil.example/') })],
    ['a file of 2^53 bytes', encodeFrame({ type: 'data', seq: 1, body: file(2 ** 53) })],
  ])('that sends %s is told to the person once, and the channel goes on', async (_, bytes) => {
    const bob = side();
    const links = createMemoryLinks();
    bob.channel.attach(links.b.lane('control'), hello);
    await links.a.lane('control').send(open.slice());
    await links.a.lane('control').send(bytes);
    await expect.poll(() => bob.invalid).toBe(1);
    const next = bytes[0] === 7 ? 1 : 2;
    await links.a.lane('control').send(encodeFrame({ type: 'data', seq: next, body: chat('still here') }));
    await expect.poll(() => bob.texts).toEqual(['still here']);
  });

  test('that repeats or skips numbers delivers nothing twice and nothing early', async () => {
    const bob = side();
    const links = createMemoryLinks();
    bob.channel.attach(links.b.lane('control'), hello);
    await links.a.lane('control').send(open.slice());
    for (const [seq, text] of [
      [1, 'one'],
      [1, 'one again'],
      [3, 'three'],
      [0xffff_ffff, 'far'],
      [2, 'two'],
    ] as const) {
      await links.a.lane('control').send(encodeFrame({ type: 'data', seq, body: chat(text) }));
    }
    await expect.poll(() => bob.texts).toEqual(['one', 'two']);
  });
});

test('a number before the peer has said who it is means nothing, and is repeated with the next link', async () => {
  const [alice, bob] = [side(), side()];
  const [OPEN, ACK] = [1, 3];
  let isLossy = true;
  const links = createMemoryLinks({
    tamper: (frame, _, from) => {
      const isLost = frame[0] === ACK || (frame[0] === OPEN && from === 'a');
      return isLossy && isLost ? [] : [frame];
    },
  });
  alice.channel.attach(links.a.lane('control'), hello);
  bob.channel.attach(links.b.lane('control'), hello);
  const sending = alice.channel.send(chat('once'));
  await expect.poll(() => bob.greetings).toBe(1);
  links.cut();
  isLossy = false;
  join(alice, bob);
  await sending;
  expect(bob.texts).toEqual(['once']);
});

function link(url: string): unknown {
  return { type: 'link', id: newId(), at: 1, url, title: '' };
}

function file(sizeBytes: number): unknown {
  return { type: 'file-offer', id: newId(), stream: 1, at: 1, name: 'a', sizeBytes, mime: '', modifiedAt: 1 };
}

test('whatever is cut, lost or repeated, every message arrives once and in order', async () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constant('alice' as const) },
    { weight: 6, arbitrary: fc.constant('bob' as const) },
    { weight: 1, arbitrary: fc.constant('cut' as const) },
    { weight: 1, arbitrary: fc.constant('replace' as const) },
  );
  // What a frame meets on the way; a real lane loses the link instead of a frame, but the channel must not depend on that.
  const fates = fc.array(fc.constantFrom('pass', 'pass', 'pass', 'pass', 'twice', 'drop'), { minLength: 1 });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fates, async (steps, fate) => {
      const [alice, bob] = [side(), side()];
      let count = 0;
      const meet = (honest: boolean) => {
        const links = createMemoryLinks({
          tamper: (frame) => {
            const what = honest ? 'pass' : fate[count++ % fate.length];
            return what === 'drop' ? [] : what === 'twice' ? [frame, frame.slice()] : [frame];
          },
        });
        alice.channel.attach(links.a.lane('control'), hello);
        bob.channel.attach(links.b.lane('control'), hello);
        return links;
      };
      let links = meet(false);
      const sent = { alice: [] as string[], bob: [] as string[] };
      const sending: Promise<void>[] = [];
      for (const what of steps) {
        if (what === 'cut') links.cut();
        else if (what === 'replace') links = meet(false);
        else {
          const text = `${what} ${sent[what].length}`;
          sent[what].push(text);
          sending.push((what === 'alice' ? alice : bob).channel.send(chat(text)));
        }
        await Promise.resolve();
      }
      links.cut();
      meet(true);
      await Promise.all(sending);
      expect(bob.texts).toEqual(sent.alice);
      expect(alice.texts).toEqual(sent.bob);
    }),
    { numRuns: 60 },
  );
});
