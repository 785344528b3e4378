/** Decides by the Origin header, which browsers set truthfully and other programs as they like: it keeps web pages out, no one else. */
export class OriginRules {
  readonly #rules: readonly string[];

  /** @param rules exact origins, schemes ending in `://`, `none` for no header, `*` for everyone */
  constructor(rules: readonly string[]) {
    this.#rules = rules;
  }

  allows(origin: string | undefined): boolean {
    return this.#rules.some((rule) => {
      if (rule === '*') return true;
      if (origin === undefined) return rule === 'none';
      return rule.endsWith('://') ? origin.startsWith(rule) : origin === rule;
    });
  }
}
