import { ristretto255 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  calculateGenerator,
  confirmationTag,
  generatorString,
  sampleScalar,
  scalarMult,
  scalarMultVerify,
  sessionKey,
} from '../../extension/core/crypto/cpace.ts';
import { lv } from '../../extension/core/crypto/lv.ts';
import { codeOf, flipped, fromHex, toHex } from '../support/crypto.ts';
import vectors from './vectors/cpace-ristretto255-sha512.json' with { type: 'json' };

const inputs = { prs: fromHex(vectors.PRS), ci: fromHex(vectors.CI), sid: fromHex(vectors.sid) };
const a = { share: fromHex(vectors.Ya), data: fromHex(vectors.ADa) };
const b = { share: fromHex(vectors.Yb), data: fromHex(vectors.ADb) };

// Shares are datagrams of 32 bytes, not a stream: "byte by byte" means that no shorter or longer share is taken for one.
describe('the draft’s vectors', () => {
  test('generator string', () => expect(toHex(generatorString(inputs))).toBe(vectors.generatorString));
  test('generator', () => expect(toHex(calculateGenerator(inputs).toBytes())).toBe(vectors.g));
  test('both shares', () => {
    const generator = calculateGenerator(inputs);
    expect(toHex(scalarMult(fromHex(vectors.ya), generator))).toBe(vectors.Ya);
    expect(toHex(scalarMult(fromHex(vectors.yb), generator))).toBe(vectors.Yb);
  });
  test('the secret point, from either side', () => {
    expect(toHex(scalarMultVerify(fromHex(vectors.ya), b.share))).toBe(vectors.K);
    expect(toHex(scalarMultVerify(fromHex(vectors.yb), a.share))).toBe(vectors.K);
  });
  test('the key of initiator and responder', () =>
    expect(toHex(sessionKey(inputs.sid, fromHex(vectors.K), a, b))).toBe(vectors.ISK_IR));
  test('a valid point', () => {
    const { s, X, product } = vectors.validPoint;
    expect(toHex(scalarMultVerify(fromHex(s), fromHex(X)))).toBe(product);
  });
  test.each(['Y_i1', 'Y_i2'] as const)('the invalid point %s ends the run', (name) => {
    const { s, [name]: point } = vectors.invalidPoints;
    expect(codeOf(() => scalarMultVerify(fromHex(s), fromHex(point)))).toBe('tampered');
  });
});

test('a share that is cut short or has bytes behind it is none', () => {
  for (let length = 0; length < a.share.length; length++) {
    expect(codeOf(() => scalarMultVerify(fromHex(vectors.yb), a.share.subarray(0, length)))).toBe('tampered');
  }
  expect(codeOf(() => scalarMultVerify(fromHex(vectors.yb), new Uint8Array([...a.share, 0])))).toBe('tampered');
});

test('any 32 bytes are a point that the group knows, or refused; no product is ever the identity', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (share) => {
      const code = codeOf(() => expect(toHex(scalarMultVerify(sampleScalar(), share))).not.toBe('00'.repeat(32)));
      const known = codeOf(() => ristretto255.Point.fromBytes(share)) === null && share.some((byte) => byte !== 0);
      expect(code).toBe(known ? null : 'tampered');
    }),
    { numRuns: 60 },
  );
});

test('scalars have 252 bits and differ', () => {
  const scalars = Array.from({ length: 200 }, () => sampleScalar());
  expect(scalars.every((scalar) => scalar.length === 32 && (scalar[31] ?? 255) < 16)).toBe(true);
  expect(new Set(scalars.map(toHex)).size).toBe(200);
  expect(scalars.some((scalar) => (scalar[31] ?? 0) > 7)).toBe(true);
});

describe('whatever differs between the sides, the keys and the confirmations differ', () => {
  const run = (changed: { prs?: Uint8Array; ci?: Uint8Array; sid?: Uint8Array }) => {
    const mine = { ...inputs, ...changed };
    const share = scalarMult(fromHex(vectors.yb), calculateGenerator(mine));
    const answer = { share, data: b.data };
    return toHex(sessionKey(mine.sid, scalarMultVerify(fromHex(vectors.yb), a.share), a, answer));
  };
  test.each(['prs', 'ci', 'sid'] as const)('%s', (name) =>
    expect(run({ [name]: flipped(inputs[name], 3) })).not.toBe(vectors.ISK_IR),
  );
  test('the transcript', () => {
    const k = fromHex(vectors.K);
    const keys = [
      sessionKey(inputs.sid, k, a, b),
      sessionKey(inputs.sid, k, b, a),
      sessionKey(inputs.sid, k, { ...a, data: flipped(a.data, 0) }, b),
      sessionKey(inputs.sid, k, { ...a, share: flipped(a.share, 0) }, b),
    ];
    expect(new Set(keys.map(toHex)).size).toBe(keys.length);
  });
  test('the confirmation of one side is not that of the other', () => {
    const isk = fromHex(vectors.ISK_IR);
    const tags = [
      confirmationTag(inputs.sid, isk, a),
      confirmationTag(inputs.sid, isk, b),
      confirmationTag(inputs.sid, flipped(isk, 9), a),
      confirmationTag(flipped(inputs.sid, 0), isk, a),
    ];
    expect(new Set(tags.map(toHex)).size).toBe(tags.length);
  });
});

describe('length-value lists', () => {
  test.each([
    [[], ''],
    [[''], '00'],
    [['1234'], '0431323334'],
    [['1234', '5', '', '678'], '043132333401350003363738'],
  ])('%j', (fields, hex) => expect(toHex(lv(...fields))).toBe(hex));
  test('lengths of 128 and more take further bytes', () => {
    expect(toHex(lv(new Uint8Array(127)).subarray(0, 2))).toBe('7f00');
    expect(toHex(lv(new Uint8Array(128)).subarray(0, 3))).toBe('800100');
    expect(toHex(lv(new Uint8Array(16_384)).subarray(0, 4))).toBe('80800100');
  });
  test('no two different lists give the same bytes', () => {
    const list = fc.array(fc.uint8Array({ maxLength: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(list, list, (one, other) => {
        const same = JSON.stringify(one.map(toHex)) === JSON.stringify(other.map(toHex));
        expect(toHex(lv(...one)) === toHex(lv(...other))).toBe(same);
      }),
    );
  });
});
