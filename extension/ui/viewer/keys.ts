import type { Point } from './geometry.ts';

/** What a key does in the viewer. */
export type ViewerAction =
  | 'full-screen'
  | 'picture-in-picture'
  | 'mute'
  | 'louder'
  | 'quieter'
  | 'fit'
  | 'actual-size'
  | 'zoom-in'
  | 'zoom-out'
  | 'point'
  | 'save-still'
  | 'statistics'
  | 'voice'
  | 'open-page'
  | 'escape';

/** Signs that a person may type without meaning a shortcut, or say to a computer that listens: they can be switched off (WCAG 2.1.4). */
const CHARACTERS: Readonly<Record<string, ViewerAction>> = {
  f: 'full-screen',
  i: 'picture-in-picture',
  m: 'mute',
  p: 'point',
  s: 'save-still',
  d: 'statistics',
  v: 'voice',
  o: 'open-page',
  '0': 'fit',
  '1': 'actual-size',
  '+': 'zoom-in',
  '=': 'zoom-in',
  '-': 'zoom-out',
};
const OTHERS: Readonly<Record<string, ViewerAction>> = {
  arrowup: 'louder',
  arrowdown: 'quieter',
  escape: 'escape',
};
/** What goes on while its key is held. */
const GRADUAL: ReadonlySet<ViewerAction> = new Set(['louder', 'quieter', 'zoom-in', 'zoom-out']);
const ARROWS: Readonly<Record<string, Point>> = {
  arrowleft: { x: -1, y: 0 },
  arrowright: { x: 1, y: 0 },
  arrowup: { x: 0, y: -1 },
  arrowdown: { x: 0, y: 1 },
};

/** What the keyboard can do to the page. */
export interface Keyed {
  do(action: ViewerAction): void;
  /** Whether arrows move the pointer and Enter clicks. */
  readonly isPointing: boolean;
  /** Whether letters, digits and signs alone do something. */
  readonly hasLetters: boolean;
  step(direction: Point): void;
  click(): void;
  /** Moves the picture the other way: `direction` says which part of it to see. */
  look(direction: Point): void;
}

/** Follows the keyboard. Keys with Ctrl, Alt or Meta belong to the browser, arrows to the slider that has the focus. Returns the function that stops it. */
export function followKeys(page: EventTarget, keyed: Keyed): () => void {
  const onKey = (event: Event) => {
    if (!(event instanceof KeyboardEvent) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (handle(event, keyed)) event.preventDefault();
  };
  page.addEventListener('keydown', onKey);
  return () => page.removeEventListener('keydown', onKey);
}

function handle(event: KeyboardEvent, keyed: Keyed): boolean {
  const key = event.key.toLowerCase();
  const arrow = event.target instanceof HTMLInputElement ? undefined : ARROWS[key];
  if (arrow && event.shiftKey) {
    keyed.look(arrow);
    return true;
  }
  if (arrow && keyed.isPointing) {
    keyed.step(arrow);
    return true;
  }
  if (key === 'enter' && keyed.isPointing && !isControl(event.target)) {
    keyed.click();
    return true;
  }
  const action = actionOf(event, key, keyed.hasLetters);
  if (!action) return false;
  // A key that is held: one still and one opened page are enough.
  if (!event.repeat || GRADUAL.has(action)) keyed.do(action);
  return true;
}

function actionOf(event: KeyboardEvent, key: string, hasLetters: boolean): ViewerAction | undefined {
  // Many keyboards have + above another sign.
  if (event.shiftKey && key !== '+') return undefined;
  if (event.target instanceof HTMLInputElement && key.startsWith('arrow')) return undefined;
  return OTHERS[key] ?? (hasLetters ? CHARACTERS[key] : undefined);
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, a, input') !== null;
}
