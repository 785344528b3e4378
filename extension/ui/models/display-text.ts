/*
 * Text that somebody else wrote, made safe to show. Order marks can make `fdp.exe` look like `exe.pdf` or turn a line around, control
 * characters and invisible ones can hide what differs: they are left out. Joiners stay, since emoji and several scripts need them.
 */

/** Controls except tab and line feed; soft hyphen, zero-width ones, embeddings, overrides, isolates and tags. */
const HIDDEN =
  /(?![\t\n])\p{Cc}|[\u00AD\u180E\u200B\u202A-\u202E\u2060-\u2064\u2066-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}]/gu;
/** Marks that only steer direction: needed in running text, of no use in a name. */
const DIRECTION_MARKS = /[\u061C\u200E\u200F]/g;
/** Hebrew, Arabic and their neighbours. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;
const FIRST_STRONG_ISOLATE = '\u2068';
const POP_ISOLATE = '\u2069';

/** A chat message: line breaks and direction marks stay. */
export function messageText(text: string): string {
  return text.replaceAll(/\r\n?|[\u2028\u2029]/g, '\n').replaceAll(HIDDEN, '');
}

/** A name or title: one line, no direction marks. Empty when nothing visible is left. */
export function lineText(text: string): string {
  return messageText(text).replaceAll(DIRECTION_MARKS, '').replaceAll(/\s+/g, ' ').trim();
}

/** A name or title to be put into a sentence: it can't turn the words around it. */
export function inSentence(text: string): string {
  const line = lineText(text);
  return RIGHT_TO_LEFT.test(line) ? FIRST_STRONG_ISOLATE + line + POP_ISOLATE : line;
}

/** The letter that stands for a person or site: the first visible character, whole. */
export function initial(name: string): string {
  const first = new Intl.Segmenter().segment(lineText(name))[Symbol.iterator]().next();
  return first.done ? '?' : first.value.segment.toLocaleUpperCase();
}
