import { randomInt, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Backplane, Budget } from './backplane/backplane.ts';
import type { Config } from './config.ts';
import type { FacadeSocket } from './facade-socket.ts';
import type { NameplateAnswer, NameplateRefusalCode, NameplateRequest } from './protocol.ts';

const NUMBERS = 10_000;
/** With half of all numbers taken, one in 2^64 openings finds none; with all but a hundred taken, every second one does. */
const TRIES = 64;
const MINUTE_MS = 60_000;
/** The budget of failed claims has one key, for everybody. */
const EVERYBODY = 'everybody';

/** What one socket has with the desk. */
interface Holder {
  readonly owner: string;
  nameplate: string | undefined;
  /** One request after the other, so that a socket never has two nameplates. */
  queue: Promise<void>;
}

export type NameplateConfig = Pick<
  Config,
  'nameplateTtlMs' | 'nameplatesPerAddressPerMinute' | 'claimsPerAddressPerTenMinutes' | 'failedClaimsPerMinute'
>;

/** Hands out nameplates to sockets whose id is proven, and leads whoever claims one to its host, once. */
export class NameplateDesk {
  readonly #backplane: Backplane;
  readonly #ttlMs: number;
  readonly #openings: Budget;
  readonly #claims: Budget;
  readonly #failedClaims: Budget;
  readonly #log: Logger;
  readonly #holders = new WeakMap<FacadeSocket, Holder>();

  constructor(backplane: Backplane, config: NameplateConfig, log: Logger) {
    this.#backplane = backplane;
    this.#ttlMs = config.nameplateTtlMs;
    this.#openings = backplane.budget('nameplates', config.nameplatesPerAddressPerMinute, MINUTE_MS);
    this.#claims = backplane.budget('claims', config.claimsPerAddressPerTenMinutes, 10 * MINUTE_MS);
    this.#failedClaims = backplane.budget('failed-claims', config.failedClaimsPerMinute, MINUTE_MS);
    this.#log = log;
  }

  /** Answers a request on its socket. */
  handle(client: FacadeSocket, request: NameplateRequest): void {
    const holder = this.#holderOf(client);
    this.#enqueue(holder, async () => {
      if (!client.isOpen) return;
      const answer = await this.#answer(client, holder, request).catch((error: unknown) => {
        this.#report(error);
        return refused(request.n, 'busy');
      });
      client.send(JSON.stringify(answer));
    });
  }

  #holderOf(client: FacadeSocket): Holder {
    const known = this.#holders.get(client);
    if (known) return known;
    const holder: Holder = { owner: randomUUID(), nameplate: undefined, queue: Promise.resolve() };
    this.#holders.set(client, holder);
    client.once('close', () => this.#enqueue(holder, () => this.#release(holder)));
    return holder;
  }

  #enqueue(holder: Holder, task: () => Promise<void>): void {
    holder.queue = holder.queue.then(task).catch((error: unknown) => this.#report(error));
  }

  #report(error: unknown): void {
    this.#log.error({ kind: error instanceof Error ? error.name : typeof error }, 'nameplate request failed');
  }

  async #answer(client: FacadeSocket, holder: Holder, request: NameplateRequest): Promise<NameplateAnswer> {
    switch (request.type) {
      case 'nameplate-open':
        return this.#open(client, holder, request.n, request.sidH);
      case 'nameplate-claim':
        return this.#claim(client, request.n, request.nameplate);
      case 'nameplate-close':
        await this.#release(holder);
        return { type: 'nameplate-closed', n: request.n };
    }
  }

  async #open(client: FacadeSocket, holder: Holder, n: number, sidH: string): Promise<NameplateAnswer> {
    if (!(await this.#openings.take(client.address))) return refused(n, 'too-many');
    await this.#release(holder);
    const threeWords = await this.#failedClaims.isSpent(EVERYBODY);
    const entry = { hostId: client.id, sidH, threeWords, owner: holder.owner };
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const nameplate = String(randomInt(NUMBERS)).padStart(4, '0');
      if (!(await this.#backplane.nameplates.open(nameplate, entry, this.#ttlMs))) continue;
      holder.nameplate = nameplate;
      return { type: 'nameplate-opened', n, nameplate, ttlMs: this.#ttlMs, threeWords };
    }
    return refused(n, 'full');
  }

  /**
   * A failed claim is paid for before it is tried and given back when it succeeds: any number of them at the same time on any number
   * of nodes stay within the budget. Above it a nameplate with a code of two words is neither claimed nor told from an unknown one.
   */
  async #claim(client: FacadeSocket, n: number, nameplate: string): Promise<NameplateAnswer> {
    if (!(await this.#claims.take(client.address))) return refused(n, 'too-many');
    const withinBudget = await this.#failedClaims.take(EVERYBODY);
    const entry = await this.#backplane.nameplates.claim(nameplate, { threeWordsOnly: !withinBudget });
    if (!entry) return refused(n, withinBudget ? 'unknown' : 'busy');
    await this.#failedClaims.giveBack(EVERYBODY);
    return { type: 'nameplate-claimed', n, hostId: entry.hostId, sidH: entry.sidH };
  }

  async #release(holder: Holder): Promise<void> {
    const { nameplate, owner } = holder;
    holder.nameplate = undefined;
    if (nameplate !== undefined) await this.#backplane.nameplates.close(nameplate, owner);
  }
}

function refused(n: number, code: NameplateRefusalCode): NameplateAnswer {
  return { type: 'nameplate-refused', n, code };
}
