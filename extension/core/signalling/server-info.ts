import * as v from 'valibot';
import { within } from '../shared/abort.ts';
import { concat, utf8 } from '../shared/bytes.ts';
import { AppError } from '../shared/errors.ts';
import { type MessageRate, USUAL_RATE } from './send-pace.ts';
import type { ServerAddress } from './server-address.ts';

const Rate = v.pipe(v.number(), v.minValue(1), v.maxValue(1e6));
const Limits = v.object({ messageBurst: Rate, messagesPerSecond: Rate });

const ServerInfo = v.object({
  pairwise: v.literal(1),
  timeMs: v.pipe(v.number(), v.integer(), v.minValue(1)),
  features: v.pipe(v.array(v.pipe(v.string(), v.maxLength(32))), v.maxLength(32)),
  limits: v.fallback(v.nullable(Limits), null),
});

/** What answers at an address: a server of ours, or another PeerJS server. */
export type ServerKind =
  | { kind: 'pairwise'; offsetMs: number; features: readonly string[]; rate: MessageRate }
  | { kind: 'stock' };

const ANSWER_LIMIT_MS = 6_000;
const MAX_ANSWER_BYTES = 8_192;

/**
 * Asks the server who it is and what time it has. `offsetMs` is how far its clock is ahead of ours.
 * @throws AppError `server-unreachable` when neither answers.
 */
export async function probeServer(address: ServerAddress): Promise<ServerKind> {
  const url = `${address.url}/pairwise`;
  const sentAt = Date.now();
  const info = await within(read(url), ANSWER_LIMIT_MS, 'server-unreachable').catch(() => null);
  if (info) {
    const offsetMs = Math.round(info.timeMs - (sentAt + Date.now()) / 2);
    const { features, limits } = info;
    const rate = limits ? { burst: limits.messageBurst, perSecond: limits.messagesPerSecond } : USUAL_RATE;
    return { kind: 'pairwise', offsetMs, features, rate };
  }
  if (await within(isStock(address), ANSWER_LIMIT_MS, 'server-unreachable').catch(() => false))
    return { kind: 'stock' };
  throw new AppError('server-unreachable');
}

/**
 * Whether it hands out ids, as every PeerJS server does and lets each page read. That something answers isn't enough: before a server
 * that is down a proxy does.
 */
async function isStock(address: ServerAddress): Promise<boolean> {
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const url = `${address.url}/peerjs/id`;
  const response = await fetch(url, { cache: 'no-store', credentials: 'omit', redirect: 'error', signal });
  await response.body?.cancel();
  return response.ok;
}

async function read(url: string): Promise<v.InferOutput<typeof ServerInfo> | null> {
  const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
  const response = await fetch(url, { cache: 'no-store', credentials: 'omit', redirect: 'error', signal });
  const text = response.ok && response.body ? await readText(response.body) : null;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), ServerInfo), text);
  return parsed.success ? parsed.output : null;
}

/** Null for more than an answer of ours can have: whoever answers may go on for ever. */
async function readText(body: ReadableStream<Uint8Array>): Promise<string | null> {
  const reader = body.getReader();
  let bytes = new Uint8Array();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return utf8.decode(bytes);
    bytes = concat(bytes, value);
    if (bytes.length <= MAX_ANSWER_BYTES) continue;
    await reader.cancel();
    return null;
  }
}
