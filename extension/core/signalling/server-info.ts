import * as v from 'valibot';
import { within } from '../shared/abort.ts';
import { AppError } from '../shared/errors.ts';
import type { ServerAddress } from './server-address.ts';

const ServerInfo = v.object({
  pairwise: v.literal(1),
  timeMs: v.pipe(v.number(), v.integer(), v.minValue(1)),
  features: v.pipe(v.array(v.pipe(v.string(), v.maxLength(32))), v.maxLength(32)),
});

/** What answers at an address: a server of ours, or another PeerJS server. */
export type ServerKind = { kind: 'pairwise'; offsetMs: number; features: readonly string[] } | { kind: 'stock' };

const ANSWER_LIMIT_MS = 6_000;
const MAX_ANSWER_BYTES = 8_192;

/**
 * Asks the server who it is and what time it has. `offsetMs` is how far its clock is ahead of ours.
 * @throws AppError `server-unreachable` when nothing answers.
 */
export async function probeServer(address: ServerAddress): Promise<ServerKind> {
  const url = `${address.url}/pairwise`;
  const sentAt = Date.now();
  const info = await within(read(url), ANSWER_LIMIT_MS, 'server-unreachable').catch(() => null);
  if (info) {
    const offsetMs = Math.round(info.timeMs - (sentAt + Date.now()) / 2);
    return { kind: 'pairwise', offsetMs, features: info.features };
  }
  // A stock server doesn't let us read its 404, but it does answer.
  const answers = fetch(url, { mode: 'no-cors', cache: 'no-store' }).then(
    () => true,
    () => false,
  );
  if (await within(answers, ANSWER_LIMIT_MS, 'server-unreachable')) return { kind: 'stock' };
  throw new AppError('server-unreachable');
}

async function read(url: string): Promise<v.InferOutput<typeof ServerInfo> | null> {
  const response = await fetch(url, { cache: 'no-store', credentials: 'omit', redirect: 'error' });
  if (!response.ok || Number(response.headers.get('content-length') ?? 0) > MAX_ANSWER_BYTES) return null;
  const parsed = v.safeParse(ServerInfo, await response.json());
  return parsed.success ? parsed.output : null;
}
