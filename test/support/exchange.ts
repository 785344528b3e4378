import { type DeviceKeys, makeDeviceKeys, openDeviceKeys } from '../../extension/core/crypto/device-keys.ts';
import { HostExchange, JoinExchange } from '../../extension/core/pairing/exchange.ts';
import type { PairingSelf } from '../../extension/core/pairing/exchange-run.ts';
import { utf8 } from '../../extension/core/shared/bytes.ts';

/** A device with keys of its own. */
export async function device(name: string): Promise<PairingSelf> {
  return { keys: await openDeviceKeys(await makeDeviceKeys()), name };
}

/** The same device under an id that its routing key doesn't own. */
export function under(id: string, self: PairingSelf): PairingSelf {
  return { ...self, keys: { ...self.keys, id } };
}

/** The same device with some of its keys replaced. */
export function withKeys(self: PairingSelf, keys: Partial<DeviceKeys>): PairingSelf {
  return { ...self, keys: { ...self.keys, ...keys } };
}

export interface ExchangeOptions {
  typed?: string;
  shown?: string;
  /** Whom the host is told it talks to. */
  claimedJoinId?: string;
  /** Whom the joiner is told it talks to. */
  claimedHostId?: string;
  sidH?: Uint8Array;
}

/** Both sides of one pairing, nothing sent yet. */
export function bothSides(join: PairingSelf, host: PairingSelf, options: ExchangeOptions = {}) {
  const sidH = options.sidH ?? crypto.getRandomValues(new Uint8Array(16));
  const shown = utf8.encode(options.shown ?? 'acid-zebra');
  const typed = utf8.encode(options.typed ?? options.shown ?? 'acid-zebra');
  const joinId = options.claimedJoinId ?? join.keys.id;
  const hostExchange = new HostExchange({ self: host, sidH, secret: shown });
  const joinExchange = new JoinExchange({
    self: join,
    hostId: options.claimedHostId ?? host.keys.id,
    sidH,
    secret: typed,
  });
  return { join: joinExchange, host: hostExchange, joinId };
}

/** What stands between the two and may give other bytes on. */
export type Middle = (step: 1 | 2 | 3 | 4, message: Uint8Array) => Uint8Array;

/** Runs a pairing through `middle`. */
export async function runExchange(sides: ReturnType<typeof bothSides>, middle: Middle = (_, message) => message) {
  const { join, host, joinId } = sides;
  const p2 = host.answer(joinId, middle(1, join.message));
  const { message: p3, verifier: joinVerifier } = await join.prove(middle(2, p2));
  const seen = await host.verify(middle(3, p3));
  const { message: p4, pairing: atHost } = await host.confirm();
  const atJoin = await join.finish(middle(4, p4));
  return { atJoin, atHost, seen, joinVerifier, messages: [join.message, p2, p3, p4] };
}
