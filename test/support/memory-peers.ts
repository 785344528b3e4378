import { vi } from 'vitest';
import type { DhKey } from '../../extension/core/crypto/dh.ts';
import { dhKey, generateX25519 } from '../../extension/core/crypto/dh.ts';
import type { Link } from '../../extension/core/link/link.ts';
import type { Hello } from '../../extension/core/protocol/messages.ts';
import { PROTOCOL_VERSION } from '../../extension/core/protocol/messages.ts';
import type { Session } from '../../extension/core/session/session.ts';
import { newId } from '../../extension/core/shared/ids.ts';
import { Rendezvous, type RendezvousStatus } from '../../extension/core/signalling/rendezvous.ts';
import { type MemoryPlace, MemoryServer } from './memory-server.ts';
import { caughtUp } from './outside-clock.ts';
import { recordSession } from './recorded-session.ts';

const STEP_MS = 50;

/** One of two who are paired, with a session and everything beneath it. */
export class MemoryPeer {
  readonly place: MemoryPlace;
  readonly session: Session;
  readonly rendezvous: Rendezvous;
  readonly texts: string[];
  readonly events: string[];
  readonly statuses: RendezvousStatus[] = [];
  /** Every link that was offered to the session. */
  readonly links: Link[] = [];
  /** Of the protocol; another one as after an update. */
  version = PROTOCOL_VERSION;
  readonly #peerId: string;

  constructor(
    server: MemoryServer,
    self: { id: string; identity: DhKey },
    peer: { id: string; identity: DhKey },
    psk: Uint8Array,
  ) {
    this.#peerId = peer.id;
    this.place = server.place(self.id);
    const greeting = (): Hello => ({
      type: 'hello',
      version: this.version,
      name: self.id,
      presence: 'online',
      shareId: null,
    });
    const recorded = recordSession(self.id < peer.id, greeting);
    this.session = recorded.session;
    this.texts = recorded.texts;
    this.events = recorded.events;
    this.rendezvous = new Rendezvous(this.place, {
      self,
      paths: this.place.paths,
      onLink: (_, link) => {
        this.links.push(link);
        return this.session.attach(link);
      },
      onStatus: (_, status) => this.statuses.push(status),
      onSuspect: () => {},
      onTs: () => {},
      onBye: () => {},
      onStranger: () => null,
    });
    this.place.seal = (peerId, message) => this.rendezvous.seal(peerId, message);
    this.rendezvous.add(peer.id, { identityKey: peer.identity.publicKey, psk: async () => psk, lastTs: 0 });
  }

  says(text: string): void {
    void this.session.channel.send({ type: 'chat', id: newId(), at: 1, text }).catch(() => {});
  }

  retries(): void {
    this.rendezvous.retry(this.#peerId);
  }

  leaves(): void {
    this.rendezvous.close();
    this.session.close();
  }
}

/** Alice, who has the lower id and so leads, and Bob; on a server, not there yet. Needs fake timers and `watchWork`. */
export async function createMemoryPeers() {
  const [a, b] = await Promise.all([generateX25519().then(dhKey), generateX25519().then(dhKey)]);
  const alice = { id: 'A'.repeat(22), identity: a };
  const bob = { id: 'B'.repeat(22), identity: b };
  const psk = new Uint8Array(32).fill(7);
  const server = new MemoryServer();
  const peers = [new MemoryPeer(server, alice, bob, psk), new MemoryPeer(server, bob, alice, psk)] as const;
  return { server, alice: peers[0], bob: peers[1] };
}

/** Lets time pass; with `watchWork`, keys are ready in time. */
export async function pass(ms: number, stepMs = STEP_MS): Promise<void> {
  for (let passedMs = 0; passedMs < ms; passedMs += stepMs) {
    await vi.advanceTimersByTimeAsync(Math.min(stepMs, ms - passedMs));
    await caughtUp();
  }
}

/** Waits until it is so, for so long by the clock of the test. Gives the time that it took. */
export async function until(isSo: () => boolean, limitMs: number): Promise<number> {
  const startedAt = performance.now();
  while (!isSo()) {
    if (performance.now() - startedAt > limitMs) throw new Error(`It did not come about within ${limitMs} ms.`);
    await pass(STEP_MS);
  }
  return performance.now() - startedAt;
}
