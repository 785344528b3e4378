import type { DataConnection } from 'peerjs';
import type { DhKey } from '../crypto/dh.ts';
import type { SealedPayload } from '../crypto/seal.ts';
import type { Role, SessionKeys } from '../crypto/session-keys.ts';
import type { Link, Path } from '../link/link.ts';
import { AppError, type ErrorCode, type OtherVersion } from '../shared/errors.ts';
import type { Broker } from './broker.ts';
import { failureCode } from './failure.ts';
import { Handshake, type HandshakeMessage, type PeerCredentials } from './handshake.ts';
import type { Services } from './ice-servers.ts';
import { KnockPace } from './knock-pace.ts';
import type { SealedCall } from './messages.ts';
import { Race, type RaceFailure } from './race.ts';
import type { RelayMeeting } from './relay-meeting.ts';
import { isBetter, Upgrade } from './upgrade.ts';

export type RendezvousStatus = { state: 'offline' } | { state: 'connecting' } | { state: 'failed'; code: ErrorCode };

/** What the server offers for reaching a peer. */
export interface Paths {
  iceServers(): RTCIceServer[];
  services(): Services | null;
  /** Meets the peer of this session on the relay; null where the server has none. */
  openRelay: ((options: RelayMeeting, signal: AbortSignal) => Promise<Link>) | null;
}

/** What a contact needs of this device's place on the server. */
export type ContactBroker = Pick<Broker, 'id' | 'status' | 'send' | 'sendSealed' | 'connect' | 'check' | 'doubt'>;

export interface ContactOptions {
  self: { id: string; identity: DhKey };
  peerId: string;
  credentials: PeerCredentials;
  broker: ContactBroker;
  paths(): Paths;
  /**
   * A link is open: resolves with true once the peer has greeted on it, with the one who has to be updated when it can't be used. The one
   * before goes on until then, and ends by itself.
   */
  onLink(link: Link): Promise<boolean | OtherVersion>;
  onStatus(status: RendezvousStatus): void;
  /** The link in use was heard no more, or is again. */
  onSuspect(isSuspect: boolean): void;
  onTs(ts: number): void;
}

/** A link that was lost: the server may be away as well, and nothing says so. */
const LOST_MS = 30_000;
/** Of descriptions: one dial at a time, and what a late one left. */
const MAX_DESCRIBED = 4;

/** The relay carries no more for now, and there was nothing better. */
const FULL: RaceFailure = { direct: 'peer-unreachable', relay: 'relay-full', isBlocked: false, isLocal: false };

/** One known peer: the session with it, the link in use, and what is done to have one. */
export class Contact {
  readonly #options: ContactOptions;
  readonly #handshake: Handshake;
  readonly #race: Race;
  readonly #upgrade: Upgrade;
  readonly #pace = new KnockPace((besideRace) => this.#knock(besideRace));
  /** What the peer said of its connections, as it came out of the seal: each must end at the certificate named there. */
  readonly #described = new Map<string, string>();
  #session: { role: Role; keys: SessionKeys } | null = null;
  #link: Link | null = null;
  #lastPath: Path | null = null;
  /** Who knocked for the session that no link has come of yet. */
  #asker: 'self' | 'peer' | null = null;
  #isSuspect = false;
  #hasFailed = false;
  #lostAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: ContactOptions) {
    this.#options = options;
    const { self, peerId, credentials, broker, onTs, paths } = options;
    this.#handshake = new Handshake({
      self,
      peerId,
      credentials,
      send: (message) => broker.send(peerId, message),
      onFresh: (role, keys) => this.#fresh(role, keys),
      onOtherVersion: (code) => this.#mustUpdate(code),
      onTs,
    });
    this.#race = new Race({
      connect: () => broker.connect(peerId),
      iceServers: () => paths().iceServers(),
      onDoubt: () => broker.doubt(),
      described: (connectionId) => this.#described.get(connectionId),
      hasRelay: () => paths().openRelay !== null && broker.status.peek() === 'online',
      callRelay: () => broker.sendSealed(peerId, { type: 'RELAY' }),
      openRelay: (signal, onAdmitted) => this.#openRelay(signal, onAdmitted),
      onLink: (link) => void this.#offer(link),
      onDeserted: () => this.#knock(),
      onOver: (failure) => this.#failed(failure),
    });
    this.#upgrade = new Upgrade(() => this.#dialAgain());
  }

  /** Something is wrong, or was a moment ago: the server may have gone with it. */
  get isInDoubt(): boolean {
    return this.#isSuspect || performance.now() - this.#lostAt < LOST_MS;
  }

  /** Knocks now. The person wants it, or there is a server again. */
  retry(): void {
    if (!this.#isNeeded) return;
    this.#hasFailed = false;
    this.#pace.hurry();
    this.#knock();
  }

  /** This device is on the server (again): what was said to the one before may be lost. */
  online(): void {
    this.#handshake.absent();
    if (!this.#race.isRunning) this.retry();
    // So may be what a race lives on: it goes on until the peer answers the knock for the next one.
    else if (this.#race.needsServer) this.#knock(true);
    else this.#pace.beside();
  }

  offline(): void {
    // What has ended the server's socket, a router that forgot its mappings for one, may have ended this link's path too.
    this.#link?.probe();
    if (!this.#link && !this.#race.isRunning) this.#options.onStatus({ state: 'offline' });
  }

  /** The server could not deliver: the peer isn't there. */
  absent(): void {
    this.#handshake.absent();
    if (!this.#link) this.#options.onStatus({ state: 'offline' });
  }

  /** The network has changed: is the link still there, is there a better one? */
  networkChanged(): void {
    this.#link?.probe();
    if (this.#leads) this.#upgrade.now();
    else if (this.#link && this.#link.path !== 'direct') this.#askToDial();
    if (!this.#link) this.retry();
  }

  /** To be called every second. */
  look(): void {
    if (this.#closed) return;
    const isSuspect = this.#link?.isSuspect ?? false;
    if (isSuspect !== this.#isSuspect) {
      this.#isSuspect = isSuspect;
      this.#options.onSuspect(isSuspect);
      if (!isSuspect) return;
      this.#options.broker.doubt();
      this.retry();
    }
  }

  receive(message: HandshakeMessage): void {
    this.#handshake.receive(message);
  }

  seal(message: unknown): SealedPayload | null {
    return this.#handshake.seal(message);
  }

  /** What the peer sealed, for whoever knows what to do with it; null for everything else. */
  open(payload: SealedPayload): unknown {
    return this.#handshake.open(payload);
  }

  describe(connectionId: string, sdp: string): void {
    this.#described.delete(connectionId);
    this.#described.set(connectionId, sdp);
    const [oldest] = this.#described.keys();
    if (this.#described.size > MAX_DESCRIBED && oldest !== undefined) this.#described.delete(oldest);
  }

  /** The peer dials through the sealed session. */
  incoming(connection: DataConnection): void {
    if (this.#leads) return connection.close();
    if (!this.#link && !this.#hasFailed) this.#options.onStatus({ state: 'connecting' });
    this.#race.incoming(connection);
  }

  called(call: SealedCall['type']): void {
    if (call === 'DONE') return this.#race.peerDone();
    // The peer, which doesn't dial, wants this side to.
    if (call === 'READY' && this.#leads && this.#link) this.#dialAgain();
    if (call !== 'RELAY') return;
    if (this.#race.isRunning) this.#race.relay();
    // It would wait there for a side that hears it well on the link that they had. Without one this side knocks.
    else if (this.#link?.isSuspect === false) this.#options.broker.sendSealed(this.#options.peerId, { type: 'DONE' });
  }

  close(): void {
    this.#closed = true;
    this.#race.stop();
    this.#upgrade.watch(null);
    this.#pace.stop();
    const link = this.#link;
    this.#link = null;
    link?.close('bye');
  }

  /** The side with the lower id dials, so both never do at once, and says which link is used. */
  get #leads(): boolean {
    return this.#options.broker.id < this.#options.peerId;
  }

  get #isNeeded(): boolean {
    return !this.#link || this.#isSuspect;
  }

  #knock(besideRace = false): void {
    this.#pace.rest();
    if (!this.#isNeeded || (this.#race.isRunning && !besideRace) || this.#options.broker.status.peek() !== 'online')
      return;
    this.#handshake.knock();
    this.#pace.later();
  }

  /** The peer is there, and wants a link. */
  #fresh(role: Role, keys: SessionKeys): void {
    if (this.#closed) return;
    const { broker, peerId, onStatus } = this.#options;
    this.#session = { role, keys };
    this.#asker = role === 'initiator' ? 'self' : 'peer';
    this.#pace.stop();
    if (!this.#link && !this.#hasFailed) onStatus({ state: 'connecting' });
    this.#race.start(this.#leads, this.#lastPath === 'relay');
    if (!this.#leads && role === 'initiator') broker.sendSealed(peerId, { type: 'READY' });
  }

  #dialAgain(): void {
    if (!this.#race.isRunning && !this.#race.isDialling) this.#race.dial();
  }

  #askToDial(): void {
    this.#options.broker.sendSealed(this.#options.peerId, { type: 'READY' });
  }

  async #openRelay(signal: AbortSignal, onAdmitted: () => void): Promise<Link> {
    const { openRelay } = this.#options.paths();
    if (!openRelay || !this.#session) throw new AppError('peer-unreachable');
    return openRelay({ peerId: this.#options.peerId, ...this.#session, onAdmitted }, signal);
  }

  async #offer(link: Link): Promise<void> {
    if (this.#closed || !this.#isWanted(link)) return link.close('replaced');
    const greeted = await this.#options.onLink(link);
    if (this.#closed) return link.close('bye');
    if (greeted === true) return this.#use(link);
    if (greeted !== false) return this.#mustUpdate(greeted);
    // It ended as it opened, or nobody has greeted on it.
    if (this.#isNeeded && !this.#race.isRunning) this.#pace.soon();
  }

  /**
   * The side that leads says which link is used, the other follows. A peer that has knocked was started anew or hears nothing on the link
   * in use, even if this side does. Only whoever knocked knows whether it does again, and then needs no other link.
   */
  #isWanted(link: Link): boolean {
    const now = this.#link;
    if (!now || now.isSuspect || isBetter(link, now)) return true;
    return this.#leads ? this.#asker === 'peer' : this.#asker !== 'self';
  }

  #use(link: Link): void {
    this.#link = link;
    this.#lastPath = link.path;
    this.#asker = null;
    this.#hasFailed = false;
    this.#lostAt = Number.NEGATIVE_INFINITY;
    this.#pace.succeeded();
    if (this.#leads) this.#upgrade.watch(link);
    this.look();
    const stop = link.onChange(() => {
      if (this.#link === link) this.look();
    });
    void link.closed.then((reason) => {
      stop();
      if (this.#link !== link) return;
      this.#link = null;
      this.#upgrade.watch(null);
      // Heard no more, rather than ended: the server may be in the same silence.
      if (this.#isSuspect) this.#options.broker.check();
      this.look();
      this.#options.onStatus({ state: this.#race.isRunning ? 'connecting' : 'offline' });
      // On the relay it would be full again at once.
      if (reason === 'relay-full') return this.#failed(FULL);
      // After a goodbye the peer knocks when it is back; otherwise look for it at once.
      if (reason === 'bye' || reason === 'replaced') return;
      this.#lostAt = performance.now();
      this.retry();
      // A race that has gone to the relay alone may be one that the peer has no more need of.
      if (this.#race.isMeeting) this.#knock(true);
    });
  }

  /** The peer is there, and one side is too old for the other. */
  #mustUpdate(code: OtherVersion): void {
    if (this.#closed || this.#link) return;
    this.#hasFailed = true;
    this.#options.onStatus({ state: 'failed', code });
    this.#pace.rarely();
  }

  #failed(failure: RaceFailure): void {
    if (!this.#link) {
      this.#hasFailed = true;
      const code = failureCode(failure, this.#options.paths().services());
      this.#options.onStatus({ state: 'failed', code });
    }
    if (!this.#isNeeded) return;
    // On a full relay it would be the same.
    if (failure.relay === 'relay-full') this.#pace.later();
    else this.#pace.soon();
  }
}
