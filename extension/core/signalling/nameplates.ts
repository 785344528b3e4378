import { AppError, type ErrorCode } from '../shared/errors.ts';
import type { Broker } from './broker.ts';
import type { NameplateAnswer, NameplateRequest } from './server-messages.ts';
import { askServer, requestNumber } from './server-requests.ts';

/* Nameplates of our own server: four digits that lead to the one who shows a code. */

const REFUSALS: Record<Extract<NameplateAnswer, { type: 'nameplate-refused' }>['code'], ErrorCode> = {
  unknown: 'code-unknown',
  'too-many': 'pairing-too-often',
  busy: 'pairing-busy',
  full: 'pairing-busy',
};

/** Gives this device a nameplate until it is claimed, closed, or `ttlMs` is over. @throws AppError */
export async function openNameplate(broker: Broker, sidH: string, signal: AbortSignal) {
  const answer = await ask(broker, { type: 'nameplate-open', n: requestNumber(), sidH }, signal);
  if (answer.type !== 'nameplate-opened') throw new AppError('message-invalid');
  return answer;
}

/** Asks once who shows a code; from then on nobody else is told. @throws AppError `code-unknown`, … */
export async function claimNameplate(broker: Broker, nameplate: string, signal: AbortSignal) {
  const answer = await ask(broker, { type: 'nameplate-claim', n: requestNumber(), nameplate }, signal);
  if (answer.type !== 'nameplate-claimed') throw new AppError('message-invalid');
  return answer;
}

/** Gives the nameplate up. Nobody waits for the answer. */
export function closeNameplate(broker: Broker): void {
  broker.ask({ type: 'nameplate-close', n: requestNumber() });
}

async function ask(broker: Broker, request: NameplateRequest, signal: AbortSignal) {
  const answer = await askServer(broker, request, { signal });
  if (answer.type === 'nameplate-refused') throw new AppError(REFUSALS[answer.code]);
  return answer;
}
