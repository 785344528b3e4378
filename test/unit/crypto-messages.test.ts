import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeCard,
  decodePairing,
  encodeCard,
  encodePairing,
} from '../../extension/core/pairing/exchange-messages.ts';
import { utf8 } from '../../extension/core/shared/bytes.ts';
import { codeOf, flipped } from '../support/crypto.ts';

const KINDS = [1, 2, 3, 4] as const;
const SIZES = { 1: [16, 32], 2: [32, 64], 3: [64, 265], 4: [265] };
const card = {
  identity: new Uint8Array(32).fill(1),
  routing: new Uint8Array(32).fill(2),
  signature: new Uint8Array(64).fill(3),
  name: 'Alice',
};

describe('pairing messages', () => {
  test.each(KINDS)('P%i: what is written is read back', (kind) => {
    const fields = SIZES[kind].map((size, index) => new Uint8Array(size).fill(index + 1));
    const message = encodePairing(kind, ...fields);
    expect([...message.subarray(0, 2)]).toEqual([1, kind]);
    expect(decodePairing(kind, message)).toEqual(fields);
  });

  test.each(KINDS)('P%i: only its own kind and size', (kind) => {
    const message = encodePairing(kind, ...SIZES[kind].map((size) => new Uint8Array(size)));
    for (const other of KINDS.filter((each) => each !== kind)) {
      expect(codeOf(() => decodePairing(other, message))).toBe('message-invalid');
    }
    for (let length = 0; length < message.length; length++) {
      expect(codeOf(() => decodePairing(kind, message.subarray(0, length)))).toBe('message-invalid');
    }
    expect(codeOf(() => decodePairing(kind, new Uint8Array([...message, 0])))).toBe('message-invalid');
    expect(codeOf(() => decodePairing(kind, flipped(message, 0)))).toBe('version-mismatch');
  });

  test('any bytes are read as they stand, or refused', () => {
    const anySize = fc.uint8Array({ maxLength: 400 });
    const rightSize = fc.constantFrom(...KINDS).chain((kind) => {
      const size = SIZES[kind].reduce((sum, each) => sum + each, 0);
      return fc.uint8Array({ minLength: size, maxLength: size }).map((rest) => new Uint8Array([1, kind, ...rest]));
    });
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), fc.oneof(anySize, rightSize), (kind, bytes) => {
        const code = codeOf(() => expect(encodePairing(kind, ...decodePairing(kind, bytes))).toEqual(bytes));
        expect([null, 'message-invalid', 'version-mismatch']).toContain(code);
      }),
    );
  });
});

describe('cards', () => {
  test.each(['A', 'Alice', 'あ'.repeat(40), '💻'.repeat(20)])('%s: one size, read back', (name) => {
    const bytes = encodeCard({ ...card, name });
    expect(bytes.length).toBe(249);
    expect(decodeCard(bytes)).toEqual({ ...card, name });
  });

  test.each([
    ['an empty name', 0, ''],
    ['a name too long', 41, 'a'.repeat(41)],
    ['a length beyond the field', 121, 'a'.repeat(120)],
    ['something behind the name', 5, 'Alicea'],
    ['zeros taken into the name and cut in the middle of a character', 4, 'Aliあ'],
  ])('%s is refused', (_, length, content) => {
    const bytes = encodeCard(card);
    bytes.fill(0, 128);
    bytes[128] = length;
    bytes.set(utf8.encode(content), 129);
    expect(codeOf(() => decodeCard(bytes))).toBe('message-invalid');
  });

  test('any bytes are one card in one way, or none', () => {
    const anySize = fc.uint8Array({ maxLength: 300 });
    const padded = fc
      .tuple(fc.uint8Array({ minLength: 128, maxLength: 128 }), fc.nat(121), fc.uint8Array({ maxLength: 120 }))
      .map(([head, length, name]) => new Uint8Array([...head, length, ...name, ...new Uint8Array(120 - name.length)]));
    fc.assert(
      fc.property(fc.oneof(anySize, padded), (bytes) => {
        const code = codeOf(() => expect(encodeCard(decodeCard(bytes))).toEqual(bytes));
        expect([null, 'message-invalid']).toContain(code);
      }),
    );
  });
});
