import type { AppModel, Screen } from './app-model.ts';

/** Keys that press a button: the one on screen that names the key as its shortcut, else the one found by a selector. */
const SELECTORS: Readonly<Record<string, string>> = {
  t: '[aria-keyshortcuts="t"]',
  l: '[aria-keyshortcuts="l"]',
  f: '[aria-keyshortcuts="f"]',
  s: '[aria-keyshortcuts="s"]',
  p: '.peer[aria-haspopup]',
};
/** Escape leads back from these. */
const PAIRING_SCREENS: ReadonlySet<Screen> = new Set(['show-code', 'confirm', 'enter-code', 'confirming']);
const TOP_REQUEST = '.requests .choices > :last-child';

/** The keyboard of the views. Letters work outside text fields only; Alt, Ctrl and digits belong to the browser. Returns the unsubscribe. */
export function followKeys(model: AppModel, page: Document): () => void {
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
    const isHandled =
      event.key === 'Escape' ? stepBack(model, page) : mayUseLetters(model, page) && letter(page, event.key);
    if (isHandled) event.preventDefault();
  };
  page.addEventListener('keydown', onKey);
  return () => page.removeEventListener('keydown', onKey);
}

/** Closes the topmost thing, leaves the field, goes back. With none of these the popup closes, as the browser has it. */
function stepBack(model: AppModel, page: Document): boolean {
  if (model.overlay.value) {
    model.overlay.value = null;
    return true;
  }
  const { screen, toasts } = model;
  if (PAIRING_SCREENS.has(screen.value)) {
    model.back();
    return true;
  }
  if (isInField(page) && page.activeElement instanceof HTMLElement) {
    page.activeElement.blur();
    return true;
  }
  if (toasts.current.value) {
    toasts.hide();
    return true;
  }
  return false;
}

function mayUseLetters({ overlay, memory }: AppModel, page: Document): boolean {
  return overlay.value === null && !isInField(page) && memory.hasLetterShortcuts;
}

function letter(page: Document, key: string): boolean {
  const lower = key.toLowerCase();
  if (lower === 'r') {
    const answer = page.querySelector<HTMLElement>(TOP_REQUEST);
    answer?.focus();
    return answer !== null;
  }
  const selector = SELECTORS[lower];
  const button = selector ? page.querySelector<HTMLElement>(selector) : null;
  button?.click();
  return button !== null;
}

function isInField(page: Document): boolean {
  return page.activeElement?.matches('input, textarea, select, [contenteditable]') ?? false;
}
