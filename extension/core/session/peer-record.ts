import { noisePsk } from '../crypto/session-keys.ts';
import { verifierWords } from '../crypto/verifier.ts';
import type { Pairing } from '../pairing/exchange-run.ts';
import { concat } from '../shared/bytes.ts';
import type { PeerCredentials } from '../signalling/handshake.ts';
import type { StoredPeer } from './database.ts';
import type { PeerState } from './state.ts';

/** How a peer is shown that ended the pairing. */
export const UNPAIRED = {
  presence: 'offline' as const,
  connection: { state: 'failed' as const, code: 'peer-unpaired' as const },
};
/** How a peer is shown that is blocked here. */
export const BLOCKED = {
  presence: 'offline' as const,
  connection: { state: 'failed' as const, code: 'peer-blocked' as const },
};

/** What is kept of a pairing. `known`: the same peer before, whose name and settings stay. */
export function recordOf({ peer, root, verifier }: Pairing, known: StoredPeer | undefined): StoredPeer {
  return {
    id: peer.id,
    name: peer.name,
    ownName: known?.ownName ?? null,
    pairedAt: Date.now(),
    lastSeenAt: known?.lastSeenAt ?? null,
    readAt: known?.readAt ?? 0,
    unpaired: false,
    blocked: false,
    acceptUpToBytes: known?.acceptUpToBytes ?? null,
    identityKey: concat(peer.identity),
    routingKey: concat(peer.routing),
    root,
    verifier: concat(verifier),
    lastTs: 0,
  };
}

/** How a peer is shown before anything is known of where it is. */
export function shownPeer(stored: StoredPeer, loaded: Pick<PeerState, 'timeline' | 'hasOlder' | 'unread'>): PeerState {
  return {
    id: stored.id,
    name: stored.ownName ?? stored.name,
    presence: 'offline',
    lastSeenAt: stored.lastSeenAt,
    connection: { state: 'offline' },
    typing: false,
    words: verifierWords(stored.verifier),
    blocked: stored.blocked,
    acceptUpToBytes: stored.acceptUpToBytes,
    ...loaded,
    ...(stored.unpaired && UNPAIRED),
    ...(stored.blocked && BLOCKED),
  };
}

/** What a handshake with this peer is made with. */
export function credentials({ identityKey, root, lastTs }: StoredPeer): PeerCredentials {
  return { identityKey, psk: () => noisePsk(root), lastTs };
}
