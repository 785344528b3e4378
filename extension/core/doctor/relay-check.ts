import * as v from 'valibot';
import type { DoctorFacts } from './facts.ts';
import type { Outcome } from './findings.ts';

/** What goes to and fro: a frame as large as those of a file. */
const PROBE_BYTES = 64 * 1_024;
const Joined = v.object({ type: v.literal('joined') });
/** `{"type":"joined"}` and some room. */
const MAX_TEXT_LENGTH = 64;

/** Opens a room of the relay with itself, and sends 64 KiB through it and back. */
export async function checkRelay({ hasRelay, relayUrls }: DoctorFacts, signal: AbortSignal): Promise<Outcome> {
  if (!hasRelay) return { finding: 'not-set-up' };
  if (!relayUrls) return { finding: 'relay-refused' };
  const probe = crypto.getRandomValues(new Uint8Array(PROBE_BYTES));
  const sockets: WebSocket[] = [];
  try {
    const doors = relayUrls.map((url) => {
      const socket = new WebSocket(url);
      socket.binaryType = 'arraybuffer';
      sockets.push(socket);
      return socket;
    });
    const [near, far] = doors as [WebSocket, WebSocket];
    await Promise.all([joined(near, signal), joined(far, signal)]);
    const startedAt = performance.now();
    const there = nextFrame(far, signal).then((frame) => far.send(frame));
    const back = nextFrame(near, signal);
    near.send(probe);
    const [, frame] = await Promise.all([there, back]);
    const isSame = frame.byteLength === PROBE_BYTES && new Uint8Array(frame).every((byte, at) => byte === probe[at]);
    return isSame ? { finding: 'relay-passes', ms: performance.now() - startedAt } : { finding: 'relay-silent' };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof RelayGone) return { finding: 'relay-silent' };
    throw error;
  } finally {
    for (const socket of sockets) socket.close();
  }
}

/** The socket closed, never opened, or said something else. */
class RelayGone extends Error {}

async function joined(socket: WebSocket, signal: AbortSignal): Promise<void> {
  const data = await nextMessage(socket, signal);
  if (typeof data !== 'string' || data.length > MAX_TEXT_LENGTH || !isJoined(data)) throw new RelayGone();
}

function isJoined(text: string): boolean {
  try {
    return v.is(Joined, JSON.parse(text));
  } catch {
    return false;
  }
}

async function nextFrame(socket: WebSocket, signal: AbortSignal): Promise<ArrayBuffer> {
  const data = await nextMessage(socket, signal);
  if (!(data instanceof ArrayBuffer) || data.byteLength > PROBE_BYTES) throw new RelayGone();
  return data;
}

function nextMessage(socket: WebSocket, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const ended = new AbortController();
    const end = (settle: () => void) => {
      ended.abort();
      settle();
    };
    const only = { signal: ended.signal };
    socket.addEventListener('message', ({ data }) => end(() => resolve(data)), only);
    socket.addEventListener('close', () => end(() => reject(new RelayGone())), only);
    socket.addEventListener('error', () => end(() => reject(new RelayGone())), only);
    signal.addEventListener('abort', () => end(() => reject(signal.reason)), only);
  });
}
