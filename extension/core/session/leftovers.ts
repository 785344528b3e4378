import { type Leftover, sweepIncoming, sweepOutgoing, sweepZips } from '../files/opfs-sweep.ts';
import { sweepHandles } from '../files/source-handles.ts';
import type { Database } from './database.ts';
import { isWhole } from './file-items.ts';
import { hasEnded } from './state.ts';

const DAY_MS = 24 * 3_600_000;

/** What lies in private storage and no timeline item needs. */
export class Leftovers {
  readonly #database: Database;
  readonly #keepPartialsDays: () => number;

  constructor(database: Database, keepPartialsDays: () => number) {
    this.#database = database;
    this.#keepPartialsDays = keepPartialsDays;
  }

  /** Removes all of it. Only at the start: later, copies and zips may be in the making. */
  async sweepAll(): Promise<void> {
    await this.sweepIncoming();
    await sweepOutgoing((id) => this.#isToBeSent(id));
    await sweepHandles((id) => this.#isToBeSent(id));
    await sweepZips();
  }

  /** Removes what has arrived of transfers that are over or gone, and the parts that have waited too long for the rest. */
  async sweepIncoming(): Promise<void> {
    await sweepIncoming((leftover) => this.#isExpected(leftover));
  }

  async #isExpected({ peerId, id, touchedAt }: Leftover): Promise<boolean> {
    const item = await this.#database.item(id);
    if (item?.kind !== 'file' || item.mine || item.peerId !== peerId) return false;
    if (!hasEnded(item.transfer) && isWhole(item)) return true;
    const mayGoOn = !hasEnded(item.transfer) || (item.transfer.state === 'failed' && item.transfer.bytes > 0);
    return mayGoOn && touchedAt >= Date.now() - this.#keepPartialsDays() * DAY_MS;
  }

  async #isToBeSent(id: string): Promise<boolean> {
    const item = await this.#database.item(id);
    return item?.kind === 'file' && item.mine && (!hasEnded(item.transfer) || item.transfer.state === 'failed');
  }
}
