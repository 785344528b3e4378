import { wordlist } from '@scure/bip39/wordlists/english.js';

/** A code as two people say it: `4821-acid-zebra`. */
export interface PairingCode {
  /** Four digits that lead to the one who shows the code. */
  nameplate: string;
  /** Two words of the BIP-39 English list, three while somebody is guessing on the server, joined by dashes. */
  words: string;
}

/** Five minutes: enough to say it on the phone, short enough that a stale code is useless. */
export const CODE_LIFETIME_MS = 5 * 60_000;

const WORDS = new Set(wordlist);
/** In that list the first four letters name a word. */
const DECIDING_LETTERS = 4;

/** A fresh code: about 13 bits of nameplate, 11 bits a word. */
export function makeCode(wordCount: 2 | 3 = 2): PairingCode {
  const pick = (bound: number) => {
    // Rejection keeps every value equally likely.
    const limit = Math.floor(2 ** 32 / bound) * bound;
    for (;;) {
      const value = crypto.getRandomValues(new Uint32Array(1))[0] ?? 0;
      if (value < limit) return value % bound;
    }
  };
  const word = () => wordlist[pick(wordlist.length)] ?? '';
  return { nameplate: String(pick(10_000)).padStart(4, '0'), words: Array.from({ length: wordCount }, word).join('-') };
}

export const formatCode = (code: PairingCode) => `${code.nameplate}-${code.words}`;

/** Reads a code with any capitals, spaces and dashes, words shortened to four letters or more; null when it is none. */
export function parseCode(text: string): PairingCode | null {
  const parts = text
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((part) => part !== '');
  const match = /^(\d{4})(\D.*)?$/.exec(parts.join('-').replace(/^(\d{4})-?/, '$1'));
  const [nameplate, rest] = [match?.[1], match?.[2]];
  if (!nameplate || !rest) return null;
  const words = rest.split('-').map((part) => (WORDS.has(part) ? part : completeWord(part)));
  if ((words.length !== 2 && words.length !== 3) || words.includes(null)) return null;
  return { nameplate, words: words.join('-') };
}

/** `4821-acid-zebra`, or null when `text` is no complete code. */
export function normaliseCode(text: string): string | null {
  const code = parseCode(text);
  return code && formatCode(code);
}

/** The one word that `prefix` can become: after four letters, or earlier where no other word begins like it. */
export function completeWord(prefix: string): string | null {
  const lower = prefix.toLowerCase();
  if (lower === '') return null;
  const found = suggestWords(lower, 2);
  if (found.length === 1) return found[0] ?? null;
  const exact = found.find((word) => word === lower);
  return exact && lower.length >= DECIDING_LETTERS ? exact : null;
}

/** Up to `max` words that begin with `prefix`, in the list's order. */
export function suggestWords(prefix: string, max: number): string[] {
  const lower = prefix.toLowerCase();
  const found: string[] = [];
  for (const word of wordlist) {
    if (word.startsWith(lower)) found.push(word);
    if (found.length === max) break;
  }
  return found;
}
