import { beforeAll, expect, test } from 'vitest';
import { importSecret } from '../../extension/core/crypto/hkdf.ts';
import { initiate, respond } from '../../extension/core/crypto/noise-kk.ts';
import { Sealer } from '../../extension/core/crypto/seal.ts';
import { deriveSessionKeys, noisePrologue, noisePsk } from '../../extension/core/crypto/session-keys.ts';
import { unpairProof } from '../../extension/core/crypto/unpair-proof.ts';
import { openSecureLink } from '../../extension/core/link/secure-link.ts';
import { HostExchange } from '../../extension/core/pairing/exchange.ts';
import type { Pairing, PairingSelf } from '../../extension/core/pairing/exchange-run.ts';
import { utf8 } from '../../extension/core/shared/bytes.ts';
import { device } from '../support/exchange.ts';
import { createMemoryLinks } from '../support/memory-link.ts';
import {
  secondDevice,
  secondJoiner,
  secondPsk,
  secondRelayOpener,
  secondSessionKeys,
  secondUnpairProof,
  secondUnseal,
} from '../support/second-implementation.ts';

/*
 * An implementation written from PROTOCOL.md alone (test/support/second-implementation.ts) does everything with ours.
 */

const other = secondDevice();
let bob: PairingSelf;
let atHost: Pairing;
let atJoin: ReturnType<ReturnType<typeof secondJoiner>['finish']>;

beforeAll(async () => {
  bob = await device('Bob');
  const sidH = Buffer.alloc(16, 6);
  const host = new HostExchange({ self: bob, sidH, secret: utf8.encode('acid-zebra') });
  const join = secondJoiner(other, bob.keys.id, sidH, Buffer.from('acid-zebra'));
  const p2 = host.answer(other.id, join.p1);
  await host.verify(join.p3(Buffer.from(p2), 'Ålice'));
  const { message, pairing } = await host.confirm();
  atHost = pairing;
  atJoin = join.finish(Buffer.from(message));
});

test('it pairs', () => {
  expect(atHost.peer).toMatchObject({ id: other.id, name: 'Ålice' });
  expect(Buffer.from(atHost.peer.identity)).toEqual(other.ik);
  expect(atJoin.name).toBe('Bob');
  expect(atJoin.ik).toEqual(Buffer.from(bob.keys.identity.publicKey));
  expect(atJoin.rk).toEqual(Buffer.from(bob.keys.routing.publicKey));
  expect(atJoin.verifier).toEqual(Buffer.from(atHost.verifier));
});

test('it has the same psk and the same proof of the end', async () => {
  expect(Buffer.from(await noisePsk(atHost.root))).toEqual(secondPsk(atJoin.root));
  expect(Buffer.from(await unpairProof(atHost.root))).toEqual(secondUnpairProof(atJoin.root));
});

/** A handshake of the two identities; the framework itself is covered by the published vector. */
async function session() {
  const self = { publicKey: other.ik, dh: async (theirs: Uint8Array) => other.dh(Buffer.from(theirs)) };
  const prologue = noisePrologue(other.id, bob.keys.id);
  const psk = async () => secondPsk(atJoin.root);
  const first = await initiate({ prologue, self, peer: atJoin.ik, psk }, new Uint8Array(0));
  const identity = { self: bob.keys.identity, peer: atHost.peer.identity, psk: () => noisePsk(atHost.root) };
  const second = await respond({ prologue, ...identity }, first.message);
  const { message, session: ours } = await second.answer(new Uint8Array(0));
  const { session: theirs } = await first.finish(message);
  const derived = secondSessionKeys(
    Buffer.from(theirs.hash),
    Buffer.from(theirs.fromInitiator),
    Buffer.from(theirs.fromResponder),
  );
  return { keys: await deriveSessionKeys(ours, 'responder'), derived, hash: theirs.hash };
}

test('it opens sealed signalling', async () => {
  const { keys, derived, hash } = await session();
  expect(Buffer.from(keys.receive)).toEqual(derived.initiator);
  const [src, dst] = [bob.keys.id, other.id];
  const sealer = new Sealer({ key: keys.send, session: keys.id, src, dst });
  for (const message of [{ type: 'OFFER' }, 'é', [1]]) {
    const payload = sealer.seal(message);
    expect(payload.s).toBe(Buffer.from(hash.subarray(0, 8)).toString('base64url'));
    expect(secondUnseal(derived.responder, src, dst, payload)).toEqual(message);
  }
});

test('it opens relay frames, over a change of keys', async () => {
  const { keys, derived } = await session();
  const secret = await importSecret(derived.relay);
  const wire: Record<string, Buffer[]> = {};
  const inner = createMemoryLinks({
    tamper: (frame, lane, from) => {
      const frames = wire[`${from} ${lane}`] ?? [];
      wire[`${from} ${lane}`] = frames;
      frames.push(Buffer.from(frame));
      return [frame];
    },
  });
  const ratchet = { bytes: 10, ms: 60_000 };
  const [a, b] = await Promise.all([
    openSecureLink(inner.a, { secret, room: 'r', role: 'initiator', ratchet }),
    openSecureLink(inner.b, { secret: keys.relay, room: 'r', role: 'responder', ratchet }),
  ]);
  const sent = ['first, longer than the limit', 'second', 'third'];
  for (const name of ['control', 'bulk'] as const) {
    const reader = a.lane(name).frames.getReader();
    for (const text of sent) await b.lane(name).send(utf8.encode(text));
    for (const text of sent) expect((await reader.read()).value).toEqual(utf8.encode(text));
  }
  const hello = (side: string) => wire[`${side} control`]?.shift()?.subarray(2) ?? Buffer.alloc(0);
  const [rI, rR] = [hello('a'), hello('b')];
  for (const name of ['control', 'bulk']) {
    const open = secondRelayOpener(derived.relay, rI, rR, 'r', 'responder', name);
    const opened = (wire[`b ${name}`] ?? []).map(open);
    expect(opened.map(({ type, body }) => [type, body.toString()])).toEqual(sent.map((text) => [1, text]));
  }
  a.close('replaced');
});
