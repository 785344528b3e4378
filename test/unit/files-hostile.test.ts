import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, CHUNK_BYTES, HELD_LIMIT_BYTES, WINDOW_BYTES } from '../../extension/core/files/blocks.ts';
import { decodeFrame, encodeAck, encodeBlockEnd, encodeChunk, encodeEnd } from '../../extension/core/files/frames.ts';
import type { FileMessage } from '../../extension/core/protocol/messages.ts';
import { createFilePair, digest, randomFile, randomId, TestSide } from '../support/file-pair.ts';
import { createMemoryLinks } from '../support/memory-link.ts';

type Frames = Uint8Array[];

const sha256 = (...parts: Uint8Array[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafOf = (block: Uint8Array) => sha256(Uint8Array.of(0), block);
const STREAM = 77;

/** Bob, and somebody at the other end who makes up frames and messages. */
function createVictim() {
  const bob = new TestSide({}, undefined);
  const link = createMemoryLinks({ unreadLimitBytes: 64 * 1024 * 1024 });
  const heard: FileMessage[] = [];
  bob.other = { receive: (message) => heard.push(message) };
  bob.exchange.attach(link.b);
  const lane = link.a.lane('bulk');
  const offer = (id: string, sizeBytes: number, stream = STREAM): FileMessage => ({
    type: 'file-offer',
    id,
    stream,
    at: 0,
    name: 'gift.bin',
    sizeBytes,
    mime: '',
    modifiedAt: 0,
  });
  return {
    bob,
    link,
    heard,
    offer,
    send: async (frames: Frames) => {
      for (const frame of frames) await lane.send(frame);
    },
    /** Bob has accepted a file of this size. */
    accepted: async (sizeBytes: number, stream = STREAM) => {
      const id = randomId();
      bob.exchange.receive(offer(id, sizeBytes, stream));
      bob.exchange.answer(id, true);
      while (!heard.some((message) => message.type === 'file-answer' && message.id === id)) await Promise.resolve();
      return id;
    },
  };
}

/** Everything an honest sender would say about `content`. */
function honestFrames(content: Uint8Array, stream = STREAM): Frames {
  const frames: Frames = [];
  const leaves: Uint8Array[] = [];
  for (let block = 0; block * BLOCK_BYTES < content.length; block++) {
    const bytes = content.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
    for (let offset = 0; offset < bytes.length; offset += CHUNK_BYTES) {
      frames.push(encodeChunk(stream, block, offset, bytes.subarray(offset, offset + CHUNK_BYTES)));
    }
    leaves.push(leafOf(bytes));
    frames.push(encodeBlockEnd(stream, block, leafOf(bytes)));
  }
  const [first, second] = leaves;
  if (leaves.length > 2) throw new Error('Two blocks are enough here.');
  const root = first && second ? sha256(Uint8Array.of(1), first, second) : (first ?? sha256());
  frames.push(encodeEnd(stream, root));
  return frames;
}

const content = randomBytes(BLOCK_BYTES + 3 * CHUNK_BYTES);
const frames = honestFrames(content);
const at = (index: number) => frames.at(index) ?? new Uint8Array();
const zeros = new Uint8Array(32);

describe('a hostile sender', () => {
  it('that behaves is believed, so the frames below are wrong only where they say so', async () => {
    const { bob, send, accepted } = createVictim();
    const id = await accepted(content.length);
    await send(frames);
    await bob.reached(id, 'done');
    expect(await digest(bob.saved.get(id))).toBe(createHash('sha256').update(content).digest('hex'));
  });

  it.each<[string, Frames]>([
    ['too little', [...frames.slice(0, 16), at(-1)]],
    ['nothing but the end', [at(-1)]],
    ['no end of a block', [...frames.slice(0, 16), ...frames.slice(17)]],
    ['a block too many', [...frames.slice(0, -1), encodeChunk(STREAM, 2, 0, Uint8Array.of(1))]],
    [
      'a byte too many in the last block',
      [...frames.slice(0, -2), encodeChunk(STREAM, 1, 3 * CHUNK_BYTES, Uint8Array.of(1))],
    ],
    ['a chunk twice', [at(0), at(0)]],
    ['a block twice', [...frames.slice(0, 17), ...frames.slice(0, 17)]],
    ['the end of a block twice', [...frames.slice(0, 17), at(16)]],
    ['chunks out of order', [at(1), at(0)]],
    ['blocks out of order', [at(17)]],
    ['a chunk with a gap', [at(0), at(2)]],
    ['overlapping chunks', [at(0), encodeChunk(STREAM, 0, CHUNK_BYTES - 1, Uint8Array.of(1))]],
    ['an empty chunk', [encodeChunk(STREAM, 0, 0, new Uint8Array())]],
    ['the wrong hash of a block', [...frames.slice(0, 16), encodeBlockEnd(STREAM, 0, zeros)]],
    ['other bytes than it hashed', [encodeChunk(STREAM, 0, 0, new Uint8Array(CHUNK_BYTES)), ...frames.slice(1, 17)]],
    ['the wrong root', [...frames.slice(0, -1), encodeEnd(STREAM, zeros)]],
    ['the end of a block it is not in', [...frames.slice(0, 16), encodeBlockEnd(STREAM, 1, leafOf(content))]],
    ['a torn frame', [at(0).subarray(0, 9)]],
    ['a leaf of the wrong length', [encodeBlockEnd(STREAM, 0, new Uint8Array(32)).subarray(0, 40)]],
  ])('that sends %s fails its file and nothing else', async (_, wrong) => {
    const { bob, link, heard, send, accepted } = createVictim();
    const id = await accepted(content.length);
    const other = await accepted(content.length, 5);
    await send(wrong);
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-corrupt' });
    expect(heard).toContainEqual({ type: 'file-failed', id, code: 'file-corrupt' });
    expect(bob.saved.has(id)).toBe(false);

    await send(frames);
    await send(honestFrames(content, 5));
    await bob.reached(other, 'done');
    link.a.close('bye');
    expect(await link.b.closed).toBe('bye');
    await bob.exchange.close();
    expect(bob.store.files.size).toBe(0);
  });

  it('that sends anything at all can not make another content pass', async () => {
    const small = randomBytes(3 * 1000);
    const leaf = leafOf(small);
    const right: Frames = [
      encodeChunk(STREAM, 0, 0, small.subarray(0, 1000)),
      encodeChunk(STREAM, 0, 1000, small.subarray(1000, 2000)),
      encodeChunk(STREAM, 0, 2000, small.subarray(2000)),
      encodeBlockEnd(STREAM, 0, leaf),
      encodeEnd(STREAM, leaf),
    ];
    const any = fc.oneof(
      fc.constantFrom(...right),
      fc.constantFrom(...right).chain((frame) =>
        fc.tuple(fc.nat(frame.length - 1), fc.nat(255)).map(([index, byte]) => {
          const changed = Uint8Array.from(frame);
          changed[index] = byte;
          return changed;
        }),
      ),
      fc.uint8Array({ minLength: 1, maxLength: 60 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(5), fc.array(any, { maxLength: 8 }), async (honest, rest) => {
        const { bob, link, send, accepted } = createVictim();
        const id = await accepted(small.length);
        await send([...right.slice(0, honest), ...rest, encodeChunk(STREAM, 9, 9, small)]);
        const end = await Promise.race([bob.reached(id, 'failed'), bob.reached(id, 'done')]);
        if (end.state === 'done')
          expect(await digest(bob.saved.get(id))).toBe(createHash('sha256').update(small).digest('hex'));
        link.cut();
        expect(await link.b.closed).toBe('link-lost');
      }),
      { numRuns: 300 },
    );
  });

  it('that sends more than is acknowledged can not fill the memory', async () => {
    const { bob, send, accepted } = createVictim();
    // Every stream has a block begun: none of it is acknowledged for good before it ends.
    const count = HELD_LIMIT_BYTES / BLOCK_BYTES + 1;
    const ids: string[] = [];
    for (let stream = 1; stream <= count; stream++) ids.push(await accepted(BLOCK_BYTES, stream));
    for (let stream = 1; stream <= count; stream++) await send([encodeChunk(stream, 0, 0, Uint8Array.of(1))]);
    expect(await bob.reached(ids.at(-1) ?? '', 'failed')).toMatchObject({ code: 'file-corrupt' });
    for (const id of ids.slice(0, -1)) expect(bob.state(id)?.state).toBe('moving');
  });

  it('that floods with frames of no file loses the link', async () => {
    const { link, send } = createVictim();
    await send(Array.from({ length: 20_000 }, () => Uint8Array.of(1, 0, 0, 0, 9))).catch(() => undefined);
    expect(await link.b.closed).toBe('message-invalid');
  });

  it('that floods after its file has failed loses the link, but not for the window that was under way', async () => {
    const { bob, link, send, accepted } = createVictim();
    const id = await accepted(4 * WINDOW_BYTES);
    const chunk = encodeChunk(STREAM, 3, 0, new Uint8Array(CHUNK_BYTES));
    await send([chunk]);
    await bob.reached(id, 'failed');
    await send(Array.from({ length: WINDOW_BYTES / CHUNK_BYTES }, () => chunk));
    const other = await accepted(content.length, 5);
    await send(honestFrames(content, 5));
    await bob.reached(other, 'done');
    await send(Array.from({ length: (3 * WINDOW_BYTES) / CHUNK_BYTES }, () => chunk)).catch(() => undefined);
    expect(await link.b.closed).toBe('message-invalid');
  });

  it('that makes offer after offer is refused from the hundredth on', async () => {
    const { bob, heard, offer } = createVictim();
    for (let count = 0; count < 150; count++) bob.exchange.receive(offer(randomId(), 1, count + 1));
    expect(bob.changes).toHaveLength(100);
    await Promise.resolve();
    expect(heard).toHaveLength(50);
    expect(heard[0]).toMatchObject({ type: 'file-failed', code: 'too-many-waiting' });
  });

  it('that gives two files the same stream gets only one', async () => {
    const { bob, heard, offer, accepted, send } = createVictim();
    const first = await accepted(content.length);
    const second = randomId();
    bob.exchange.receive(offer(second, content.length));
    bob.exchange.answer(second, true);
    expect(await bob.reached(second, 'failed')).toMatchObject({ code: 'file-corrupt' });
    expect(heard).toContainEqual({ type: 'file-failed', id: second, code: 'file-corrupt' });
    await send(frames);
    await bob.reached(first, 'done');
  });

  it('that uses the id of a file of mine changes nothing', async () => {
    const { bob, offer } = createVictim();
    const id = randomId();
    await bob.exchange.offer(id, randomFile(5));
    bob.exchange.receive(offer(id, 1));
    bob.exchange.answer(id, true);
    expect(bob.path(id)).toEqual(['offered']);
    expect(bob.changes.every((change) => change.direction === 'out')).toBe(true);
  });

  it('that names a fault of somebody else gets a plain one shown', async () => {
    const { bob, accepted } = createVictim();
    const id = await accepted(10);
    bob.exchange.receive({ type: 'file-failed', id, code: 'code-wrong' });
    expect(bob.state(id)).toMatchObject({ state: 'failed', code: 'file-interrupted' });
  });

  it('that speaks of files that never were changes nothing', () => {
    const { bob, heard } = createVictim();
    const id = randomId();
    bob.exchange.receive({ type: 'file-done', id });
    bob.exchange.receive({ type: 'file-failed', id, code: 'file-gone' });
    bob.exchange.receive({ type: 'file-answer', id, accept: false });
    expect(bob.changes).toEqual([]);
    expect(heard).toEqual([]);
  });
});

describe('a hostile receiver', () => {
  /** Bob offers, the other side has accepted and gets frames. */
  async function sending(sizeBytes = 3 * WINDOW_BYTES) {
    const victim = createVictim();
    const id = randomId();
    await victim.bob.exchange.offer(id, randomFile(sizeBytes));
    const [message] = victim.heard;
    const stream = message?.type === 'file-offer' ? message.stream : 0;
    victim.bob.exchange.receive({ type: 'file-answer', id, accept: true });
    const reader = victim.link.a.lane('bulk').frames.getReader();
    const first = decodeFrame((await reader.read()).value ?? new Uint8Array());
    expect(first).toMatchObject({ type: 'chunk', stream, block: 0, offset: 0 });
    return { ...victim, id, stream };
  }

  it.each<[string, (stream: number) => Frames]>([
    ['more than was sent', (stream) => [encodeAck(stream, 3 * WINDOW_BYTES)]],
    ['nothing', (stream) => [encodeAck(stream, 0)]],
    ['the same twice', (stream) => [encodeAck(stream, 1000), encodeAck(stream, 1000)]],
    ['less than before', (stream) => [encodeAck(stream, 1000), encodeAck(stream, 999)]],
    ['in a torn frame', (stream) => [encodeAck(stream, 1000).subarray(0, 12)]],
  ])('that acknowledges %s fails its file', async (_, wrong) => {
    const { bob, heard, id, stream, send } = await sending();
    await send(wrong(stream));
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-corrupt' });
    expect(heard).toContainEqual({ type: 'file-failed', id, code: 'file-corrupt' });
  });

  it('that calls the file whole before it was sent fails it', async () => {
    const { bob, id } = await sending();
    bob.exchange.receive({ type: 'file-done', id });
    expect(bob.state(id)).toMatchObject({ state: 'failed', code: 'file-corrupt' });
  });

  it('that accepts twice gets the file once', async () => {
    const { bob, id } = await sending();
    bob.exchange.receive({ type: 'file-answer', id, accept: true });
    bob.exchange.receive({ type: 'file-answer', id, accept: false });
    expect(bob.path(id)).toEqual(['offered', 'moving']);
  });

  it('that calls an offer whole without having accepted it changes nothing', async () => {
    const { alice } = createFilePair();
    const id = randomId();
    await alice.exchange.offer(id, randomFile(5));
    alice.exchange.receive({ type: 'file-done', id });
    expect(alice.path(id)).toEqual(['offered']);
  });
});
