import { within } from '../shared/abort.ts';
import { AppError, errorCode } from '../shared/errors.ts';
import type { Broker } from './broker.ts';
import type { ServerAnswer, ServerRequest } from './server-messages.ts';

/** The server answers at once, or not at all. */
const ANSWER_LIMIT_MS = 8_000;

let lastNumber = 0;
/** A number that no other request of this document has. */
export const requestNumber = (): number => ++lastNumber;

/**
 * Asks the server and waits for the answer of the same number. Without one the socket is checked: it may be dead.
 * @throws AppError `server-unreachable`; the signal's reason.
 */
export async function askServer(
  broker: Broker,
  request: ServerRequest,
  { signal, limitMs = ANSWER_LIMIT_MS }: { signal?: AbortSignal; limitMs?: number } = {},
): Promise<ServerAnswer> {
  const done = new AbortController();
  const answered = new Promise<ServerAnswer>((resolve) => {
    const stop = broker.onAnswer((answer) => {
      if (answer.n === request.n) resolve(answer);
    });
    done.signal.addEventListener('abort', stop);
  });
  try {
    if (!broker.ask(request)) throw new AppError('server-unreachable');
    return await within(answered, limitMs, 'timed-out', signal);
  } catch (error) {
    if (errorCode(error) !== 'timed-out') throw error;
    broker.check();
    throw new AppError('server-unreachable');
  } finally {
    done.abort();
  }
}
