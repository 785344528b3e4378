import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { Budget } from './backplane.ts';

/** A budget kept by rate-limiter-flexible, wherever that keeps its numbers. */
export class LimiterBudget implements Budget {
  readonly #limiter: RateLimiterAbstract;

  constructor(limiter: RateLimiterAbstract) {
    this.#limiter = limiter;
  }

  async take(key: string): Promise<boolean> {
    try {
      await this.#limiter.consume(key);
      return true;
    } catch (refusal) {
      // It rejects with its numbers when there is none left, and with an Error when it can't tell.
      if (refusal instanceof Error) throw refusal;
      return false;
    }
  }

  async giveBack(key: string): Promise<void> {
    await this.#limiter.reward(key);
  }

  async isSpent(key: string): Promise<boolean> {
    const used = await this.#limiter.get(key);
    return used !== null && used.consumedPoints >= this.#limiter.points;
  }
}
