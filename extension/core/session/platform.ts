/** What the core needs from the browser around it. The extension answers through its worker, a plain page could in its own way. */
export interface Platform {
  /** Shows a system notification about `name`; what it says follows from what it is about. `body`: the peer's own words, or empty. */
  notify(notification: { about: NotificationTarget; name: string; body: string }): void;
  /**
   * Saves a whole, checked file under Downloads. Resolves when it stands there, with the browser's number for it.
   * @throws AppError `download-failed`
   */
  save(itemId: string, file: File): Promise<{ downloadId: number | null }>;
}

/** What a notification is about; a click leads there. */
export type NotificationTarget =
  /** Somebody had my code and waits for my answer. */
  | { kind: 'pairing' }
  | { kind: 'peer'; peerId: string }
  | { kind: 'file'; peerId: string }
  | { kind: 'share'; peerId: string; shareId: string };
