import { NO_ANSWER } from '../link/local-candidates.ts';
import type { DoctorFacts } from './facts.ts';
import type { Outcome } from './findings.ts';
import { type Gathered, gather } from './gather.ts';

/** Twice what a slow line needs; who is silent for so long won't answer. */
const OWN_LIMIT_MS = 5_000;
const STUN_LIMIT_MS = 6_000;
const TURN_LIMIT_MS = 8_000;
/** What a TURN server says to a credential that it doesn't know, or no longer (RFC 8489, RFC 8656). */
const REFUSALS: readonly number[] = [401, 403, 431, 437, 438, 441, 486];

export type TurnTransport = 'udp' | 'tcp' | 'tls';
type IceServers = DoctorFacts['iceServers'];

/** Whether the browser lets WebRTC out at all: policies and extensions that forbid it leave no candidate of the computer's own. */
export async function checkWebRtc(signal: AbortSignal): Promise<Outcome> {
  if (typeof RTCPeerConnection === 'undefined') return { finding: 'webrtc-off' };
  let found: Gathered;
  try {
    found = await gather({ iceServers: [], limitMs: OWN_LIMIT_MS, signal, isEnough: isOwnUdp });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DOMException) return { finding: 'webrtc-off' };
    throw error;
  }
  if (!found.candidates.some(isOwnUdp)) return { finding: 'webrtc-no-udp' };
  return { finding: (await isLocalNetworkDenied()) ? 'local-denied' : 'webrtc-free' };
}

/** Whether one of the STUN servers answers over UDP. */
export async function checkStun(iceServers: IceServers, signal: AbortSignal): Promise<Outcome> {
  const servers = serversWith(iceServers, (url) => /^stuns?:/i.test(url));
  if (servers.length === 0) return { finding: 'not-set-up' };
  const startedAt = performance.now();
  if (!(await stunAnswers(servers, signal))) return { finding: 'stun-silent' };
  return { finding: 'stun-answers', ms: performance.now() - startedAt };
}

async function stunAnswers(iceServers: IceServers, signal: AbortSignal): Promise<boolean> {
  const isReflexive = ({ type }: RTCIceCandidate) => type === 'srflx';
  const found = await gather({ iceServers, limitMs: STUN_LIMIT_MS, signal, isEnough: isReflexive });
  // A computer without a NAT is told the address that it has, and such a candidate is left out: then nobody complained either.
  const isOwnAddress = found.isComplete && found.errorCodes.length === 0 && found.candidates.some(isOwnUdp);
  return isOwnAddress || found.candidates.some(isReflexive);
}

/** Whether each TURN url of this transport gives a relayed address. */
export async function checkTurn(
  iceServers: IceServers,
  transport: TurnTransport,
  signal: AbortSignal,
): Promise<Outcome> {
  const servers = serversWith(iceServers, (url) => transportOf(url) === transport).flatMap((server) =>
    server.urls.map((url) => ({ ...server, url })),
  );
  if (servers.length === 0) return { finding: 'not-set-up' };
  const startedAt = performance.now();
  let ms = 0;
  const answers = await Promise.all(
    servers.map(async ({ url, ...server }) => {
      const answer = await askTurn({ ...server, urls: [url] }, signal);
      if (answer === 'relays') ms ||= performance.now() - startedAt;
      return answer;
    }),
  );
  return turnOutcome(answers, ms);
}

export type TurnAnswer = 'relays' | 'open' | 'refused' | 'silent';

/** What the answers of all urls of one transport mean, in the order in which the server names them. */
export function turnOutcome(answers: readonly TurnAnswer[], ms: number): Outcome {
  if (answers.includes('open')) return { finding: 'turn-open' };
  const numbers = answers.flatMap((answer, index) => (answer === 'relays' ? [] : [index + 1]));
  if (numbers.length === 0) return { finding: 'turn-relays', ms };
  if (numbers.length < answers.length) return { finding: 'turn-partly', ms, numbers };
  return { finding: answers.includes('refused') ? 'turn-refused' : 'turn-silent' };
}

async function askTurn(server: IceServers[number], signal: AbortSignal): Promise<TurnAnswer> {
  const isOpen = isThereForStun(server, signal);
  isOpen.catch(() => {}); // Where there is an answer, nobody waits for it.
  const isRelayed = ({ type }: RTCIceCandidate) => type === 'relay';
  const limitMs = TURN_LIMIT_MS;
  const found = await gather({ iceServers: [server], limitMs, signal, isEnough: isRelayed, isRelayOnly: true });
  if (found.candidates.some(isRelayed)) return 'relays';
  if (found.errorCodes.some((code) => REFUSALS.includes(code))) return 'refused';
  // Any other word of it, as that it is full, isn't what a server without passwords says.
  const isMute = found.errorCodes.every((code) => code === NO_ANSWER);
  return isMute && (await isOpen) ? 'open' : 'silent';
}

/**
 * Whether a TURN server over UDP answers STUN. One that asks for no password answers TURN too, but without the proof that it knows one,
 * and browsers take such an answer for none.
 */
async function isThereForStun({ urls }: IceServers[number], signal: AbortSignal): Promise<boolean> {
  const stunUrls = urls
    .filter((url) => transportOf(url) === 'udp')
    .map((url) => `stun:${url.slice('turn:'.length).replace(/\?.*$/, '')}`);
  return stunUrls.length > 0 && stunAnswers([{ urls: stunUrls }], signal);
}

/** How a TURN url is reached; null where it is none (RFC 7065). */
export function transportOf(url: string): TurnTransport | null {
  if (/^turns:/i.test(url)) return /[?&]transport=udp\b/i.test(url) ? null : 'tls';
  if (!/^turn:/i.test(url)) return null;
  return /[?&]transport=tcp\b/i.test(url) ? 'tcp' : 'udp';
}

function serversWith(iceServers: IceServers, isWanted: (url: string) => boolean): IceServers {
  return iceServers
    .map((server) => ({ ...server, urls: server.urls.filter(isWanted) }))
    .filter(({ urls }) => urls.length > 0);
}

function isOwnUdp({ type, protocol }: RTCIceCandidate): boolean {
  return type === 'host' && protocol === 'udp';
}

/** Newer Chromium asks a person before a page may reach the network around the computer. */
async function isLocalNetworkDenied(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: 'local-network-access' as PermissionName });
    return state === 'denied';
  } catch {
    return false; // This browser knows no such permission.
  }
}
