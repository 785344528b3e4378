import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js';

/*
 * A second implementation of what PROTOCOL.md says, written from the document on node's own cryptography (and the ristretto255 group of
 * noble). It shares no code with the extension: where both agree, the document is precise enough.
 */

const utf8 = (text: string) => Buffer.from(text, 'utf8');

/** `lv`: each field after its length, seven bits a byte. */
export function lv(...fields: (Buffer | string)[]): Buffer {
  return Buffer.concat(
    fields.flatMap((field) => {
      const bytes = Buffer.from(field);
      const length: number[] = [];
      for (let rest = bytes.length; ; rest >>= 7) {
        if (rest < 128) {
          length.push(rest);
          return [Buffer.from(length), bytes];
        }
        length.push((rest % 128) + 128);
      }
    }),
  );
}

const sha512 = (bytes: Buffer) => createHash('sha512').update(bytes).digest();
const hkdf = (secret: Buffer, salt: Buffer, info: Buffer | string, size: number) =>
  Buffer.from(hkdfSync('sha256', secret, salt, info, size));

function chacha(key: Buffer, nonce: Buffer, aad: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  cipher.setAAD(aad, { plaintextLength: plain.length });
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

export function unchacha(key: Buffer, nonce: Buffer, aad: Buffer, sealed: Buffer): Buffer {
  const cipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: 16 });
  const plain = sealed.subarray(0, -16);
  cipher.setAAD(aad, { plaintextLength: plain.length });
  cipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

/** A device: X25519 and Ed25519. */
export function secondDevice() {
  const identity = generateKeyPairSync('x25519');
  const raw = (key: KeyObject) => Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url');
  for (;;) {
    const routing = generateKeyPairSync('ed25519');
    const id = createHash('sha256').update(raw(routing.publicKey)).digest().subarray(0, 16).toString('base64url');
    if (!/^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$/.test(id)) continue;
    return {
      id,
      ik: raw(identity.publicKey),
      rk: raw(routing.publicKey),
      sign: (message: Buffer) => sign(null, message, routing.privateKey),
      dh: (theirs: Buffer) =>
        diffieHellman({
          privateKey: identity.privateKey,
          publicKey: createPublicKey({
            key: { kty: 'OKP', crv: 'X25519', x: theirs.toString('base64url') },
            format: 'jwk',
          }),
        }),
    };
  }
}

/** The joiner's side of a pairing. */
export function secondJoiner(device: ReturnType<typeof secondDevice>, hostId: string, sidH: Buffer, secret: Buffer) {
  const nJ = randomBytes(16);
  const sid = Buffer.concat([sidH, nJ]);
  const prs = Buffer.concat([utf8('pairwise/pair/v1'), secret]);
  const dsi = 'CPaceRistretto255';
  const padding = Buffer.alloc(Math.max(0, 128 - 1 - lv(prs).length - lv(dsi).length));
  const generator = ristretto255_hasher.deriveToCurve?.(sha512(lv(dsi, prs, padding, lv(device.id, hostId), sid)));
  if (!generator) throw new Error('no group');
  const y = BigInt(`0x0${randomBytes(32).toString('hex').slice(1)}`);
  const ya = Buffer.from(generator.multiply(y).toBytes());
  const head = (kind: number, ...rest: Buffer[]) => Buffer.concat([Buffer.from([1, kind]), ...rest]);
  const adJ = lv('pairwise/pair/join', device.id);
  const adH = lv('pairwise/pair/host', hostId);
  let yb: Buffer = Buffer.alloc(0);
  let isk: Buffer = Buffer.alloc(0);
  const key = (label: string, size = 32) => hkdf(isk, sid, `pairwise/pair/v1/${label}`, size);

  return {
    p1: head(1, nJ, ya),
    p3(p2: Buffer, name: string): Buffer {
      yb = p2.subarray(2, 34);
      const k = Buffer.from(ristretto255.Point.fromBytes(yb).multiply(y).toBytes());
      isk = sha512(Buffer.concat([lv(`${dsi}_ISK`, sid, k), lv(ya, adJ), lv(yb, adH)]));
      const macKey = sha512(Buffer.concat([utf8('CPaceMac'), sid, isk]));
      const mac = (message: Buffer) => createHmac('sha512', macKey).update(message).digest();
      if (!mac(lv(yb, adH)).equals(p2.subarray(34))) throw new Error('wrong code');
      const signature = device.sign(lv('pairwise/pair/join', sid, ya, yb, device.ik, device.rk));
      const text = utf8(name);
      const card = Buffer.concat([device.ik, device.rk, signature, Buffer.from([text.length]), text]);
      const padded = Buffer.concat([card, Buffer.alloc(249 - card.length)]);
      const open = head(3, mac(lv(ya, adJ)));
      return Buffer.concat([open, chacha(key('enc join>host'), Buffer.alloc(12), open, padded)]);
    },
    finish(p4: Buffer) {
      const card = unchacha(key('enc host>join'), Buffer.alloc(12), p4.subarray(0, 2), p4.subarray(2));
      const [ik, rk, signature] = [card.subarray(0, 32), card.subarray(32, 64), card.subarray(64, 128)];
      const signed = lv('pairwise/pair/host', sid, ya, yb, ik, rk);
      const publicKey = createPublicKey({
        key: { kty: 'OKP', crv: 'Ed25519', x: rk.toString('base64url') },
        format: 'jwk',
      });
      if (!verify(null, signed, publicKey, signature)) throw new Error('not signed');
      const name = card.subarray(129, 129 + (card[128] ?? 0)).toString('utf8');
      return { ik, rk, name, root: key('root psk'), verifier: key('verifier', 9) };
    },
  };
}

/** The psk of every handshake after a pairing. */
export const secondPsk = (root: Buffer) => hkdf(root, Buffer.alloc(0), 'pairwise/kk/v1 psk', 32);

/** What ends a pairing. */
export const secondUnpairProof = (root: Buffer) =>
  createHmac('sha256', hkdf(root, Buffer.alloc(0), 'pairwise/bye/v1', 32))
    .update('bye')
    .digest();

/** The keys of a session. */
export function secondSessionKeys(hash: Buffer, fromInitiator: Buffer, fromResponder: Buffer) {
  const derive = (label: string, part: string) =>
    hkdf(Buffer.concat([fromInitiator, fromResponder]), hash, lv(label, part), 32);
  return {
    initiator: derive('pairwise/sig/v1', 'initiator'),
    responder: derive('pairwise/sig/v1', 'responder'),
    relay: derive('pairwise/relay/v1', 'secret'),
  };
}

/** Opens one payload of sealed signalling. */
export function secondUnseal(
  key: Buffer,
  src: string,
  dst: string,
  payload: { s: string; n: number; c: string },
): unknown {
  const n = Buffer.alloc(8);
  n.writeBigUInt64BE(BigInt(payload.n));
  const aad = lv('pairwise/sig/v1', src, dst, Buffer.from(payload.s, 'base64url'), n);
  const plain = unchacha(key, Buffer.concat([Buffer.alloc(4), n]), aad, Buffer.from(payload.c, 'base64url'));
  return JSON.parse(plain.toString('utf8'));
}

/** Opens the frames of one direction of one relay lane, in their order. */
export function secondRelayOpener(secret: Buffer, rI: Buffer, rR: Buffer, room: string, sender: string, lane: string) {
  let key = hkdf(secret, Buffer.concat([rI, rR]), lv('pairwise/relay/v1', room, sender, lane), 32);
  let epoch = 0;
  return (frame: Buffer): { type: number; body: Buffer } => {
    if (frame.readUInt32BE(2) === epoch + 1) {
      key = hkdf(key, Buffer.alloc(0), 'pairwise/relay/v1/next', 32);
      epoch += 1;
    }
    const cipher = createDecipheriv('aes-256-gcm', key, frame.subarray(2, 14));
    cipher.setAAD(frame.subarray(0, 14));
    cipher.setAuthTag(frame.subarray(-16));
    return {
      type: frame[1] ?? 0,
      body: Buffer.concat([cipher.update(frame.subarray(14, -16)), cipher.final()]),
    };
  };
}
