import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BLOCK_BYTES,
  MAX_CHUNK_BYTES,
  MIN_CHUNK_BYTES,
  SPREAD_BLOCKS,
  WINDOW_BLOCKS,
} from '../../extension/core/files/blocks.ts';
import {
  decodeFrame,
  encodeAck,
  encodeAgain,
  encodeBlockEnd,
  encodeChunk,
  encodeEnd,
  encodeStored,
  type Frame,
} from '../../extension/core/files/frames.ts';
import type { FileMessage } from '../../extension/core/protocol/messages.ts';
import { digest, randomFile, randomId, sourceOf, TestSide } from '../support/file-pair.ts';
import { createMemoryLinks } from '../support/memory-link.ts';

type Frames = Uint8Array[];

const sha256 = (...parts: Uint8Array[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
const leafOf = (block: Uint8Array) => sha256(Uint8Array.of(0), block);
/** What the frames below are made for; the real one is put in when they are sent. */
const STREAM = 77;
const WINDOW_BYTES = WINDOW_BLOCKS * BLOCK_BYTES;

/** Bob, and somebody at the other end who makes up frames and messages. */
function createVictim() {
  const bob = new TestSide({}, undefined);
  const link = createMemoryLinks({ unreadLimitBytes: 64 * 1024 * 1024, bulkLanes: 2 });
  const heard: FileMessage[] = [];
  bob.other = { receive: (message) => heard.push(message) };
  bob.exchange.attach(link.b);
  const offer = (id: string, sizeBytes: number): Extract<FileMessage, { type: 'file-offer' }> => ({
    type: 'file-offer',
    id,
    at: 0,
    form: 'file',
    name: 'gift.bin',
    count: 1,
    sizeBytes,
    manifestBytes: 0,
    mime: '',
    modifiedAt: 0,
  });
  /** Bob has accepted a transfer of this size. Returns its id and stream. */
  const accepted = async (sizeBytes: number) => {
    const id = randomId();
    bob.exchange.receive(offer(id, sizeBytes));
    bob.exchange.answer(id, true);
    for (;;) {
      const accept = heard.find((message) => message.type === 'file-accept' && message.id === id);
      if (accept?.type === 'file-accept') return { id, stream: accept.stream };
      await Promise.resolve();
    }
  };
  return {
    bob,
    link,
    heard,
    offer,
    accepted,
    /** Sends frames, those of `STREAM` as those of `stream`. */
    send: async (frames: Frames, stream = STREAM, lane: 'bulk' | 'bulk-2' = 'bulk') => {
      for (const frame of frames) await link.a.lane(lane).send(inStream(frame, stream));
    },
  };
}

function inStream(frame: Uint8Array, stream: number): Uint8Array {
  const hasStream = frame[0] !== 4 && frame.length >= 5;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.length);
  if (!hasStream || view.getUint32(1) !== STREAM) return frame;
  const changed = Uint8Array.from(frame);
  new DataView(changed.buffer).setUint32(1, stream);
  return changed;
}

/** Everything an honest sender would say about `content`. */
function honestFrames(content: Uint8Array): Frames {
  const frames: Frames = [];
  const leaves: Uint8Array[] = [];
  for (let block = 0; block * BLOCK_BYTES < content.length; block++) {
    const bytes = content.subarray(block * BLOCK_BYTES, (block + 1) * BLOCK_BYTES);
    for (let offset = 0; offset < bytes.length; offset += MAX_CHUNK_BYTES) {
      frames.push(encodeChunk(STREAM, block, offset, bytes.subarray(offset, offset + MAX_CHUNK_BYTES)));
    }
    leaves.push(leafOf(bytes));
    frames.push(encodeBlockEnd(STREAM, block, 0, leafOf(bytes)));
  }
  const [first, second] = leaves;
  if (leaves.length > 2) throw new Error('Two blocks are enough here.');
  const root = first && second ? sha256(Uint8Array.of(1), first, second) : (first ?? sha256());
  frames.push(encodeEnd(STREAM, root));
  return frames;
}

const content = randomBytes(BLOCK_BYTES + 3 * MAX_CHUNK_BYTES);
const frames = honestFrames(content);
const at = (index: number) => frames.at(index) ?? new Uint8Array();
const zeros = new Uint8Array(32);
const hash = createHash('sha256').update(content).digest('hex');

describe('a hostile sender', () => {
  it.each([
    ['in order', frames],
    ['with the blocks the other way round', [...frames.slice(17, -1), ...frames.slice(0, 17), at(-1)]],
    ['with the end first', [at(-1), ...frames.slice(0, -1)]],
    ['with a whole block that is hashed again', [...frames.slice(0, 17), at(16), ...frames.slice(17)]],
  ])('that behaves %s is believed, so the frames below are wrong only where they say so', async (name, right) => {
    const { bob, send, accepted } = createVictim();
    const { id, stream } = await accepted(content.length);
    // A leaf is compared only with what is stored.
    const half = name.includes('again') ? 17 : 0;
    await send(right.slice(0, half), stream);
    if (half > 0) await bob.store.wrote(1);
    await send(right.slice(half), stream);
    expect(await digest(await bob.content(id))).toBe(hash);
  });

  it.each<[string, Frames]>([
    ['no end of a block', [...frames.slice(0, 16), ...frames.slice(0, 1)]],
    ['a block too many', [...frames.slice(0, -1), encodeChunk(STREAM, 2, 0, Uint8Array.of(1))]],
    [
      'a byte too many in the last block',
      [...frames.slice(0, -2), encodeChunk(STREAM, 1, 3 * MAX_CHUNK_BYTES, Uint8Array.of(1))],
    ],
    ['too little of a block', [...frames.slice(0, 15), at(16)]],
    ['a chunk twice', [at(0), at(0)]],
    ['a block twice', [...frames.slice(0, 17), ...frames.slice(0, 17)]],
    ['the end of a block that never came', [at(16)]],
    ['the end twice', [at(-1), at(-1)]],
    ['chunks out of order', [at(1), at(0)]],
    ['a chunk with a gap', [at(0), at(2)]],
    ['overlapping chunks', [at(0), encodeChunk(STREAM, 0, MAX_CHUNK_BYTES - 1, Uint8Array.of(1))]],
    ['an empty chunk', [encodeChunk(STREAM, 0, 0, new Uint8Array())]],
    ['tiny chunks without end', [0, 1, 2].map((offset) => encodeChunk(STREAM, 0, offset, Uint8Array.of(1)))],
    ['a short chunk in the middle', [encodeChunk(STREAM, 0, 0, zeros), encodeChunk(STREAM, 0, 32, zeros)]],
    ['the wrong root', [...frames.slice(0, -1), encodeEnd(STREAM, zeros)]],
    ['a torn frame', [at(0).subarray(0, 9)]],
    ['a leaf of the wrong length', [encodeBlockEnd(STREAM, 0, 0, zeros).subarray(0, 40)]],
    ['an unknown encoding', [...frames.slice(0, 16), at(16).map((byte, index) => (index === 9 ? 7 : byte))]],
  ])('that sends %s fails its transfer and nothing else', async (_, wrong) => {
    const { bob, link, heard, send, accepted } = createVictim();
    const { id, stream } = await accepted(content.length);
    const other = await accepted(content.length);
    await send(wrong, stream);
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-corrupt' });
    expect(heard).toContainEqual({ type: 'file-failed', id, code: 'file-corrupt' });
    expect(bob.received.has(id)).toBe(false);

    await send(frames, stream);
    await send(frames, other.stream);
    expect(await digest(await bob.content(other.id))).toBe(hash);
    bob.exchange.release(other.id);
    link.a.close('bye');
    expect(await link.b.closed).toBe('bye');
    await bob.exchange.close({ remove: false });
    expect(bob.store.disk.files.size).toBe(0);
  });

  it.each<[string, Frames]>([
    ['the wrong hash', [...frames.slice(0, 16), encodeBlockEnd(STREAM, 0, 0, zeros)]],
    [
      'other bytes than it hashed',
      [encodeChunk(STREAM, 0, 0, new Uint8Array(MAX_CHUNK_BYTES)), ...frames.slice(1, 17)],
    ],
    ['what says it is packed and is not', [...frames.slice(0, 16), encodeBlockEnd(STREAM, 0, 1, leafOf(content))]],
  ])('that sends a block with %s is asked again eight times, then it is enough', async (_, wrong) => {
    const { bob, link, send, accepted } = createVictim();
    const { id, stream } = await accepted(content.length);
    const reader = link.a.lane('bulk').frames.getReader();
    const answers: Frame[] = [];
    for (let tries = 1; tries <= 8; tries++) {
      await send(wrong, stream);
      while (answers.filter(({ type }) => type === 'again').length < tries) {
        answers.push(decodeFrame((await reader.read()).value ?? new Uint8Array()));
      }
    }
    expect(bob.state(id)?.state).toBe('moving');
    await send(wrong, stream);
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-corrupt' });
    expect(answers).not.toContainEqual({ type: 'stored', stream, block: 0 });
  });

  it('that sends one block over two lanes fails its transfer', async () => {
    const { bob, send, accepted } = createVictim();
    const { id, stream } = await accepted(content.length);
    await send([at(0)], stream);
    await send([at(1)], stream, 'bulk-2');
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-corrupt' });
  });

  it('that leaves too much out before a block fails its transfer', async () => {
    for (const [block, state] of [
      [SPREAD_BLOCKS, 'moving'],
      [SPREAD_BLOCKS + 1, 'failed'],
    ] as const) {
      const { bob, send, accepted } = createVictim();
      const { id, stream } = await accepted(100 * BLOCK_BYTES);
      await send([encodeChunk(stream, block, 0, new Uint8Array(MIN_CHUNK_BYTES)), at(0)]);
      const marker = await accepted(content.length);
      await send(frames, marker.stream);
      await bob.content(marker.id);
      expect(bob.state(id)?.state).toBe(state);
    }
  });

  it('that hashes another source than the one before is found out', async () => {
    const { bob, send, accepted } = createVictim();
    const { id, stream } = await accepted(content.length);
    await send(frames.slice(0, 17), stream);
    await bob.store.wrote(1);
    await send([encodeBlockEnd(stream, 0, 0, zeros)]);
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-changed' });
  });

  it('that hashes the same block for ever instead of sending one fails its transfer', async () => {
    const { bob, send, accepted } = createVictim();
    const { id, stream } = await accepted(content.length);
    await send(frames.slice(0, 17), stream);
    await bob.store.wrote(1);
    await send([at(16), at(16)], stream);
    expect(bob.state(id)?.state).toBe('moving');
    await send([at(16)], stream);
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-corrupt' });
  });

  it('that sends anything at all can not make another content pass', async () => {
    const small = randomBytes(3 * MIN_CHUNK_BYTES);
    const leaf = leafOf(small);
    const chunk = (index: number) =>
      encodeChunk(
        STREAM,
        0,
        index * MIN_CHUNK_BYTES,
        small.subarray(index * MIN_CHUNK_BYTES, (index + 1) * MIN_CHUNK_BYTES),
      );
    const right: Frames = [chunk(0), chunk(1), chunk(2), encodeBlockEnd(STREAM, 0, 0, leaf), encodeEnd(STREAM, leaf)];
    const any = fc.oneof(
      fc.constantFrom(...right),
      fc.constantFrom(...right).chain((frame) =>
        fc.tuple(fc.nat(frame.length - 1), fc.nat(255)).map(([index, byte]) => {
          const changed = Uint8Array.from(frame);
          changed[index] = byte;
          return changed;
        }),
      ),
      fc.uint8Array({ minLength: 1, maxLength: 60 }).filter(([type]) => type !== 4),
    );
    await fc.assert(
      fc.asyncProperty(fc.nat(5), fc.array(any, { maxLength: 8 }), async (honest, rest) => {
        const { bob, link, send, accepted } = createVictim();
        const { id, stream } = await accepted(small.length);
        await send([...right.slice(0, honest), ...rest, encodeChunk(STREAM, 9, 9, small)], stream);
        const end = await Promise.race([bob.reached(id, 'failed'), bob.reached(id, 'received')]);
        if (end.state === 'received')
          expect(await digest(await bob.content(id))).toBe(createHash('sha256').update(small).digest('hex'));
        link.cut();
        expect(await link.b.closed).toBe('link-lost');
      }),
      { numRuns: 300 },
    );
  });

  it('that begins more blocks than a window can not fill the memory', async () => {
    const { bob, send, accepted } = createVictim();
    const begun: { id: string; stream: number }[] = [];
    for (let count = 0; count <= WINDOW_BLOCKS; count++) begun.push(await accepted(BLOCK_BYTES));
    for (const { stream } of begun) await send([encodeChunk(stream, 0, 0, Uint8Array.of(1))]);
    expect(await bob.reached(begun.at(-1)?.id ?? '', 'failed')).toMatchObject({ code: 'file-corrupt' });
    for (const { id } of begun.slice(0, -1)) expect(bob.state(id)?.state).toBe('moving');
  });

  it('that floods with frames of no transfer loses the link', async () => {
    const { link, send } = createVictim();
    await send(Array.from({ length: 40_000 }, () => Uint8Array.of(1, 0, 0, 0, 9))).catch(() => undefined);
    expect(await link.b.closed).toBe('message-invalid');
  });

  it('that floods after its transfer has failed loses the link, but not for the window that was under way', async () => {
    const { bob, link, send, accepted } = createVictim();
    const { id, stream } = await accepted(4 * WINDOW_BYTES);
    const chunk = encodeChunk(STREAM, 3, 5, new Uint8Array(MAX_CHUNK_BYTES));
    await send([chunk], stream);
    await bob.reached(id, 'failed');
    const window = Array.from({ length: WINDOW_BYTES / MAX_CHUNK_BYTES }, () => chunk);
    await send(window, stream);
    const other = await accepted(content.length);
    await send(frames, other.stream);
    await bob.content(other.id);
    await send([...window, ...window, ...window], stream).catch(() => undefined);
    expect(await link.b.closed).toBe('message-invalid');
  });

  it('that makes offer after offer is refused from the hundredth on', async () => {
    const { bob, heard, offer } = createVictim();
    for (let count = 0; count < 150; count++) bob.exchange.receive(offer(randomId(), 1));
    expect(bob.changes).toHaveLength(100);
    await Promise.resolve();
    expect(heard).toHaveLength(50);
    expect(heard[0]).toMatchObject({ type: 'file-failed', code: 'too-many-waiting' });
  });

  it.each([
    ['two files and no list', { form: 'files', count: 2 }],
    ['a folder without a list', { form: 'folder' }],
    ['one file and a list', { manifestBytes: 10 }],
    ['two files in one', { count: 2 }],
  ] as const)('that offers %s is refused', async (_, change) => {
    const { bob, heard, offer } = createVictim();
    const id = randomId();
    bob.exchange.receive({ ...offer(id, 1), ...change });
    await Promise.resolve();
    expect(bob.changes).toEqual([]);
    expect(heard).toEqual([{ type: 'file-failed', id, code: 'file-corrupt' }]);
  });

  it('that changes an offer under its id fails it, accepted or not', async () => {
    for (const accept of [true, false]) {
      const { bob, heard, offer } = createVictim();
      const id = randomId();
      bob.exchange.receive(offer(id, 1));
      if (accept) bob.exchange.answer(id, true);
      bob.exchange.receive(offer(id, 2 ** 40));
      expect(bob.state(id)).toMatchObject({ state: 'failed', code: 'file-changed' });
      await Promise.resolve();
      expect(heard).toContainEqual({ type: 'file-failed', id, code: 'file-changed' });
    }
  });

  it('that uses the id of a transfer of mine changes nothing', async () => {
    const { bob, offer } = createVictim();
    const id = randomId();
    await bob.exchange.offer(id, sourceOf(randomFile(5)));
    bob.exchange.receive(offer(id, 1));
    bob.exchange.answer(id, true);
    expect(bob.path(id)).toEqual(['offered']);
    expect(bob.changes.every((change) => change.direction === 'out')).toBe(true);
  });

  it('that names a fault of somebody else gets a plain one shown', async () => {
    const { bob, accepted } = createVictim();
    const { id } = await accepted(10);
    bob.exchange.receive({ type: 'file-failed', id, code: 'code-wrong' });
    expect(bob.state(id)).toMatchObject({ state: 'failed', code: 'file-interrupted' });
  });

  it('that speaks of transfers that never were changes nothing', async () => {
    const { bob, heard } = createVictim();
    const id = randomId();
    bob.exchange.receive({ type: 'file-done', id });
    bob.exchange.receive({ type: 'file-failed', id, code: 'file-gone' });
    bob.exchange.receive({ type: 'file-decline', id });
    bob.exchange.receive({ type: 'file-pause', id, paused: true });
    await Promise.resolve();
    expect(bob.changes).toEqual([]);
    expect(heard).toEqual([]);
  });

  it('that offers again what has been saved hears that it is there', async () => {
    const { bob, heard, offer, send, accepted } = createVictim();
    const { id, stream } = await accepted(content.length);
    await send(frames, stream);
    await bob.content(id);
    bob.exchange.release(id);
    heard.length = 0;
    bob.exchange.receive(offer(id, content.length));
    await Promise.resolve();
    expect(heard).toEqual([{ type: 'file-done', id }]);
    expect(bob.state(id)?.state).toBe('received');
  });
});

describe('a hostile receiver', () => {
  /** Bob offers, the other side has accepted and gets frames. */
  async function sending(sizeBytes = 3 * WINDOW_BYTES) {
    const victim = createVictim();
    const id = randomId();
    await victim.bob.exchange.offer(id, sourceOf(randomFile(sizeBytes)));
    const accept = { type: 'file-accept', id, stream: STREAM, from: 0, also: [] } satisfies FileMessage;
    victim.bob.exchange.receive(accept);
    const reader = victim.link.a.lane('bulk').frames.getReader();
    const read = async () => decodeFrame((await reader.read()).value ?? new Uint8Array());
    const first = await read();
    // Whichever of the first blocks was ready first.
    if (first.type !== 'chunk') throw new Error('No chunk came.');
    return { ...victim, id, accept, read, block: first.block };
  }

  it.each<[string, Frames]>([
    ['more than was sent', [encodeAck(3 * WINDOW_BYTES)]],
    ['less than before', [encodeAck(1000), encodeAck(999)]],
  ])('that acknowledges %s loses the link', async (_, wrong) => {
    const { send, link } = await sending();
    await send(wrong);
    expect(await link.b.closed).toBe('message-invalid');
  });

  it.each<[string, (block: number) => Frames]>([
    ['a block stored that it never got', () => [encodeStored(STREAM, 40)]],
    ['a block stored twice', (block) => [encodeStored(STREAM, block), encodeStored(STREAM, block)]],
    ['a block wrong that it never got', () => [encodeAgain(STREAM, 2 ** 32 - 1)]],
    ['nonsense', (block) => [encodeStored(STREAM, block).subarray(0, 7)]],
  ])('that calls %s fails its transfer', async (_, wrong) => {
    const { bob, heard, id, send, block } = await sending();
    await send(wrong(block));
    expect(await bob.reached(id, 'failed')).toMatchObject({ code: 'file-corrupt' });
    expect(heard).toContainEqual({ type: 'file-failed', id, code: 'file-corrupt' });
  });

  it('that calls every block wrong fails its transfer at the ninth', async () => {
    const { bob, id, send, read } = await sending();
    let received = 0;
    let answered = 0;
    while (bob.state(id)?.state === 'moving') {
      const frame = await read();
      if (frame.type === 'chunk') received += frame.bytes.length + 13;
      if (frame.type === 'block-end') {
        answered++;
        await send([encodeAgain(STREAM, frame.block)]);
      }
      if (answered === 9) await bob.reached(id, 'failed');
      else await send([encodeAck(received)]);
    }
    expect(bob.state(id)).toMatchObject({ state: 'failed', code: 'file-corrupt' });
  });

  it('that never acknowledges gets no more than a first window', async () => {
    const { read, link } = await sending();
    let bytes = 0;
    const reading = (async () => {
      for (;;) {
        const frame = await read();
        if (frame.type === 'chunk') bytes += frame.bytes.length;
        else if (frame.type === 'malformed') return;
      }
    })();
    for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
    link.cut();
    await reading;
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(BLOCK_BYTES);
  });

  it('that calls the transfer whole before it was sent fails it', async () => {
    const { bob, id } = await sending();
    bob.exchange.receive({ type: 'file-done', id });
    expect(bob.state(id)).toMatchObject({ state: 'failed', code: 'file-corrupt' });
  });

  it('that accepts the same twice, and declines what it accepted, changes nothing', async () => {
    const { bob, id, accept } = await sending();
    bob.exchange.receive(accept);
    bob.exchange.receive({ type: 'file-decline', id });
    expect(bob.path(id)).toEqual(['offered', 'moving']);
    expect(bob.changes.filter(({ state }) => state.state === 'moving')).toHaveLength(1);
  });

  it('that has what is beyond the end gets the end', async () => {
    const { bob, link } = createVictim();
    const id = randomId();
    await bob.exchange.offer(id, sourceOf(new File([content], 'gift.bin')));
    bob.exchange.receive({ type: 'file-accept', id, stream: 5, from: 2 ** 32 - 1, also: [2 ** 32 - 1, 7] });
    const reader = link.a.lane('bulk').frames.getReader();
    const types: string[] = [];
    while (types.at(-1) !== 'end') types.push(decodeFrame((await reader.read()).value ?? new Uint8Array()).type);
    // Nothing but the leaves of what it says it has.
    expect(types).toEqual(['block-end', 'block-end', 'end']);
  });

  it('of what was forgotten hears that it was', async () => {
    const { bob, heard } = createVictim();
    const id = randomId();
    bob.exchange.receive({ type: 'file-accept', id, stream: 5, from: 0, also: [] });
    await Promise.resolve();
    expect(bob.changes).toEqual([]);
    expect(heard).toEqual([{ type: 'file-failed', id, code: 'file-interrupted' }]);
  });
});
