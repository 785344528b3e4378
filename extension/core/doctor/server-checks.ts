import { delay } from '../shared/abort.ts';
import { errorCode } from '../shared/errors.ts';
import { parseServerAddress } from '../signalling/server-address.ts';
import { probeServer } from '../signalling/server-info.ts';
import type { DoctorFacts } from './facts.ts';
import type { Outcome } from './findings.ts';

/** Certificates and credentials allow for less than this. */
const MAX_CLOCK_ERROR_MS = 5 * 60_000;
const LOOPBACK = /^https?:\/\/(localhost|127\.[\d.]+|\[::1\])(?=[:/]|$)/;
const ASK_AGAIN_MS = 500;

export interface ServerSeen {
  readonly server: Outcome;
  readonly clock: Outcome;
}

/** Asks the server over HTTP who it is, how long that takes, and what time it has. */
export async function checkServer(serverUrl: string): Promise<ServerSeen> {
  const startedAt = performance.now();
  try {
    const found = await probeServer(parseServerAddress(serverUrl));
    const ms = performance.now() - startedAt;
    if (found.kind === 'stock') return { server: { finding: 'server-stock', ms }, clock: { finding: 'clock-untold' } };
    const offMs = Math.abs(found.offsetMs);
    const clock: Outcome = { finding: offMs > MAX_CLOCK_ERROR_MS ? 'clock-wrong' : 'clock-right', ms: offMs };
    return { server: { finding: 'server-ours', ms }, clock };
  } catch (error) {
    if (errorCode(error) === 'internal') throw error;
    return {
      // A server on this computer needs no network.
      server: { finding: navigator.onLine || LOOPBACK.test(serverUrl) ? 'server-unreachable' : 'no-network' },
      clock: { finding: 'needs-server' },
    };
  }
}

/** Waits until this device has its place on the server's WebSocket, whatever it takes: the caller has a limit. */
export async function signedIn(
  facts: DoctorFacts,
  askFacts: () => Promise<DoctorFacts>,
  signal: AbortSignal,
): Promise<void> {
  let newest = facts;
  while (newest.serverStatus !== 'online') {
    await delay(ASK_AGAIN_MS, signal);
    newest = await askFacts();
  }
}
