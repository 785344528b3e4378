import { isHttpUrl } from '../../core/shared/schemas.ts';

export type TextPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'link'; readonly text: string; readonly url: string };

const CANDIDATE = /\bhttps?:\/\/[^\s<>"“”«»]+/giu;
/** Marks that end the sentence around a link rather than the link. */
const TRAILING = /[.,;:!?'’…]+$/u;

/** Cuts a message into text and links. Only http and https links without a user name count; each shows its real host. */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let at = 0;
  const addText = (until: number) => {
    if (until > at) parts.push({ kind: 'text', text: text.slice(at, until) });
    at = until;
  };
  for (const match of text.matchAll(CANDIDATE)) {
    const found = withoutTrailing(match[0]);
    if (!isHttpUrl(found)) continue;
    addText(match.index);
    const { protocol, host } = new URL(found);
    const rest = found.replace(/^https?:\/\/[^/?#]*/i, '');
    parts.push({ kind: 'link', text: `${protocol}//${host}${rest}`, url: found });
    at = match.index + found.length;
  }
  addText(text.length);
  return parts;
}

/** A closing bracket belongs to the link only when it was opened there, as in an encyclopaedia's addresses. */
function withoutTrailing(candidate: string): string {
  const cut = candidate.replace(TRAILING, '');
  const last = cut.at(-1);
  const opening = last === ')' ? '(' : last === ']' ? '[' : undefined;
  const isUnopened = opening !== undefined && cut.split(opening).length < cut.split(last ?? '').length;
  if (isUnopened) return withoutTrailing(cut.slice(0, -1));
  return cut;
}
