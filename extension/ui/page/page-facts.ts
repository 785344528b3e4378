import { MAX_TITLE_LENGTH, MAX_URL_LENGTH } from '../../core/shared/limits.ts';

/** Which page it is. */
export interface PageFacts {
  readonly url: string;
  readonly title: string;
}

/** Changes come in bursts, while a page builds itself. */
const SETTLE_MS = 100;

/**
 * Tells the facts of this page at once, and again when one of them has changed and stood for a moment.
 * @returns what ends it.
 */
export function watchPage(onFacts: (facts: PageFacts) => void): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  let told = '';
  let timer: ReturnType<typeof setTimeout> | undefined;
  const tell = () => {
    const facts = factsOf();
    if (JSON.stringify(facts) === told) return;
    told = JSON.stringify(facts);
    onFacts(facts);
  };
  const tellSoon = () => {
    clearTimeout(timer);
    timer = setTimeout(tell, SETTLE_MS);
  };
  // A page that goes elsewhere without loading anything.
  navigation.addEventListener('currententrychange', tellSoon, { signal });
  watchTitle(tellSoon, signal);
  tell();
  return () => {
    clearTimeout(timer);
    ending.abort();
  };
}

function factsOf(): PageFacts {
  const { href } = location;
  return {
    url: href.length > MAX_URL_LENGTH ? '' : href,
    title: document.title.slice(0, MAX_TITLE_LENGTH),
  };
}

/** The title may be replaced with its element, and this may run before there is a head. */
function watchTitle(onChange: () => void, signal: AbortSignal): void {
  const titles = new MutationObserver(onChange);
  const watchHead = () => {
    titles.disconnect();
    if (document.head) titles.observe(document.head, { subtree: true, childList: true, characterData: true });
    onChange();
  };
  const heads = new MutationObserver(watchHead);
  heads.observe(document.documentElement, { childList: true });
  watchHead();
  signal.addEventListener('abort', () => {
    titles.disconnect();
    heads.disconnect();
  });
}
