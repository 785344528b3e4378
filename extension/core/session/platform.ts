import type { ErrorCode } from '../shared/errors.ts';

/** What the core needs from the browser around it. The extension answers through its worker, a plain page could in its own way. */
export interface Platform {
  /**
   * Shows a system notification about `name`, unless the person has a view in sight. What it says follows from what it is about.
   * `body`: the peer's own words, or empty.
   */
  notify(notification: { about: NotificationTarget; name: string; body: string }): void;
  /** Puts our script into the page that a tab shows now. Never rejects. */
  enterPage(tabId: number): Promise<PageEntry>;
  /** Calls with whether the person has muted a tab, soon and whenever that changes. Returns the function that ends it. */
  watchMuted(tabId: number, listener: (isMuted: boolean) => void): () => void;
  /** Opens the page on which the browser can ask the person for the microphone. */
  openMicrophonePage(): Promise<void>;
  /**
   * Saves whole, checked files under Downloads, at safe relative paths ("Pairwise/photos/1.jpg"); a name that is taken gets a number.
   * `onSaved` hears which of them stands there. Resolves, once all do, with the browser's number for the first.
   * @throws AppError `save-failed`, `save-full`; the signal's reason when aborted. What stands there already stays.
   */
  save(
    files: readonly FileToSave[],
    options: { signal: AbortSignal; onSaved(index: number): void },
  ): Promise<{ downloadId: number | null }>;
}

/** in: the script is there · refused: the browser doesn't let it · crashed: the tab shows no page any more, its process has ended. */
export const PAGE_ENTRIES = ['in', 'refused', 'crashed'] as const;
export type PageEntry = (typeof PAGE_ENTRIES)[number];

/** What a tab does: it loads a page, maybe only another address of the same one; its owner mutes it, or no longer. */
export const TAB_NEWS = ['loads', 'muted', 'unmuted'] as const;
export type TabNews = (typeof TAB_NEWS)[number];

export interface FileToSave {
  readonly path: string;
  readonly content: Blob;
}

/** What a notification is about; a click leads there. */
export type NotificationTarget =
  /** Somebody had my code and waits for my answer. */
  | { kind: 'pairing' }
  | { kind: 'peer'; peerId: string }
  /** Somebody wants to send something. */
  | { kind: 'file'; peerId: string }
  /** A file of the web could not be fetched, so its link was sent. */
  | { kind: 'link'; peerId: string }
  /** Something has arrived whole. */
  | { kind: 'received'; peerId: string }
  | { kind: 'share'; peerId: string; shareId: string }
  /** What I wanted to show is not shown, or no more. */
  | { kind: 'not-shown'; peerId: string; code: ErrorCode }
  /** Somebody asks to be shown something. */
  | { kind: 'ask'; peerId: string };
