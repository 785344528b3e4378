import * as v from 'valibot';
import { within } from '../shared/abort.ts';
import { AppError, type ErrorCode } from '../shared/errors.ts';
import { PeerId } from '../shared/schemas.ts';
import type { Broker } from './broker.ts';

/*
 * Nameplates of our own server: four digits that lead to the one who shows a code. The same layouts as peer-server/protocol.ts, kept
 * apart because the extension trusts no server, its own neither.
 */

const RequestNumber = v.pipe(v.number(), v.integer(), v.minValue(0));
const Nameplate = v.pipe(v.string(), v.regex(/^\d{4}$/));
const SidH = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{21}[AQgw]$/));

export type NameplateRequest =
  | { type: 'nameplate-open'; n: number; sidH: string }
  | { type: 'nameplate-claim'; n: number; nameplate: string }
  | { type: 'nameplate-close'; n: number };

export const NameplateAnswer = v.variant('type', [
  v.object({
    type: v.literal('nameplate-opened'),
    n: RequestNumber,
    nameplate: Nameplate,
    ttlMs: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3_600_000)),
    threeWords: v.boolean(),
  }),
  v.object({ type: v.literal('nameplate-claimed'), n: RequestNumber, hostId: PeerId, sidH: SidH }),
  v.object({ type: v.literal('nameplate-closed'), n: RequestNumber }),
  v.object({
    type: v.literal('nameplate-refused'),
    n: RequestNumber,
    code: v.picklist(['unknown', 'too-many', 'busy', 'full']),
  }),
]);
export type NameplateAnswer = v.InferOutput<typeof NameplateAnswer>;

/** The server answers at once, or not at all. */
const ANSWER_LIMIT_MS = 8_000;
const REFUSALS: Record<Extract<NameplateAnswer, { type: 'nameplate-refused' }>['code'], ErrorCode> = {
  unknown: 'code-unknown',
  'too-many': 'pairing-too-often',
  busy: 'pairing-busy',
  full: 'pairing-busy',
};

let lastNumber = 0;

/** Gives this device a nameplate until it is claimed, closed, or `ttlMs` is over. @throws AppError */
export async function openNameplate(broker: Broker, sidH: string, signal: AbortSignal) {
  const answer = await ask(broker, { type: 'nameplate-open', n: ++lastNumber, sidH }, signal);
  if (answer.type !== 'nameplate-opened') throw new AppError('message-invalid');
  return answer;
}

/** Asks once who shows a code; from then on nobody else is told. @throws AppError `code-unknown`, … */
export async function claimNameplate(broker: Broker, nameplate: string, signal: AbortSignal) {
  const answer = await ask(broker, { type: 'nameplate-claim', n: ++lastNumber, nameplate }, signal);
  if (answer.type !== 'nameplate-claimed') throw new AppError('message-invalid');
  return answer;
}

/** Gives the nameplate up. Nobody waits for the answer. */
export function closeNameplate(broker: Broker): void {
  broker.ask({ type: 'nameplate-close', n: ++lastNumber });
}

async function ask(broker: Broker, request: NameplateRequest, signal: AbortSignal): Promise<NameplateAnswer> {
  const done = new AbortController();
  const answered = new Promise<NameplateAnswer>((resolve) => {
    const stop = broker.onAnswer((answer) => {
      if (answer.n === request.n) resolve(answer);
    });
    done.signal.addEventListener('abort', stop);
  });
  try {
    if (!broker.ask(request)) throw new AppError('server-unreachable');
    const answer = await within(answered, ANSWER_LIMIT_MS, 'server-unreachable', signal);
    if (answer.type === 'nameplate-refused') throw new AppError(REFUSALS[answer.code]);
    return answer;
  } finally {
    done.abort();
  }
}
