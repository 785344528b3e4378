/** What the core needs from the browser around it. The extension answers through its worker, a plain page could in its own way. */
export interface Platform {
  /** Shows a system notification about `name`; what it says follows from what it is about. `body`: the peer's own words, or empty. */
  notify(notification: { about: NotificationTarget; name: string; body: string }): void;
  /** Puts our script into the page that a tab shows now. Tells whether the browser let it; never rejects. */
  enterPage(tabId: number): Promise<boolean>;
  /** Whether the person has muted a tab; never rejects. */
  isTabMuted(tabId: number): Promise<boolean>;
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
  /** Somebody asks to be shown something. */
  | { kind: 'ask'; peerId: string };
