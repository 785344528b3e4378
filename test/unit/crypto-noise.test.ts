import { createHash } from 'node:crypto';
import { chacha20poly1305 } from '@noble/ciphers/chacha.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type DhKey, dhKey, ephemeralKey, generateX25519 } from '../../extension/core/crypto/dh.ts';
import { importSecret } from '../../extension/core/crypto/hkdf.ts';
import {
  initiate,
  MAX_NOISE_MESSAGE_BYTES,
  type NoiseOptions,
  type NoiseSession,
  respond,
} from '../../extension/core/crypto/noise-kk.ts';
import { deriveSessionKeys, noisePrologue, noisePsk } from '../../extension/core/crypto/session-keys.ts';
import { utf8 } from '../../extension/core/shared/bytes.ts';
import { codeOfAsync, flipped, fromHex, toHex } from '../support/crypto.ts';
import { rawDhKey } from '../support/raw-dh.ts';
import vectors from './vectors/noise-kkpsk0.json' with { type: 'json' };

const payloads = vectors.messages.map((message) => fromHex(message.payload));
const ciphertexts = vectors.messages.map((message) => fromHex(message.ciphertext));
const part = (list: Uint8Array[], index: number) => list[index] ?? new Uint8Array(0);

const vectorInitiator: NoiseOptions = {
  prologue: fromHex(vectors.init_prologue),
  self: rawDhKey(fromHex(vectors.init_static)),
  peer: fromHex(vectors.init_remote_static),
  psk: async () => fromHex(vectors.init_psks[0] ?? ''),
  ephemeral: async () => rawDhKey(fromHex(vectors.init_ephemeral)),
};
const vectorResponder: NoiseOptions = {
  prologue: fromHex(vectors.resp_prologue),
  self: rawDhKey(fromHex(vectors.resp_static)),
  peer: fromHex(vectors.resp_remote_static),
  psk: async () => fromHex(vectors.resp_psks[0] ?? ''),
  ephemeral: async () => rawDhKey(fromHex(vectors.resp_ephemeral)),
};

/** What `Split()` gave, used as the framework's CipherState would. */
function transport(key: Uint8Array, n: number) {
  const nonce = new Uint8Array(12);
  nonce[4] = n;
  return chacha20poly1305(key, nonce);
}

describe('the published vector', () => {
  test('the initiator writes message 1 and reads message 2, and the session is the published one', async () => {
    const { message, finish } = await initiate(vectorInitiator, part(payloads, 0));
    expect(toHex(message)).toBe(vectors.messages[0]?.ciphertext);
    const { payload, session } = await finish(part(ciphertexts, 1));
    expect(toHex(payload)).toBe(vectors.messages[1]?.payload);
    expectPublishedSession(session);
  });

  test('the responder reads message 1 and writes message 2, and the session is the published one', async () => {
    const { payload, answer } = await respond(vectorResponder, part(ciphertexts, 0));
    expect(toHex(payload)).toBe(vectors.messages[0]?.payload);
    const { message, session } = await answer(part(payloads, 1));
    expect(toHex(message)).toBe(vectors.messages[1]?.ciphertext);
    expectPublishedSession(session);
  });

  // A handshake message is one datagram; nothing is taken from a part of it, however it grows.
  test('byte by byte: no beginning of a message is taken for the message', async () => {
    for (let length = 0; length < part(ciphertexts, 0).length; length++) {
      const cut = part(ciphertexts, 0).subarray(0, length);
      expect(await codeOfAsync(respond(vectorResponder, cut))).toBe('tampered');
    }
    for (let length = 0; length < part(ciphertexts, 1).length; length++) {
      const { finish } = await initiate(vectorInitiator, part(payloads, 0));
      expect(await codeOfAsync(finish(part(ciphertexts, 1).subarray(0, length)))).toBe('tampered');
    }
  }, 20_000);

  // The published `handshake_hash` is the hash after message 1; message 2 (its ephemeral key, then the rest) is mixed in here.
  const finalHash = [part(ciphertexts, 1).subarray(0, 32), part(ciphertexts, 1).subarray(32)].reduce<Uint8Array>(
    (hash, mixed) => createHash('sha256').update(hash).update(mixed).digest(),
    fromHex(vectors.handshake_hash),
  );

  function expectPublishedSession(session: NoiseSession): void {
    expect(toHex(session.hash)).toBe(toHex(finalHash));
    for (let index = 2; index < ciphertexts.length; index++) {
      const key = index % 2 === 0 ? session.fromInitiator : session.fromResponder;
      const sealed = transport(key, Math.floor(index / 2) - 1).encrypt(part(payloads, index));
      expect(toHex(sealed)).toBe(vectors.messages[index]?.ciphertext);
    }
  }
});

describe('with keys that nobody can read', () => {
  const [idI, idR] = ['AAAAAAAAAAAAAAAAAAAAAA', 'BBBBBBBBBBBBBBBBBBBBBA'];
  let alice: DhKey;
  let bob: DhKey;
  let mallory: DhKey;
  let asAlice: NoiseOptions;
  let asBob: NoiseOptions;

  beforeAll(async () => {
    [alice, bob, mallory] = await Promise.all([freshKey(), freshKey(), freshKey()]);
    const root = await importSecret(new Uint8Array(32).fill(7));
    const prologue = noisePrologue(idI, idR);
    asAlice = { prologue, self: alice, peer: bob.publicKey, psk: () => noisePsk(root) };
    asBob = { prologue, self: bob, peer: alice.publicKey, psk: () => noisePsk(root) };
  });

  const freshKey = async () => dhKey(await generateX25519());

  async function handshake(initiator = asAlice, responder = asBob) {
    const first = await initiate(initiator, utf8.encode('{"v":1,"ts":5}'));
    const second = await respond(responder, first.message);
    const answered = await second.answer(utf8.encode('{"v":1}'));
    return { first, second, answered, finished: await first.finish(answered.message) };
  }

  test('both sides get the same session, each time another', async () => {
    const one = await handshake();
    expect(utf8.decode(one.second.payload)).toBe('{"v":1,"ts":5}');
    expect(utf8.decode(one.finished.payload)).toBe('{"v":1}');
    expect(one.finished.session).toEqual(one.answered.session);
    expect(one.finished.session.fromInitiator).not.toEqual(one.finished.session.fromResponder);
    const other = await handshake();
    expect(other.finished.session.hash).not.toEqual(one.finished.session.hash);
    expect(other.finished.session.fromInitiator).not.toEqual(one.finished.session.fromInitiator);
  });

  test('session keys fit crosswise, and are gone from where they came from', async () => {
    const { finished, answered } = await handshake();
    const hash = finished.session.hash;
    const a = await deriveSessionKeys(finished.session, 'initiator');
    const b = await deriveSessionKeys(answered.session, 'responder');
    expect(a.send).toEqual(b.receive);
    expect(a.receive).toEqual(b.send);
    expect(a.send).not.toEqual(a.receive);
    expect(a.id).toEqual(hash.slice(0, 8));
    expect(a.relay.extractable).toBe(false);
    expect(finished.session.fromInitiator.every((byte) => byte === 0)).toBe(true);
    expect(answered.session.fromResponder.every((byte) => byte === 0)).toBe(true);
  });

  test('every bit of message 1 counts', async () => {
    const { message } = await initiate(asAlice, utf8.encode('hello'));
    for (let index = 0; index < message.length; index++) {
      // The top bit of an X25519 key is ignored by the curve, but not by the transcript.
      const bad = flipped(message, index, index === 31 ? 7 : index % 8);
      expect(await codeOfAsync(respond(asBob, bad))).toBe('tampered');
    }
  });

  test('every bit of message 2 counts', async () => {
    const length = 32 + 16 + 2;
    for (let index = 0; index < length; index++) {
      const { message, finish } = await initiate(asAlice, new Uint8Array(0));
      const { answer } = await respond(asBob, message);
      const { message: second } = await answer(utf8.encode('ok'));
      expect(second.length).toBe(length);
      const bad = flipped(second, index, index === 31 ? 7 : index % 8);
      expect(await codeOfAsync(finish(bad))).toBe('tampered');
    }
  });

  test.each([
    ['another prologue', () => ({ ...asBob, prologue: noisePrologue(idR, idI) })],
    ['another psk', () => ({ ...asBob, psk: async () => new Uint8Array(32).fill(8) })],
    ['another static key of ours', () => ({ ...asBob, self: mallory })],
    ['another static key of the peer', () => ({ ...asBob, peer: mallory.publicKey })],
    ['the sides swapped', () => asAlice],
  ])('%s: message 1 is refused', async (_, options) => {
    const { message } = await initiate(asAlice, new Uint8Array(0));
    expect(await codeOfAsync(respond(options(), message))).toBe('tampered');
  });

  test('message 1 sent back is no message 2, and message 2 no message 1', async () => {
    const first = await initiate(asAlice, new Uint8Array(0));
    expect(await codeOfAsync(first.finish(first.message))).toBe('tampered');
    const { answered } = await handshake();
    expect(await codeOfAsync(respond(asBob, answered.message))).toBe('tampered');
    expect(await codeOfAsync(respond(asAlice, answered.message))).toBe('tampered');
  });

  test('message 2 of an earlier handshake is refused', async () => {
    const earlier = await handshake();
    const { finish } = await initiate(asAlice, new Uint8Array(0));
    expect(await codeOfAsync(finish(earlier.answered.message))).toBe('tampered');
  });

  test('a replayed message 1 is answered, but whoever replayed it can’t use the session', async () => {
    const { first, answered } = await handshake();
    const replayed = await respond(asBob, first.message);
    const { message, session } = await replayed.answer(new Uint8Array(0));
    expect(session.fromInitiator).not.toEqual(answered.session.fromInitiator);
    expect(session.hash).not.toEqual(answered.session.hash);
    expect(message).not.toEqual(answered.message);
  });

  test('public keys of low order are refused', async () => {
    for (const hex of ['00'.repeat(32), `01${'00'.repeat(31)}`, `ec${'ff'.repeat(30)}7f`]) {
      const key = fromHex(hex);
      expect(await codeOfAsync(alice.dh(key))).toBe('tampered');
      const lowOrder: DhKey = { publicKey: key, dh: async () => new Uint8Array(32) };
      const { message } = await initiate({ ...asAlice, ephemeral: async () => lowOrder }, new Uint8Array(0));
      expect(await codeOfAsync(respond(asBob, message))).toBe('tampered');
    }
  });

  test('anything else is refused, too long ones unread', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await codeOfAsync(respond(asBob, bytes))).toBe('tampered');
      }),
      { numRuns: 50 },
    );
    expect(await codeOfAsync(respond(asBob, new Uint8Array(MAX_NOISE_MESSAGE_BYTES + 1)))).toBe('tampered');
  });

  test('each half is used once', async () => {
    const { first, answered, second } = await handshake();
    await expect(first.finish(answered.message)).rejects.toThrow('once');
    await expect(second.answer(new Uint8Array(0))).rejects.toThrow('once');
  });

  test('ephemeral keys can’t be read and are fresh', async () => {
    const pair = await generateX25519();
    await expect(crypto.subtle.exportKey('pkcs8', pair.privateKey)).rejects.toThrow();
    expect((await ephemeralKey()).publicKey).not.toEqual((await ephemeralKey()).publicKey);
  });
});
