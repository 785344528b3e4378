/** What the entry field needs to know about codes; its list of words is loaded only when the field is shown. */
export interface CodeWords {
  normaliseCode(text: string): string | null;
  completeWord(prefix: string): string | null;
  suggestWords(prefix: string, max: number): string[];
}

export type PartState = 'done' | 'current' | 'to-come';

/** How far a typed code has come. */
export interface CodeEntry {
  /** Number, first word, second word. */
  readonly parts: readonly [PartState, PartState, PartState];
  /** Letters that complete the word at the end, shown behind the cursor; empty while more than one word is possible. */
  readonly ghost: string;
  /** Words to choose from, the ghost's one first. */
  readonly options: readonly string[];
  /** The whole code, once it is one. */
  readonly code: string | null;
}

/** As many as can be taken in at a glance. */
const MAX_OPTIONS = 4;
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
  const { word, wordsBefore, hasNumber } = pieces(text);
  const code = words?.normaliseCode(text) ?? null;
  const current = hasNumber ? Math.min(wordsBefore + 1, 2) : 0;
  const mayComplete = hasNumber && wordsBefore < 2 && word !== '';
  const only = mayComplete ? (words?.completeWord(word) ?? null) : null;
  const offered = mayComplete && word.length >= MIN_LETTERS ? (words?.suggestWords(word, MAX_OPTIONS) ?? []) : [];
  const ghost = only ? only.slice(word.length) : '';
  const isWhole = code !== null && ghost === '';
  const stateOf = (part: number): PartState =>
    isWhole || part < current ? 'done' : part === current ? 'current' : 'to-come';
  const isFinished = offered.length === 1 && offered[0] === word;
  return {
    parts: [stateOf(0), stateOf(1), stateOf(2)],
    ghost,
    options: isFinished ? [] : offered,
    code,
  };
}

/** The text after a word was taken from the list: a dash follows the first one. */
export function takeWord(text: string, word: string): string {
  const { head, wordsBefore } = pieces(text);
  return `${head}${word}${wordsBefore === 0 ? '-' : ''}`;
}

/** A code inside a pasted sentence, else null. */
export function findCode(text: string, words: CodeWords): string | null {
  const whole = words.normaliseCode(text);
  if (whole) return whole;
  for (const [candidate] of text.matchAll(/\d{4}[\s-]+\p{L}{3,8}[\s-]+\p{L}{3,8}/gu)) {
    const code = words.normaliseCode(candidate);
    if (code) return code;
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
