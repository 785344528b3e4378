import { parsePairingSecret } from '../../core/pairing/secret-text.ts';

/** What the entry field needs to know about codes; its list of words is loaded only when the field is shown. */
export interface CodeWords {
  normaliseCode(text: string): string | null;
  completeWord(prefix: string): string | null;
  suggestWords(prefix: string, max: number): string[];
}

export type PartState = 'done' | 'current' | 'to-come';

/** How far a typed code has come. */
export interface CodeEntry {
  /** Number, first word, second word, and a third one as soon as it is begun. */
  readonly parts: readonly PartState[];
  /** Letters that complete the word at the end, shown behind the cursor; empty while more than one word is possible. */
  readonly ghost: string;
  /** Words to choose from, the ghost's one first. */
  readonly options: readonly string[];
  /** What can be paired with: the whole code, or the long secret. */
  readonly code: string | null;
  readonly isSecret: boolean;
}

/** As many as can be taken in at a glance. */
const MAX_OPTIONS = 4;
/** A server that is being guessed at asks for three. */
const MAX_WORDS = 3;
/** Below this nearly every word would be offered. */
const MIN_LETTERS = 2;

interface Pieces {
  readonly head: string;
  /** The word being typed, lower case, empty after a separator. */
  readonly word: string;
  /** Whole words before it. */
  readonly wordsBefore: number;
  readonly hasNumber: boolean;
}

/** Reads what stands in the field. `words` is null until the list is there. */
export function readEntry(text: string, words: CodeWords | null): CodeEntry {
  const secret = findSecret(text);
  if (secret) return { parts: [], ghost: '', options: [], code: secret, isSecret: true };
  const { word, wordsBefore, hasNumber } = pieces(text);
  const hasThird = hasNumber && wordsBefore >= 2;
  const code = words?.normaliseCode(text) ?? null;
  const current = hasNumber ? Math.min(wordsBefore + 1, MAX_WORDS) : 0;
  const mayComplete = hasNumber && wordsBefore < MAX_WORDS && word !== '';
  const only = mayComplete ? (words?.completeWord(word) ?? null) : null;
  const offered = mayComplete && word.length >= MIN_LETTERS ? (words?.suggestWords(word, MAX_OPTIONS) ?? []) : [];
  const ghost = only ? only.slice(word.length) : '';
  // Two words are a code; a dash behind them says that a third one comes.
  const isBetween = wordsBefore === 2 && word === '';
  const isWhole = code !== null && ghost === '' && !isBetween;
  const stateOf = (part: number): PartState =>
    isWhole || part < current ? 'done' : part === current ? 'current' : 'to-come';
  const isFinished = offered.length === 1 && offered[0] === word;
  return {
    parts: (hasThird ? [0, 1, 2, 3] : [0, 1, 2]).map(stateOf),
    ghost,
    options: isFinished ? [] : offered,
    code,
    isSecret: false,
  };
}

/** The text after a word was taken from the list: a dash follows the first one. */
export function takeWord(text: string, word: string): string {
  const { head, wordsBefore } = pieces(text);
  return `${head}${word}${wordsBefore === 0 ? '-' : ''}`;
}

/** A code or long secret inside a pasted sentence, else null. A third word counts only behind a dash: the sentence may go on. */
export function findCode(text: string, words: CodeWords | null): string | null {
  const whole = findSecret(text) ?? words?.normaliseCode(text);
  if (whole) return whole;
  for (const [three, two = ''] of text.matchAll(/(\d{4}[\s-]+\p{L}{3,8}[\s-]+\p{L}{3,8})(?:-\p{L}{3,8})?/gu)) {
    const code = words?.normaliseCode(three) ?? words?.normaliseCode(two);
    if (code) return code;
  }
  return null;
}

function findSecret(text: string): string | null {
  for (const [candidate] of text.matchAll(/pairwise1:[\w-]+/g)) {
    if (parsePairingSecret(candidate)) return candidate;
  }
  return null;
}

function pieces(text: string): Pieces {
  const match = /^([^\p{L}\p{N}]*(\d*)[^\p{L}\p{N}]*)(.*)$/su.exec(text);
  const [lead = '', number = '', rest = ''] = [match?.[1], match?.[2], match?.[3]];
  const typed = /\p{L}*$/u.exec(rest)?.[0] ?? '';
  const before = rest.slice(0, rest.length - typed.length);
  return {
    head: lead + before,
    word: typed.normalize('NFKC').toLowerCase(),
    wordsBefore: before.split(/\P{L}+/u).filter((word) => word !== '').length,
    hasNumber: number.length === 4,
  };
}
