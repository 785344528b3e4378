import { delay } from '../shared/abort.ts';

/** What ICE found for itself. */
export interface Gathered {
  readonly candidates: readonly RTCIceCandidate[];
  /** Codes of what STUN and TURN servers answered instead, RFC 8489 section 14.8; 701 where none answered. */
  readonly errorCodes: readonly number[];
  /** Whether there was nothing more to come, within the limit. */
  readonly isComplete: boolean;
}

export interface GatherOptions {
  readonly iceServers: RTCIceServer[];
  readonly limitMs: number;
  readonly signal: AbortSignal;
  /** A candidate that answers the question: nothing more is waited for. */
  isEnough(candidate: RTCIceCandidate): boolean;
  /** Only what TURN servers relay. */
  readonly isRelayOnly?: boolean;
}

/**
 * Has the browser look for its own candidates, and offers them to nobody.
 * @throws DOMException, ReferenceError where the browser has no WebRTC; the signal's reason when aborted.
 */
export async function gather(options: GatherOptions): Promise<Gathered> {
  const { iceServers, limitMs, signal, isEnough, isRelayOnly = false } = options;
  const connection = new RTCPeerConnection({ iceServers, iceTransportPolicy: isRelayOnly ? 'relay' : 'all' });
  const candidates: RTCIceCandidate[] = [];
  const errorCodes: number[] = [];
  const done = new AbortController();
  try {
    const ended = new Promise<boolean>((resolve) => {
      connection.onicecandidate = ({ candidate }) => {
        // An empty candidate line ends one generation, null ends all.
        if (candidate === null) resolve(true);
        else if (candidate.candidate !== '') {
          candidates.push(candidate);
          if (isEnough(candidate)) resolve(false);
        }
      };
      connection.onicecandidateerror = ({ errorCode }) => errorCodes.push(errorCode);
    });
    connection.createDataChannel('doctor');
    await connection.setLocalDescription();
    const over = delay(limitMs, AbortSignal.any([signal, done.signal])).then(() => false);
    over.catch(() => {}); // Ended below.
    const isComplete = await Promise.race([ended, over]);
    signal.throwIfAborted();
    return { candidates, errorCodes, isComplete };
  } finally {
    done.abort();
    connection.close();
  }
}
