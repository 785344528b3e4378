import { MAX_TITLE_LENGTH, MAX_URL_LENGTH } from '../../core/shared/limits.ts';

/** Which page it is, and how large it stands: CSS pixels, with scroll bars, as they are in the picture too. */
export interface PageFacts {
  readonly url: string;
  readonly title: string;
  readonly width: number;
  readonly height: number;
  readonly devicePixelRatio: number;
}

/** Changes come in bursts, while a window is dragged larger or a page builds itself. */
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
  addEventListener('resize', tellSoon, { signal });
  // A page that goes elsewhere without loading anything.
  navigation.addEventListener('currententrychange', tellSoon, { signal });
  watchPixelRatio(tellSoon, signal);
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
    width: innerWidth,
    height: innerHeight,
    devicePixelRatio,
  };
}

/** It changes with the zoom, and when a window moves to another screen; a query asks for one ratio only. */
function watchPixelRatio(onChange: () => void, signal: AbortSignal): void {
  const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  const changed = () => {
    onChange();
    watchPixelRatio(onChange, signal);
  };
  query.addEventListener('change', changed, { once: true, signal });
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
