import { isPeerJsId } from '../shared/ids.ts';
import { type DhKey, dhKey, generateX25519 } from './dh.ts';
import { generateEd25519, peerIdOf, type RoutingKey, routingKey } from './routing-key.ts';

/** What is kept in IndexedDB, which takes non-extractable keys as they are. */
export interface StoredDeviceKeys {
  /** X25519: who this device is to its paired peers. */
  identity: CryptoKeyPair;
  /** Ed25519: whose id this is to the server. */
  routing: CryptoKeyPair;
}

/** The keys of this device, ready for use. */
export interface DeviceKeys {
  /** The PeerJS id that belongs to `routing`. */
  id: string;
  identity: DhKey;
  routing: RoutingKey;
}

/** Keys for a new device. About one routing key in ten has an id that PeerJS refuses; then another is made. */
export async function makeDeviceKeys(): Promise<StoredDeviceKeys> {
  const identity = await generateX25519();
  for (;;) {
    const routing = await generateEd25519();
    const { publicKey } = await routingKey(routing);
    if (isPeerJsId(await peerIdOf(publicKey))) return { identity, routing };
  }
}

/**
 * Makes stored keys usable.
 * @throws Error when what was stored is not what `makeDeviceKeys` gave.
 */
export async function openDeviceKeys(stored: StoredDeviceKeys): Promise<DeviceKeys> {
  expectPair(stored.identity, 'X25519', 'deriveBits');
  expectPair(stored.routing, 'Ed25519', 'sign');
  const [identity, routing] = await Promise.all([dhKey(stored.identity), routingKey(stored.routing)]);
  const id = await peerIdOf(routing.publicKey);
  if (!isPeerJsId(id)) throw new Error('stored routing key with an id that PeerJS refuses');
  return { id, identity, routing };
}

function expectPair({ publicKey, privateKey }: CryptoKeyPair, algorithm: string, usage: KeyUsage): void {
  const fits =
    publicKey.type === 'public' &&
    privateKey.type === 'private' &&
    publicKey.algorithm.name === algorithm &&
    privateKey.algorithm.name === algorithm &&
    privateKey.usages.includes(usage) &&
    !privateKey.extractable;
  if (!fits) throw new Error(`stored keys are not a sealed ${algorithm} pair`);
}
