import type { StoredPeer } from './database.ts';

/** A pairing made anew replaces the old one only when the peer has proven it; until then this long. */
const RENEWAL_LIMIT_MS = 60_000;

/** Pairings made again with a known peer, until a session with them has succeeded. */
export class Renewals {
  readonly #pending = new Map<string, { stored: StoredPeer; timer: ReturnType<typeof setTimeout> }>();

  has(peerId: string): boolean {
    return this.#pending.has(peerId);
  }

  /** Waits for a session with the new pairing; a newer one takes its place. `onExpired`: none came, the old one stays. */
  begin(stored: StoredPeer, onExpired: () => void): void {
    clearTimeout(this.#pending.get(stored.id)?.timer);
    const timer = setTimeout(() => {
      this.#pending.delete(stored.id);
      onExpired();
    }, RENEWAL_LIMIT_MS);
    this.#pending.set(stored.id, { stored, timer });
  }

  /** A session with this peer has succeeded: the new pairing, if there is one. */
  take(peerId: string): StoredPeer | null {
    const pending = this.#pending.get(peerId);
    if (!pending) return null;
    clearTimeout(pending.timer);
    this.#pending.delete(peerId);
    return pending.stored;
  }
}
