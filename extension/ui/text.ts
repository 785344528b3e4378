import { browser } from 'wxt/browser';

/** Every key of `_locales/en/messages.json`. */
export type TextKey = Parameters<typeof browser.i18n.getMessage>[0];

/** A text by its key, with `values` in place of `$1`, `$2` … */
export function t(key: TextKey, ...values: readonly string[]): string {
  return browser.i18n.getMessage(key, [...values]);
}

/** A name as it stands in keys of texts, which have no dashes. */
export type KeyPart<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}_${KeyPart<Tail>}`
  : Name;
export const keyPart = <Name extends string>(name: Name) => name.replaceAll('-', '_') as KeyPart<Name>;

/** Facts in one line, those that are known: `41 % · 12 MB/s`. */
export function dotted(...facts: readonly (string | null)[]): string {
  return facts.filter((fact) => fact !== null).reduce((line, fact) => t('title_or_host', line, fact));
}
