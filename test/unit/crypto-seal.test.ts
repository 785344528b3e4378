import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReplayWindow } from '../../extension/core/crypto/replay-window.ts';
import { MAX_SEALED_JSON_BYTES, Opener, Sealer, type SealOptions } from '../../extension/core/crypto/seal.ts';
import { fromBase64Url, toBase64Url } from '../../extension/core/shared/bytes.ts';
import { codeOf, flipped } from '../support/crypto.ts';

const direction: SealOptions = {
  key: new Uint8Array(32).fill(9),
  session: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
  src: 'AAAAAAAAAAAAAAAAAAAAAA',
  dst: 'BBBBBBBBBBBBBBBBBBBBBA',
};
const bytesOf = (text: string) => fromBase64Url(text) ?? new Uint8Array(0);

describe('sealed messages', () => {
  test('arrive as they were, and say nothing on the way', () => {
    const [sealer, opener] = [new Sealer(direction), new Opener(direction)];
    const message = { type: 'OFFER', dst: direction.dst, payload: { sdp: 'a=fingerprint:secret', n: [1, null, 'é'] } };
    for (let index = 0; index < 3; index++) {
      const payload = sealer.seal(message);
      expect(payload).toMatchObject({ v: 1, s: 'AQIDBAUGBwg', n: index });
      expect(Buffer.from(bytesOf(payload.c)).includes('fingerprint')).toBe(false);
      expect(JSON.parse(JSON.stringify(opener.open(payload)))).toEqual(message);
    }
  });

  test('the largest fits into what the server forwards, a larger one is refused and costs no number', () => {
    const sealer = new Sealer(direction);
    const largest = 'x'.repeat(MAX_SEALED_JSON_BYTES - 2);
    expect(codeOf(() => sealer.seal(`${largest}x`))).toBe('message-too-large');
    const payload = sealer.seal(largest);
    expect(payload.n).toBe(0);
    expect(JSON.stringify({ type: 'CANDIDATE', dst: direction.dst, payload }).length).toBeLessThan(64 * 1024);
    expect(new Opener(direction).open(payload)).toBe(largest);
  });

  test('every bit of the ciphertext counts', () => {
    const payload = new Sealer(direction).seal({ type: 'OFFER' });
    const opener = new Opener(direction);
    const c = bytesOf(payload.c);
    for (let bit = 0; bit < c.length * 8; bit++) {
      const bad = { ...payload, c: toBase64Url(flipped(c, Math.floor(bit / 8), bit % 8)) };
      expect(codeOf(() => opener.open(bad))).toBe('tampered');
    }
    for (let length = 0; length < c.length; length++) {
      expect(codeOf(() => opener.open({ ...payload, c: toBase64Url(c.subarray(0, length)) }))).toBe('tampered');
    }
    expect(opener.open(payload)).toEqual({ type: 'OFFER' });
  });

  test.each([
    ['another number', { n: 1 }],
    ['another session', { s: toBase64Url(new Uint8Array(8)) }],
    ['another version', { v: 2 }],
    ['a fraction', { n: 0.5 }],
    ['a negative number', { n: -1 }],
    ['a number beyond 2^53', { n: 2 ** 53 }],
    ['a number as text', { n: '0' }],
    ['no text', { c: 7 }],
    ['other base64', { c: 'AA==' }],
    ['an absurd length', { c: 'A'.repeat(1_000_000) }],
  ])('%s is refused', (_, change) => {
    const payload = { ...new Sealer(direction).seal('x'), ...change };
    expect(codeOf(() => new Opener(direction).open(payload))).toBe('tampered');
  });

  test.each([
    ['sent on to somebody else', { dst: 'CCCCCCCCCCCCCCCCCCCCCA' }],
    ['as if from somebody else', { src: 'CCCCCCCCCCCCCCCCCCCCCA' }],
    ['sent back', { src: direction.dst, dst: direction.src }],
    ['with the key of the other direction', { key: new Uint8Array(32).fill(8) }],
    ['in another session', { session: new Uint8Array(8) }],
  ])('%s is refused', (_, change) => {
    const payload = new Sealer(direction).seal('x');
    expect(codeOf(() => new Opener({ ...direction, ...change }).open(payload))).toBe('tampered');
  });

  test('a message is opened once, late ones too', () => {
    const [sealer, opener] = [new Sealer(direction), new Opener(direction)];
    const payloads = Array.from({ length: 70 }, (_, index) => sealer.seal(index));
    const [first, second] = payloads;
    expect(opener.open(second)).toBe(1);
    expect(opener.open(first)).toBe(0);
    for (const again of [first, second]) expect(codeOf(() => opener.open(again))).toBe('tampered');
    expect(opener.open(payloads[69])).toBe(69);
    expect(codeOf(() => opener.open(payloads[5]))).toBe('tampered');
    expect(opener.open(payloads[6])).toBe(6);
    expect(codeOf(() => opener.open(payloads[6]))).toBe('tampered');
  });

  test('a forged high number locks nobody out', () => {
    const [sealer, opener] = [new Sealer(direction), new Opener(direction)];
    const payload = sealer.seal('honest');
    expect(codeOf(() => opener.open({ ...payload, n: Number.MAX_SAFE_INTEGER }))).toBe('tampered');
    expect(opener.open(payload)).toBe('honest');
  });

  test('whatever arrives, nothing but a sealed message opens', () => {
    const opener = new Opener(direction);
    const refused = (payload: unknown) => {
      expect(codeOf(() => opener.open(payload))).toBe('tampered');
    };
    fc.assert(fc.property(fc.anything(), refused));
    const shaped = fc.record({
      v: fc.constant(1),
      s: fc.constant('AQIDBAUGBwg'),
      n: fc.nat(),
      c: fc.uint8Array().map(toBase64Url),
    });
    fc.assert(fc.property(shaped, refused));
  });

  test('a session knows its own messages by name', () => {
    const payload = new Sealer(direction).seal('x');
    expect(new Opener(direction).isFor(payload)).toBe(true);
    expect(new Opener({ ...direction, session: new Uint8Array(8) }).isFor(payload)).toBe(false);
  });
});

test('the window takes each number once, and none older than 63 behind the newest', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(200), { maxLength: 300 }), (numbers) => {
      const window = new ReplayWindow();
      const taken = new Set<number>();
      let newest = -1;
      for (const n of numbers) {
        const expected = !taken.has(n) && n > newest - 64;
        expect(window.isNew(n)).toBe(expected);
        if (!expected) continue;
        window.mark(n);
        taken.add(n);
        newest = Math.max(newest, n);
      }
    }),
  );
  const far = new ReplayWindow();
  far.mark(Number.MAX_SAFE_INTEGER);
  expect(far.isNew(Number.MAX_SAFE_INTEGER)).toBe(false);
  expect(far.isNew(Number.MAX_SAFE_INTEGER - 63)).toBe(true);
  expect(far.isNew(Number.MAX_SAFE_INTEGER - 64)).toBe(false);
});
