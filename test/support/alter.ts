import { fromBase64Url, toBase64Url } from '../../extension/core/shared/bytes.ts';
import { flipped } from './crypto.ts';
import type { Passing } from './hostile-server.ts';

/* What a hostile server does to single messages. */

/** The open message of ours inside, if there is one. */
export function ownMessage({ payload }: Passing): Record<string, unknown> | null {
  if (typeof payload !== 'object' || payload === null || !('pairwise' in payload)) return null;
  return Object(payload.pairwise);
}

/** `pair 1` to `pair 4`, `knock`, `welcome`, …, `sealed`, or the type in PeerJS's own words. */
export function kindOf(message: Passing): string {
  const own = ownMessage(message);
  if (own) return own.type === 'pair' ? `pair ${own.step}` : String(own.type);
  const { payload } = message;
  return typeof payload === 'object' && payload !== null && 'c' in payload ? 'sealed' : message.type;
}

/** The same base64url with the lowest bit of one byte turned over. */
export function altered(text: unknown, index: number): string {
  const bytes = fromBase64Url(String(text));
  if (!bytes) throw new Error('not base64url');
  return toBase64Url(flipped(bytes, index));
}

/** The same message with one byte of what it carries turned over: of its body, its handshake, its challenge. */
export function withByteTurned(message: Passing, index: number): Passing {
  const own = ownMessage(message);
  if (!own) return message;
  const field = ['body', 'noise', 'challenge'].find((name) => name in own) ?? '';
  return { ...message, payload: { pairwise: { ...own, [field]: altered(own[field], index) } } };
}

/** The same sealed message with other fields. */
export function withSealed(message: Passing, change: (sealed: Record<string, unknown>) => object): Passing {
  const sealed: Record<string, unknown> = Object(message.payload);
  return { ...message, payload: { ...sealed, ...change(sealed) } };
}
