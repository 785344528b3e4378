import { lineText } from './display-text.ts';

/** What a line of the popup takes beside a few words. */
const MAX_SHOWN = 28;
/** The end of a name tells versions and types apart. */
const SHOWN_END = 10;
/** An ending of more letters is no type but part of the name. */
const MAX_EXTENSION = 4;

/** A file name for a sentence, cut in the middle, between whole characters: `a-long-name-ab…final.pdf`. */
export function shownFileName(name: string, max = MAX_SHOWN): string {
  const characters = charactersOf(name);
  if (characters.length <= max) return characters.join('');
  const end = Math.min(SHOWN_END, Math.floor(max / 2));
  return `${characters.slice(0, max - end - 1).join('')}…${characters.slice(-end).join('')}`;
}

/** A file name in two, for a place whose width decides how much of the head is shown: the tail is never cut, and empty in a short name. */
export function partsOfFileName(name: string): { head: string; tail: string } {
  const characters = charactersOf(name);
  const cut = characters.length > 2 * SHOWN_END ? characters.length - SHOWN_END : characters.length;
  return { head: characters.slice(0, cut).join(''), tail: characters.slice(cut).join('') };
}

/** What stands on the thumbnail: `PDF`, or empty without a short ending. */
export function fileType(name: string): string {
  const found = /[^.]\.([\p{L}\p{N}]+)$/u.exec(lineText(name))?.[1] ?? '';
  return found.length <= MAX_EXTENSION ? found.toUpperCase() : '';
}

/** Whole characters, as a person counts them. */
function charactersOf(name: string): string[] {
  return [...new Intl.Segmenter().segment(lineText(name))].map(({ segment }) => segment);
}
