import type { Person } from './person.ts';
import { readState } from './state.ts';

/** What the browser tells of a click on a page's menu. */
export interface Clicked {
  readonly srcUrl?: string;
  readonly linkUrl?: string;
}

/**
 * Chooses an entry of the page's menu, for the only peer: `file` or `link` of what was clicked, or the `page`. The worker hears what it
 * would of a real click; what a real click brings besides, leave to read the page's site, comes from a click on the icon instead
 * (`popup`), or doesn't.
 */
export async function choosesInMenu(person: Person, entry: 'file' | 'link' | 'page', clicked: Clicked): Promise<void> {
  const worker = await person.browser.worker();
  const pageUrl = person.page.url();
  const menuItemId = `${entry}:${await onlyPeerId(person)}`;
  await worker.evaluate(
    async (info) => {
      const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
      // A real event, but one that nobody has typed: it hands on whatever it is given.
      const event: unknown = chrome.contextMenus.onClicked;
      (event as { dispatch(...args: unknown[]): void }).dispatch(info, tab);
    },
    { menuItemId, pageUrl, editable: false, ...clicked },
  );
}

/** Whether the menu has this entry for this peer. */
export async function isInMenu(person: Person, entry: 'file' | 'link' | 'page', peerId: string): Promise<boolean> {
  const worker = await person.browser.worker();
  return worker.evaluate(
    (id) =>
      chrome.contextMenus.update(id, {}).then(
        () => true,
        () => false,
      ),
    `${entry}:${peerId}`,
  );
}

/** The id of the only peer, as the offscreen document tells it to a page of the extension that is no view. */
export async function onlyPeerId(person: Person): Promise<string> {
  const page = await person.browser.panel('/options.html');
  try {
    const { peers } = await readState(page);
    const [peer] = peers;
    if (!peer || peers.length > 1) throw new Error(`${person.name} has ${peers.length} peers.`);
    return peer.id;
  } finally {
    await page.close();
    await person.page.bringToFront();
  }
}
