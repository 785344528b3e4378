import { browser } from 'wxt/browser';

/** As the manifest names them; the browser lets the person choose other keys. */
const SHORTCUTS = ['share-tab', 'send-link'] as const;
export type Shortcut = (typeof SHORTCUTS)[number];

/** The tab in front. A shortcut of ours gives leave for it, as a click on the icon does. */
export interface ShortcutTab {
  readonly id: number;
  readonly title: string;
  readonly url: string;
}

/** Calls when one of our shortcuts was pressed. Once, in the worker's first task. */
export function watchShortcuts(listener: (shortcut: Shortcut, tab: ShortcutTab) => void): void {
  browser.commands.onCommand.addListener((name, tab) => {
    const shortcut = SHORTCUTS.find((known) => known === name);
    if (!shortcut || tab?.id === undefined) return;
    listener(shortcut, { id: tab.id, title: tab.title ?? '', url: tab.url ?? '' });
  });
}
