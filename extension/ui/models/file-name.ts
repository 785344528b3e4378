import { lineText } from './display-text.ts';

/** What fits beside a thumbnail and two buttons in the popup. */
const MAX_SHOWN = 28;
/** The end of a name tells versions and types apart. */
const SHOWN_END = 10;
/** An ending of more letters is no type but part of the name. */
const MAX_EXTENSION = 4;

/** A file name for display, cut in the middle, between whole characters: `a-long-name-ab…final.pdf`. */
export function shownFileName(name: string, max = MAX_SHOWN): string {
  const characters = [...new Intl.Segmenter().segment(lineText(name))].map(({ segment }) => segment);
  if (characters.length <= max) return characters.join('');
  const end = Math.min(SHOWN_END, Math.floor(max / 2));
  return `${characters.slice(0, max - end - 1).join('')}…${characters.slice(-end).join('')}`;
}

/** What stands on the thumbnail: `PDF`, or empty without a short ending. */
export function fileType(name: string): string {
  const found = /[^.]\.([\p{L}\p{N}]+)$/u.exec(lineText(name))?.[1] ?? '';
  return found.length <= MAX_EXTENSION ? found.toUpperCase() : '';
}
