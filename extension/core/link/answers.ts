import { within } from '../shared/abort.ts';
import type { Link } from './link.ts';

/** Asks for a sign of life and tells whether the other side gave one within `limitMs`: then the link works both ways. Never rejects. */
export async function answers(link: Link, limitMs: number): Promise<boolean> {
  let stop = () => {};
  const changed = new Promise<boolean>((resolve) => {
    // A heartbeat that was answered, or the browser's doubt.
    stop = link.onChange(() => resolve(!link.isSuspect));
  });
  link.probe();
  const gone = link.closed.then(() => false);
  const isAnswered = await within(Promise.race([changed, gone]), limitMs, 'timed-out').catch(() => false);
  stop();
  return isAnswered;
}
