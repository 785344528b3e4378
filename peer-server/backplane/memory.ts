import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Backplane, Budget } from './backplane.ts';
import { LimiterBudget } from './limiter-budget.ts';
import { MemoryDirectory } from './memory-directory.ts';
import { MemoryNameplates } from './memory-nameplates.ts';
import { OnceSet } from './once-set.ts';
import type { PendingLimits } from './pending-messages.ts';

/** The backplane of one process: for a single server, or for several in one process. */
export class MemoryBackplane implements Backplane {
  readonly directory: MemoryDirectory;
  readonly nameplates = new MemoryNameplates();
  readonly #once = new OnceSet();
  readonly #budgets = new Map<string, Budget>();

  constructor(limits: PendingLimits) {
    this.directory = new MemoryDirectory(limits);
  }

  async useOnce(key: string, ttlMs: number): Promise<boolean> {
    return this.#once.use(key, ttlMs);
  }

  budget(name: string, limit: number, windowMs: number): Budget {
    const existing = this.#budgets.get(name);
    if (existing) return existing;
    const budget = new LimiterBudget(new RateLimiterMemory({ points: limit, duration: windowMs / 1000 }));
    this.#budgets.set(name, budget);
    return budget;
  }

  async close(): Promise<void> {
    this.directory.clear();
  }
}
