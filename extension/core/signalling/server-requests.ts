import { within } from '../shared/abort.ts';
import { AppError } from '../shared/errors.ts';
import type { Broker } from './broker.ts';
import type { ServerAnswer, ServerRequest } from './server-messages.ts';

/** The server answers at once, or not at all. */
const ANSWER_LIMIT_MS = 8_000;

let lastNumber = 0;
/** A number that no other request of this document has. */
export const requestNumber = (): number => ++lastNumber;

/** Asks the server and waits for the answer of the same number. @throws AppError `server-unreachable`; the signal's reason. */
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
    return await within(answered, limitMs, 'server-unreachable', signal);
  } finally {
    done.abort();
  }
}
