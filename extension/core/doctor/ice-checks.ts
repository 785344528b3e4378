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
  const isReflexive = ({ type }: RTCIceCandidate) => type === 'srflx';
  const found = await gather({ iceServers: servers, limitMs: STUN_LIMIT_MS, signal, isEnough: isReflexive });
  const ms = performance.now() - startedAt;
  // A computer without a NAT is told the address that it has, and such a candidate is left out: then nobody complained either.
  const isOwnAddress = found.isComplete && found.errorCodes.length === 0 && found.candidates.some(isOwnUdp);
  const answers = isOwnAddress || found.candidates.some(isReflexive);
  return answers ? { finding: 'stun-answers', ms } : { finding: 'stun-silent' };
}

/** Whether one of the TURN servers gives a relayed address, reached in this way. */
export async function checkTurn(
  iceServers: IceServers,
  transport: TurnTransport,
  signal: AbortSignal,
): Promise<Outcome> {
  const servers = serversWith(iceServers, (url) => transportOf(url) === transport);
  if (servers.length === 0) return { finding: 'not-set-up' };
  const startedAt = performance.now();
  const isRelayed = ({ type }: RTCIceCandidate) => type === 'relay';
  const found = await gather({
    iceServers: servers,
    limitMs: TURN_LIMIT_MS,
    signal,
    isEnough: isRelayed,
    isRelayOnly: true,
  });
  if (found.candidates.some(isRelayed)) return { finding: 'turn-relays', ms: performance.now() - startedAt };
  return { finding: found.errorCodes.some((code) => REFUSALS.includes(code)) ? 'turn-refused' : 'turn-silent' };
}

/** How a TURN url is reached; null where it is none (RFC 7065). */
export function transportOf(url: string): TurnTransport | null {
  if (/^turns:/i.test(url)) return /[?&]transport=udp\b/i.test(url) ? null : 'tls';
  if (!/^turn:/i.test(url)) return null;
  return /[?&]transport=tcp\b/i.test(url) ? 'tcp' : 'udp';
}

function serversWith(iceServers: IceServers, isWanted: (url: string) => boolean): RTCIceServer[] {
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
