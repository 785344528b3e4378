import { createHash, createPublicKey, verify } from 'node:crypto';
import { wordlist } from '@scure/bip39/wordlists/english.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeDeviceKeys, openDeviceKeys } from '../../extension/core/crypto/device-keys.ts';
import { importSecret } from '../../extension/core/crypto/hkdf.ts';
import { peerIdOf, verifySignature } from '../../extension/core/crypto/routing-key.ts';
import { signSocketToken } from '../../extension/core/crypto/socket-token.ts';
import { isUnpairProof, unpairProof } from '../../extension/core/crypto/unpair-proof.ts';
import { verifierWords } from '../../extension/core/crypto/verifier.ts';
import {
  formatPairingSecret,
  makePairingSecret,
  parsePairingSecret,
} from '../../extension/core/pairing/secret-text.ts';
import { fromBase64Url, toBase64Url, utf8 } from '../../extension/core/shared/bytes.ts';
import { isPeerJsId } from '../../extension/core/shared/ids.ts';
import { flipped, fromHex } from '../support/crypto.ts';

describe('device keys', () => {
  test('the id is the hash of the routing key, and PeerJS takes it, always', async () => {
    for (let index = 0; index < 60; index++) {
      const { id, routing } = await openDeviceKeys(await makeDeviceKeys());
      const hash = createHash('sha256').update(routing.publicKey).digest();
      expect(id).toBe(hash.subarray(0, 16).toString('base64url'));
      expect(id).toMatch(/^[A-Za-z0-9_-]{22}$/);
      expect(isPeerJsId(id)).toBe(true);
    }
  });

  test('they survive storage, and nobody reads the private halves', async () => {
    const made = await makeDeviceKeys();
    const stored = structuredClone(made);
    const [one, other] = [await openDeviceKeys(made), await openDeviceKeys(stored)];
    expect(other.id).toBe(one.id);
    expect(await other.identity.dh(one.identity.publicKey)).toEqual(await one.identity.dh(other.identity.publicKey));
    for (const { privateKey } of [stored.identity, stored.routing]) {
      await expect(crypto.subtle.exportKey('pkcs8', privateKey)).rejects.toThrow();
      await expect(crypto.subtle.exportKey('jwk', privateKey)).rejects.toThrow();
    }
  });

  test('keys of another kind, or that can be read, are not opened', async () => {
    const { identity, routing } = await makeDeviceKeys();
    await expect(openDeviceKeys({ identity: routing, routing: identity })).rejects.toThrow('X25519');
    await expect(openDeviceKeys({ identity, routing: identity })).rejects.toThrow('Ed25519');
    const readable = await crypto.subtle.generateKey('X25519', true, ['deriveBits']);
    if (!('privateKey' in readable)) throw new Error('no pair');
    await expect(openDeviceKeys({ identity: readable, routing })).rejects.toThrow('X25519');
  });

  test('the id of a published key (RFC 8032, section 7.1, test 1)', async () => {
    const key = fromHex('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a');
    expect(await peerIdOf(key)).toBe(createHash('sha256').update(key).digest().subarray(0, 16).toString('base64url'));
    const signature = fromHex(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    );
    expect(await verifySignature(key, signature, new Uint8Array(0))).toBe(true);
    expect(await verifySignature(key, flipped(signature, 0), new Uint8Array(0))).toBe(false);
    expect(await verifySignature(key, signature, Uint8Array.of(0))).toBe(false);
    expect(await verifySignature(key.subarray(1), signature, new Uint8Array(0))).toBe(false);
    expect(await verifySignature(key, signature.subarray(1), new Uint8Array(0))).toBe(false);
  });
});

test('a server that knows nothing of ours verifies a socket token', async () => {
  const { id, routing } = await openDeviceKeys(await makeDeviceKeys());
  const token = await signSocketToken(routing, 'pairwise.example:9000', id, 1_790_000_000_123);
  const [pub, ts, sig, ...rest] = token.split('.');
  expect(rest).toEqual([]);
  expect(ts).toBe('1790000000123');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: pub ?? '' }, format: 'jwk' });
  const message = (host: string, of: string) => Buffer.from(`pairwise/ws-auth/v1\0${host}\0${of}\0${ts}`);
  const signature = Buffer.from(sig ?? '', 'base64url');
  expect(verify(null, message('pairwise.example:9000', id), key, signature)).toBe(true);
  expect(verify(null, message('other.example:9000', id), key, signature)).toBe(false);
  expect(verify(null, message('pairwise.example:9000', 'A'.repeat(22)), key, signature)).toBe(false);
  expect(
    createHash('sha256')
      .update(Buffer.from(pub ?? '', 'base64url'))
      .digest()
      .subarray(0, 16),
  ).toEqual(Buffer.from(id, 'base64url'));
});

describe('six words', () => {
  test.each([
    ['000000000000000000', 'abandon abandon abandon abandon abandon abandon'],
    ['ffffffffffffffffff', 'zoo zoo zoo zoo zoo zoo'],
    // Eleven bits each: 1, 2, 4, 8, 16, 32, then six spare ones.
    ['00200802008020083f', 'ability able above absurd acoustic advice'],
  ])('%s', (hex, words) => expect(verifierWords(fromHex(hex)).join(' ')).toBe(words));

  test('every one of the first 66 bits shows, the last six don’t', () => {
    const verifier = fromHex('0123456789abcdef01');
    const words = verifierWords(verifier);
    for (let bit = 0; bit < 72; bit++) {
      const changed = verifierWords(flipped(verifier, Math.floor(bit / 8), 7 - (bit % 8)));
      expect(changed.filter((word, index) => word !== words[index]).length).toBe(bit < 66 ? 1 : 0);
      if (bit < 66) expect(changed[Math.floor(bit / 11)]).not.toBe(words[Math.floor(bit / 11)]);
    }
    expect(words.every((word) => wordlist.includes(word))).toBe(true);
  });

  test('other lengths are a bug', () => {
    expect(() => verifierWords(new Uint8Array(8))).toThrow('9 bytes');
    expect(() => verifierWords(new Uint8Array(10))).toThrow('9 bytes');
  });
});

test('only the two who were paired can say that it is over', async () => {
  const [root, same, other] = await Promise.all([7, 7, 8].map((byte) => importSecret(new Uint8Array(32).fill(byte))));
  if (!root || !same || !other) throw new Error('no keys');
  const proof = await unpairProof(root);
  expect(proof.length).toBe(32);
  expect(await isUnpairProof(same, proof)).toBe(true);
  expect(await isUnpairProof(other, proof)).toBe(false);
  for (let index = 0; index < proof.length; index++)
    expect(await isUnpairProof(root, flipped(proof, index))).toBe(false);
  for (const size of [0, 31]) expect(await isUnpairProof(root, proof.subarray(0, size))).toBe(false);
});

describe('the text of a pairing secret', () => {
  const hostId = 'AAECAwQFBgcICQoLDA0ODw';

  test('layout', () => {
    const text = formatPairingSecret({
      hostId,
      secret: new Uint8Array(16).fill(0xaa),
      sidH: new Uint8Array(16).fill(0xbb),
    });
    const bytes = Buffer.concat([
      Buffer.of(1),
      Buffer.from([...Array(16).keys()]),
      Buffer.alloc(16, 0xaa),
      Buffer.alloc(16, 0xbb),
    ]);
    expect(text).toBe(`pairwise1:${bytes.toString('base64url')}`);
    expect(text.length).toBe(76);
  });

  test('what is made is read back, white space around it or not', () => {
    const made = makePairingSecret(hostId);
    expect(parsePairingSecret(formatPairingSecret(made))).toEqual(made);
    expect(parsePairingSecret(`\n ${formatPairingSecret(made)}\t`)).toEqual(made);
    expect(makePairingSecret(hostId).secret).not.toEqual(made.secret);
    expect(makePairingSecret(hostId).sidH).not.toEqual(made.sidH);
  });

  test('nothing else is', () => {
    const text = formatPairingSecret(makePairingSecret(hostId));
    const body = fromBase64Url(text.slice('pairwise1:'.length)) ?? new Uint8Array(0);
    const withBody = (bytes: Uint8Array) => `pairwise1:${toBase64Url(bytes)}`;
    const id = (bytes: number[]) => withBody(Uint8Array.from([1, ...bytes, ...body.subarray(17)]));
    const wrong = [
      '',
      'pairwise1:',
      text.slice(1),
      text.replace('pairwise1', 'Pairwise1'),
      text.replace('pairwise1', 'pairwise2'),
      `https://example.org/#${text}`,
      `${text}=`,
      `${text}A`,
      `${text} ${text}`,
      text.replace(':', ': '),
      withBody(flipped(body, 0)),
      withBody(body.subarray(1)),
      withBody(Uint8Array.from([...body, 0])),
      // An id that PeerJS refuses: it begins with a dash.
      id([0xf8, ...Array<number>(15).fill(1)]),
      // The same bytes written in another way: the two spare bits of the last character.
      text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1),
    ];
    for (const entry of wrong) expect(parsePairingSecret(entry)).toBeNull();
    for (let length = 0; length < text.length; length++) expect(parsePairingSecret(text.slice(0, length))).toBeNull();
  });

  test('whatever is pasted, reading never throws and what it gives is stable', () => {
    const near = fc
      .uint8Array({ minLength: 48, maxLength: 50 })
      .map((rest) => `pairwise1:${toBase64Url(Uint8Array.from([1, ...rest]))}`);
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 90 }), near), (text) => {
        const read = parsePairingSecret(text);
        if (read) expect(parsePairingSecret(formatPairingSecret(read))).toEqual(read);
      }),
    );
  });
});

describe('base64url', () => {
  test('there and back', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
      }),
    );
  });
  test('only one way of writing, only that alphabet', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_=+-]{0,12}$/), (text) => {
        const bytes = fromBase64Url(text);
        if (bytes) expect(toBase64Url(bytes)).toBe(text);
      }),
    );
    for (const text of ['A', 'AB', 'AAB', 'AA==', 'A+', 'A/', ' AA', 'AAAAA']) expect(fromBase64Url(text)).toBeNull();
    expect(fromBase64Url('')).toEqual(utf8.encode(''));
  });
});
