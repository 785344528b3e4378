import type { StoredPeer } from './database.ts';

/** A pairing made anew replaces the old one only when the peer has proven it; until then this long. */
const RENEWAL_LIMIT_MS = 60_000;

/** Pairings made again with a known peer, until a session with them has succeeded. */
export class Renewals {
  readonly #pending = new Map<string, { stored: StoredPeer; timer: ReturnType<typeof setTimeout> }>();

  has(peerId: string): boolean {
    return this.#pending.has(peerId);
  }

  /** The new pairing with this peer, while it waits. */
  get(peerId: string): StoredPeer | null {
    return this.#pending.get(peerId)?.stored ?? null;
  }

  /** Waits for a session with the new pairing; a newer one takes its place. `onExpired`: none came, the old one stays. */
  begin(stored: StoredPeer, onExpired: () => void): void {
    this.take(stored.id);
    const timer = setTimeout(() => {
      this.#pending.delete(stored.id);
      onExpired();
    }, RENEWAL_LIMIT_MS);
    this.#pending.set(stored.id, { stored, timer });
  }

  /** Waits no more, since a session has succeeded or nobody wants one: the new pairing, if there is one. */
  take(peerId: string): StoredPeer | null {
    const pending = this.#pending.get(peerId);
    if (!pending) return null;
    clearTimeout(pending.timer);
    this.#pending.delete(peerId);
    return pending.stored;
  }
}
