import { type Browser, browser } from 'wxt/browser';

/** Somebody the menu offers to send to. `name` is as a sentence takes it. What is shown can't wait: that is offered to `isConnected` ones. */
export interface MenuPeer {
  readonly id: string;
  readonly name: string;
  readonly isConnected: boolean;
}

/** What was clicked, and for whom. */
export type MenuChoice = {
  readonly peerId: string;
  /** Title of the page, or empty. */
  readonly title: string;
} & (
  | { readonly kind: 'tab'; readonly tabId: number }
  | { readonly kind: 'link'; readonly url: string }
  | { readonly kind: 'file'; readonly url: string; readonly isMedia: boolean }
);

const WEB = ['http://*/*', 'https://*/*'];
/** What each entry stands for, before the id of the peer. Of pictures and links they stand alone, one click away. */
const ENTRIES = {
  tab: { contexts: ['page', 'video', 'selection', 'editable'], documentUrlPatterns: WEB },
  file: { contexts: ['image', 'video', 'audio', 'link'] },
  link: { contexts: ['link'], targetUrlPatterns: WEB },
  page: { contexts: ['page'], documentUrlPatterns: WEB },
} satisfies Record<string, Partial<Browser.contextMenus.CreateProperties>>;
type Entry = keyof typeof ENTRIES;
const TEXTS = {
  tab: 'menu_page_tab',
  file: 'menu_page_file',
  link: 'menu_page_link',
  page: 'menu_page_link',
} as const satisfies Record<Entry, string>;

let shown: Promise<void> = Promise.resolve();

/** Offers to send what was clicked, or show it, to each of these, the first one first. The menu stays when the worker is stopped. */
export function showMenus(peers: readonly MenuPeer[]): Promise<void> {
  shown = shown.catch(() => {}).then(() => replace(peers));
  return shown;
}

async function replace(peers: readonly MenuPeer[]): Promise<void> {
  await browser.contextMenus.removeAll();
  for (const [entry, where] of Object.entries(ENTRIES)) {
    if (!isEntry(entry)) continue;
    const key = TEXTS[entry];
    const receivers = entry === 'tab' ? peers.filter(({ isConnected }) => isConnected) : peers;
    const [only, ...others] = receivers;
    if (only && others.length === 0) {
      await create({ ...where, id: `${entry}:${only.id}`, title: browser.i18n.getMessage(key, label(only.name)) });
      continue;
    }
    if (!only) continue;
    await create({ ...where, id: entry, title: browser.i18n.getMessage(`${key}_to`) });
    for (const { id, name } of receivers) {
      await create({ ...where, id: `${entry}:${id}`, parentId: entry, title: label(name) });
    }
  }
}

/** Chromium takes `&` for the mark of a shortcut and `%s` for what is selected, and an entry without a text for a mistake. */
function label(name: string): string {
  return name.replaceAll('&', '&&').replaceAll('%', '%\u2060') || browser.i18n.getMessage('somebody');
}

function create(properties: Browser.contextMenus.CreateProperties): Promise<void> {
  return new Promise((resolve, reject) => {
    browser.contextMenus.create(properties, () => {
      const error = browser.runtime.lastError;
      if (error) reject(new Error(error.message));
      else resolve();
    });
  });
}

/** Calls with what was chosen on a page. Once, in the worker's first task. */
export function watchMenus(listener: (choice: MenuChoice) => void): void {
  browser.contextMenus.onClicked.addListener((info, tab) => {
    const [entry, peerId] = String(info.menuItemId).split(':');
    if (!entry || !isEntry(entry) || !peerId) return;
    // A click on the menu grants activeTab: address and title of the page are known.
    const title = tab?.title ?? '';
    const { srcUrl, linkUrl, pageUrl } = info;
    if (entry === 'tab' && tab?.id !== undefined) listener({ kind: 'tab', peerId, tabId: tab.id, title });
    if (entry === 'file') {
      const url = srcUrl ?? linkUrl;
      if (url) listener({ kind: 'file', peerId, url, isMedia: srcUrl !== undefined, title });
      return;
    }
    if (entry === 'link' && linkUrl) listener({ kind: 'link', peerId, url: linkUrl, title: '' });
    if (entry === 'page' && pageUrl) listener({ kind: 'link', peerId, url: tab?.url ?? pageUrl, title });
  });
}

/** Calls when the person has given leave for a site. Once, in the worker's first task. */
export function watchAllowedSites(listener: () => void): void {
  browser.permissions.onAdded.addListener(({ origins }) => {
    if (origins && origins.length > 0) listener();
  });
}

function isEntry(text: string): text is Entry {
  return Object.hasOwn(ENTRIES, text);
}
