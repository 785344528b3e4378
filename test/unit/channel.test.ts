import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Channel } from '../../extension/core/protocol/channel.ts';
import { decodeFrame, EPOCH_BYTES, encodeFrame, type Frame } from '../../extension/core/protocol/frames.ts';
import type { Hello, Message } from '../../extension/core/protocol/messages.ts';
import { newId } from '../../extension/core/shared/ids.ts';
import { createMemoryLinks, type MemoryLinkPair, withResolvers } from '../support/memory-link.ts';

const hello: Hello = { type: 'hello', version: 1, name: 'Someone', presence: 'online', shareId: null };
const chat = (text: string): Message => ({ type: 'chat', id: newId(), at: 1, text });

type OpenFrame = Extract<Frame, { type: 'open' }>;

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

test('while both lanes are read, what was sent on either arrives, and nothing twice', async () => {
  const [alice, bob] = [side(), side()];
  join(alice, bob);
  await alice.channel.send(chat('first lane'));
  const next = createMemoryLinks();
  alice.channel.attach(next.a.lane('control'), hello);
  // Bob doesn't know of the new lane yet.
  await Promise.all([alice.channel.send(chat('still there')), bob.channel.send(chat('answer'))]);
  bob.channel.attach(next.b.lane('control'), hello);
  await Promise.all([alice.channel.send(chat('new lane')), bob.channel.send(chat('as well'))]);
  expect(bob.texts).toEqual(['first lane', 'still there', 'new lane']);
  expect(alice.texts).toEqual(['answer', 'as well']);
});

test('a lane of a life that is over brings nothing any more', async () => {
  const [alice, bob] = [side(), side()];
  const old = join(alice, bob);
  await bob.channel.send(chat('old life'));
  const reborn = side();
  join(alice, reborn);
  await reborn.channel.send(chat('new life'));
  await old.b.lane('control').send(encodeFrame({ type: 'data', seq: 2, body: chat('ghost') }));
  await reborn.channel.send(chat('still the new life'));
  expect(alice.texts).toEqual(['old life', 'new life', 'still the new life']);
});

test('a peer that restarted takes in what comes, although the one before acknowledged what a new lane had promised', async () => {
  const [alice, bob] = [side(), side()];
  const old = join(alice, bob);
  await alice.channel.send(chat('before'));
  // What Bob says last is long on its way.
  old.b.setPaused(true);
  const sending = alice.channel.send(chat('to the old life'));
  await expect.poll(() => bob.texts.length).toBe(2);
  bob.channel.detach();
  const next = createMemoryLinks();
  alice.channel.attach(next.a.lane('control'), hello);
  old.b.setPaused(false);
  await sending;
  const reborn = side();
  reborn.channel.attach(next.b.lane('control'), hello);
  await alice.channel.send(chat('to the new life'));
  expect(reborn.texts).toEqual(['to the old life', 'to the new life']);
});

test('a peer that heard of an earlier number on a lane that was lost goes on at the one that comes', async () => {
  const bob = side();
  const from = (first: number) => encodeFrame({ ...(decodeFrame(open.slice()) as OpenFrame), first });
  const [lost, next] = [createMemoryLinks(), createMemoryLinks()];
  bob.channel.attach(lost.b.lane('control'), hello);
  await lost.a.lane('control').send(from(50));
  bob.channel.attach(next.b.lane('control'), hello);
  await next.a.lane('control').send(from(52));
  await next.a.lane('control').send(encodeFrame({ type: 'data', seq: 52, body: chat('hello') }));
  await expect.poll(() => bob.texts).toEqual(['hello']);
});

const who = fc.constantFrom<'alice' | 'bob'>('alice', 'bob');
/** Counted from the newest. */
const lane = fc.constantFrom(0, 0, 0, 0, 1, 1, 2, 3, 4);
/** What happens to two channels, in any order: each attaches to and leaves lanes when it likes, and may be started anew. */
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constant('send' as const), who }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('attach' as const), who, lane }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('detach' as const), who, lane }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('new' as const), isHonest: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cut' as const), lane }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('hold' as const), who, lane }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), who }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ticks: fc.integer({ min: 1, max: 30 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/**
 * What a frame meets on the way; a real lane loses the link instead of a frame, and keeps the order, but the channel must not depend on
 * that. `late`: it arrives after the next one.
 */
const fates = fc.array(fc.constantFrom('pass', 'pass', 'pass', 'pass', 'twice', 'drop', 'late'), { minLength: 1 });
type Fate = typeof fates extends fc.Arbitrary<infer Value> ? Value : never;

/** Somebody from one start to the next. */
interface Life {
  readonly side: Side;
  readonly sent: string[];
  /** What was acknowledged of that. */
  readonly acknowledged: Set<string>;
  readonly sending: Promise<void>[];
}

/** Two who live through all these steps, and then have a link that works. Gives all their lives. */
async function liveThrough(steps: Step[], fate: Fate) {
  const born = (): Life => ({ side: side(), sent: [], acknowledged: new Set(), sending: [] });
  const lives = { alice: [born()], bob: [born()] };
  const now = (name: 'alice' | 'bob') => lives[name].at(-1) as Life;
  let count = 0;
  const newLinks = (isHonest: boolean) => {
    const held = { a: [] as Uint8Array<ArrayBuffer>[], b: [] as Uint8Array<ArrayBuffer>[] };
    return createMemoryLinks({
      tamper: (frame, _, from) => {
        const what = isHonest ? 'pass' : fate[count++ % fate.length];
        if (what === 'late') {
          held[from].push(frame);
          return [];
        }
        const before = what === 'drop' ? [] : what === 'twice' ? [frame, frame.slice()] : [frame];
        return [...before, ...held[from].splice(0)];
      },
    });
  };
  const lines = [newLinks(false)];
  const pick = (index: number) => lines.at(-1 - (index % lines.length)) as MemoryLinkPair;
  const end = (name: 'alice' | 'bob', links: MemoryLinkPair) => (name === 'alice' ? links.a : links.b);
  const attached = { alice: new Set<MemoryLinkPair>(), bob: new Set<MemoryLinkPair>() };
  const attach = (name: 'alice' | 'bob', links: MemoryLinkPair) => {
    if (attached[name].has(links)) return;
    attached[name].add(links);
    now(name).side.channel.attach(end(name, links).lane('control'), hello);
  };
  const send = (name: 'alice' | 'bob') => {
    const { side, sent, acknowledged, sending } = now(name);
    const text = `${name} ${lives[name].length} ${sent.length}`;
    sent.push(text);
    sending.push(side.channel.send(chat(text)).then(() => void acknowledged.add(text)));
  };
  for (const next of steps) {
    if (next.do === 'new') lines.push(newLinks(next.isHonest));
    else if (next.do === 'cut') pick(next.lane).cut();
    else if (next.do === 'hold') end(next.who, pick(next.lane)).setPaused(true);
    else if (next.do === 'release') for (const links of lines) links.resume();
    else if (next.do === 'wait') for (let tick = 0; tick < next.ticks; tick++) await Promise.resolve();
    else if (next.do === 'attach') attach(next.who, pick(next.lane));
    else if (next.do === 'detach') now(next.who).side.channel.detach(end(next.who, pick(next.lane)).lane('control'));
    else if (next.do === 'send') send(next.who);
    else if (lives[next.who].length < MAX_LIVES) {
      for (const sending of now(next.who).sending) sending.catch(() => {});
      now(next.who).side.channel.close();
      lives[next.who].push(born());
      // Each link leads to one life.
      for (const all of [attached.alice, attached.bob]) for (const links of lines) all.add(links);
      lines.push(newLinks(false));
    }
  }
  // A link that has lost something ends, sooner or later: until then either side may take it for the best there is.
  for (const links of lines) links.cut();
  const last = newLinks(true);
  attach('bob', last);
  attach('alice', last);
  for (const name of ['alice', 'bob'] as const) send(name);
  const isOver = () => [now('alice'), now('bob')].every(({ sent, acknowledged }) => acknowledged.size === sent.length);
  for (let tick = 0; tick < ENOUGH_TICKS && !isOver(); tick++) await Promise.resolve();
  expect(isOver()).toBe(true);
  return lives;
}
/** A channel remembers eight that are over. */
const MAX_LIVES = 5;
/** A message over the last link takes twenty or so, and there are at most sixty. */
const ENOUGH_TICKS = 5_000;

test('whatever is cut, lost, repeated, reordered, moved to another lane or started anew, every message arrives once and in order', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), fates, async (steps, fate) => {
      const lives = await liveThrough(steps, fate);
      for (const [senders, receivers] of [
        [lives.alice, lives.bob],
        [lives.bob, lives.alice],
      ] as const) {
        for (const { sent, acknowledged } of senders) {
          const heard = receivers.map(({ side }) => side.texts.filter((text) => sent.includes(text)));
          // Each life hears each once, and in order.
          for (const texts of heard) expect(texts).toEqual(sent.filter((text) => texts.includes(text)));
          expect(heard.flat()).toEqual(expect.arrayContaining([...acknowledged]));
          if (receivers.length === 1) expect(heard[0]).toEqual(sent.slice(0, heard[0]?.length));
        }
      }
    }),
    { numRuns: 1_000 },
  );
});
