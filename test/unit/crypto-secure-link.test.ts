import { beforeAll, describe, expect, test } from 'vitest';
import { importSecret } from '../../extension/core/crypto/hkdf.ts';
import type { LaneName, Link } from '../../extension/core/link/link.ts';
import { MAX_FRAME_BYTES } from '../../extension/core/link/link.ts';
import { openSecureLink, type SecureLinkOptions } from '../../extension/core/link/secure-link.ts';
import { linkContract, runLinkCase } from '../contracts/link.ts';
import { codeOfAsync, flipped, toHex } from '../support/crypto.ts';
import { createMemoryLinks, type MemoryLinkOptions } from '../support/memory-link.ts';

let secret: CryptoKey;
beforeAll(async () => {
  secret = await importSecret(new Uint8Array(32).fill(1));
});

type Changes = Partial<Omit<SecureLinkOptions, 'role'>>;

async function open(options: MemoryLinkOptions = {}, ofA: Changes = {}, ofB: Changes = {}) {
  const inner = createMemoryLinks(options);
  const [a, b] = await Promise.all([
    openSecureLink(inner.a, { secret, room: 'room', role: 'initiator', ...ofA }),
    openSecureLink(inner.b, { secret, room: 'room', role: 'responder', ...ofB }),
  ]);
  const end = () => {
    a.close('replaced');
    b.close('replaced');
  };
  return { a, b, end, inner };
}

describe('the secure link keeps the link contract', () => {
  for (const name of Object.keys(linkContract)) test(name, () => runLinkCase(name, () => open()), 40_000);
});

/** Frames of one lane from a to b as the carrier sees them, hello not counted; `act` gives what arrives in their place. */
function between(
  act: (frame: Uint8Array<ArrayBuffer>, index: number) => Uint8Array<ArrayBuffer>[],
  on: LaneName = 'control',
) {
  let count = on === 'control' ? -1 : 0;
  return {
    tamper: (frame: Uint8Array<ArrayBuffer>, lane: LaneName, from: 'a' | 'b') => {
      if (from !== 'a' || lane !== on) return [frame];
      const index = count++;
      return index < 0 ? [frame] : act(frame, index);
    },
  };
}

async function read(link: Link, lane: LaneName, count: number): Promise<Uint8Array[]> {
  const reader = link.lane(lane).frames.getReader();
  const frames: Uint8Array[] = [];
  while (frames.length < count) {
    const { done, value } = await reader.read();
    if (done) break;
    frames.push(value);
  }
  reader.releaseLock();
  return frames;
}

/** Sends to a link that may be closed by the answer to it. */
const post = (link: Link, lane: LaneName, frame: Uint8Array) =>
  link
    .lane(lane)
    .send(frame)
    .catch(() => {});

const text = (content: string) => new TextEncoder().encode(content);
const texts = (frames: Uint8Array[]) => frames.map((frame) => new TextDecoder().decode(frame));

test.each([
  ['relay-full', 'relay-full'],
  ['link-lost', 'link-lost'],
  ['bye', 'link-lost'],
] as const)('a carrier that ends before the other side’s hello: %s is %s', async (reason, code) => {
  const inner = createMemoryLinks();
  const opening = openSecureLink(inner.a, { secret, room: 'room', role: 'initiator' });
  inner.a.close(reason);
  expect(await codeOfAsync(opening)).toBe(code);
});

describe('what the carrier does is refused, and the link says why', () => {
  test.each(['control', 'bulk'] as const)('every byte of a frame on the %s lane counts', async (lane) => {
    const length = 30 + 5;
    for (let index = 0; index < length; index++) {
      const { a, b, end } = await open(between((frame) => [flipped(frame, index, index % 8)], lane));
      await post(a, lane, text('hello'));
      expect(await b.closed).toBe(index === 0 ? 'version-mismatch' : 'tampered');
      expect(await read(b, lane, 1)).toEqual([]);
      end();
    }
  });

  test('a frame that is cut anywhere', async () => {
    for (let length = 1; length < 35; length += 3) {
      const { a, b, end } = await open(between((frame) => [frame.slice(0, length)]));
      await post(a, 'control', text('hello'));
      expect(await b.closed).toBe('tampered');
      end();
    }
  });

  test.each([
    ['twice', (frame: Uint8Array<ArrayBuffer>, index: number) => (index === 1 ? [frame, frame] : [frame]), ['0', '1']],
    ['not at all', (frame: Uint8Array<ArrayBuffer>, index: number) => (index === 1 ? [] : [frame]), ['0']],
    [
      'with something behind it',
      (frame: Uint8Array<ArrayBuffer>, index: number) => (index === 1 ? [new Uint8Array([...frame, 0])] : [frame]),
      ['0'],
    ],
    [
      'together with one of our own making',
      (frame: Uint8Array<ArrayBuffer>, index: number) => (index === 1 ? [new Uint8Array(40).fill(1), frame] : [frame]),
      ['0'],
    ],
  ])('a frame that comes %s', async (_, act, arrived) => {
    const { a, b, end } = await open(between(act));
    for (let index = 0; index < 4; index++) await post(a, 'control', text(String(index)));
    expect(texts(await read(b, 'control', arrived.length))).toEqual(arrived);
    expect(await b.closed).toMatch(/^(tampered|version-mismatch)$/);
    end();
  });

  test('frames that change places', async () => {
    const held: Uint8Array<ArrayBuffer>[] = [];
    const swap = (frame: Uint8Array<ArrayBuffer>, index: number) => {
      if (index !== 1) return [frame, ...held.splice(0)];
      held.push(frame);
      return [];
    };
    const { a, b, end } = await open(between(swap));
    for (let index = 0; index < 3; index++) await post(a, 'control', text(String(index)));
    expect(texts(await read(b, 'control', 1))).toEqual(['0']);
    expect(await b.closed).toBe('tampered');
    end();
  });

  test('a frame of the other lane, the other direction, another socket', async () => {
    const recorded: Record<string, Uint8Array<ArrayBuffer>> = {};
    const record = await open({
      tamper: (frame, lane, from) => {
        recorded[`${from} ${lane}`] = frame;
        return [frame];
      },
    });
    for (const name of ['control', 'bulk'] as const) {
      const got = [read(record.a, name, 1), read(record.b, name, 1)];
      await Promise.all([record.a.lane(name).send(text('x')), record.b.lane(name).send(text('x'))]);
      await Promise.all(got);
    }
    for (const key of ['a control', 'a bulk', 'b control', 'b bulk']) {
      const replay = recorded[key];
      if (!replay) throw new Error('nothing recorded');
      const { a, b, end } = await open(between(() => [replay]));
      await post(a, 'control', text('x'));
      expect(await b.closed).toBe('tampered');
      end();
    }
    // On the same socket: what b itself said, and what a said on the other lane.
    let reflected: Uint8Array<ArrayBuffer> | null = null;
    const { a, b, end } = await open({
      tamper: (frame, lane, from) => {
        if (frame.length === 18) return [frame];
        if (from === 'b' && lane === 'bulk') reflected = frame;
        return from === 'a' && lane === 'bulk' && reflected ? [reflected] : [frame];
      },
    });
    const got = read(a, 'bulk', 1);
    await b.lane('bulk').send(text('x'));
    await got;
    await post(a, 'bulk', text('x'));
    expect(await b.closed).toBe('tampered');
    record.end();
    end();
  });

  test('a bye that the carrier invents is no bye', async () => {
    const { b, inner } = await open();
    inner.a.close('bye');
    expect(await b.closed).toBe('link-lost');
  });

  test('both sides learn of it, and senders fail', async () => {
    const { a, b } = await open(between((frame) => [flipped(frame, 20)]));
    await post(a, 'bulk', text('fine'));
    await post(a, 'control', text('hello'));
    expect(await b.closed).toBe('tampered');
    expect(await a.closed).toBe('link-lost');
    expect(await codeOfAsync(a.lane('bulk').send(text('x')))).toBe('link-lost');
    expect(await codeOfAsync(b.lane('control').send(text('x')))).toBe('link-lost');
  });
});

describe('hello', () => {
  test.each([
    ['is altered', (frame: Uint8Array<ArrayBuffer>) => flipped(frame, 7)],
    ['is replaced by the other’s own', (_: Uint8Array<ArrayBuffer>) => new Uint8Array([1, 0, ...new Uint8Array(16)])],
  ])('that %s leaves two sides that can’t read each other', async (_, act) => {
    const first = new Set<string>();
    const { a, b, end } = await open({
      tamper: (frame, lane, from) => {
        if (lane !== 'control' || first.has(from)) return [frame];
        first.add(from);
        return [from === 'a' ? act(frame) : frame];
      },
    });
    await post(a, 'control', text('hello'));
    expect(await b.closed).toBe('tampered');
    end();
  });

  test.each([
    ['of another version', (frame: Uint8Array<ArrayBuffer>) => flipped(frame, 0), 'version-mismatch'],
    ['of another type', (frame: Uint8Array<ArrayBuffer>) => flipped(frame, 1), 'tampered'],
    ['that is cut', (frame: Uint8Array<ArrayBuffer>) => frame.slice(0, 17), 'tampered'],
    ['that is too long', (frame: Uint8Array<ArrayBuffer>) => new Uint8Array([...frame, 1]), 'tampered'],
  ])('%s opens nothing', async (_, act, code) => {
    const { a, b } = createMemoryLinks({ tamper: (frame) => [act(frame)] });
    const opening = [
      openSecureLink(a, { secret, room: 'room', role: 'initiator' }),
      openSecureLink(b, { secret, room: 'room', role: 'responder' }),
    ];
    const codes = await Promise.all(opening.map(codeOfAsync));
    expect(codes).toContain(code);
    expect(codes.every((each) => each === code || each === 'link-lost')).toBe(true);
    await a.closed;
  });

  test('that never comes ends with the carrier, or with the patience of the caller', async () => {
    const { a, b } = createMemoryLinks();
    const opening = openSecureLink(a, { secret, room: 'room', role: 'initiator' });
    b.close('bye');
    expect(await codeOfAsync(opening)).toBe('link-lost');
    const other = createMemoryLinks();
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await expect(openSecureLink(other.a, { secret, room: 'room', role: 'initiator' }, signal)).rejects.toBe(reason);
  });

  test.each([
    ['another room', { room: 'elsewhere' }],
    ['another secret', { secret: () => importSecret(new Uint8Array(32).fill(2)) }],
  ])('%s: nothing can be read', async (_, change) => {
    const changes: Changes = 'room' in change ? { room: change.room } : { secret: await change.secret() };
    const { a, b, end } = await open({}, {}, changes);
    await post(a, 'control', text('hello'));
    expect(await b.closed).toBe('tampered');
    end();
  });
});

test('the carrier sees no content, and the same content never twice', async () => {
  const seen: string[] = [];
  const { a, b, end } = await open({
    tamper: (frame) => {
      seen.push(toHex(frame));
      return [frame];
    },
  });
  const got = read(b, 'control', 2);
  for (let index = 0; index < 2; index++) await a.lane('control').send(text('a secret word'));
  expect(texts(await got)).toEqual(['a secret word', 'a secret word']);
  expect(seen.some((frame) => frame.includes(toHex(text('secret'))))).toBe(false);
  expect(new Set(seen).size).toBe(seen.length);
  end();
});

describe('frames and keys', () => {
  test('only frames of the last 30 bytes below the limit go as two', async () => {
    const sizes: number[] = [];
    const { a, b, end } = await open({
      tamper: (frame, lane) => {
        if (lane === 'bulk') sizes.push(frame.length);
        return [frame];
      },
    });
    const got = read(b, 'bulk', 3);
    for (const size of [MAX_FRAME_BYTES - 30, MAX_FRAME_BYTES - 29, MAX_FRAME_BYTES]) {
      await a.lane('bulk').send(new Uint8Array(size).fill(7));
    }
    expect((await got).map((frame) => frame.length)).toEqual([
      MAX_FRAME_BYTES - 30,
      MAX_FRAME_BYTES - 29,
      MAX_FRAME_BYTES,
    ]);
    expect(sizes).toEqual([MAX_FRAME_BYTES, MAX_FRAME_BYTES, 31, MAX_FRAME_BYTES, 60]);
    end();
  });

  test('the key moves on after so many bytes, and after so much time', async () => {
    const epochs: number[] = [];
    let nowMs = 0;
    const record = between((frame) => {
      epochs.push(new DataView(frame.buffer).getUint32(2));
      return [frame];
    });
    const { a, b, end } = await open(record, { ratchet: { bytes: 1_000, ms: 600 }, now: () => nowMs });
    const got = read(b, 'control', 8);
    for (let index = 0; index < 5; index++) await a.lane('control').send(new Uint8Array(500));
    nowMs = 599;
    await a.lane('control').send(text('still'));
    nowMs = 600;
    await a.lane('control').send(text('new'));
    await a.lane('control').send(text('same'));
    expect((await got).length).toBe(8);
    expect(epochs).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    end();
  });

  test('an epoch that is skipped is refused', async () => {
    const skip = between((frame) => {
      const changed = frame.slice();
      new DataView(changed.buffer).setUint32(2, 2);
      return [changed];
    });
    const { a, b, end } = await open(skip);
    await post(a, 'control', text('x'));
    expect(await b.closed).toBe('tampered');
    end();
  });

  test('path and round trip are those of the carrier', async () => {
    const { a, inner, end } = await open();
    let calls = 0;
    const stop = a.onChange(() => calls++);
    inner.a.measured('relay', 12);
    expect([a.path, a.rttMs, calls]).toEqual(['relay', 12, 1]);
    stop();
    inner.a.measured('relay', 13);
    expect(calls).toBe(1);
    end();
  });

  test('a bye is sealed, and arrives although nobody reads', async () => {
    const { a, b } = await open();
    for (let index = 0; index < 3; index++) await a.lane('control').send(new Uint8Array(1_000));
    a.close('bye');
    expect(await a.closed).toBe('bye');
    expect(await b.closed).toBe('bye');
  });

  test('a reader that gave up doesn’t hold up the rest', async () => {
    const { a, b } = await open();
    await b.lane('control').frames.cancel();
    await b.lane('bulk').frames.cancel();
    for (let index = 0; index < 400; index++) await a.lane('bulk').send(new Uint8Array(60_000));
    a.close('bye');
    expect(await b.closed).toBe('bye');
  });
});
