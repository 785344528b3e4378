/** What the core needs from the browser around it. The extension answers through its worker, a plain page could in its own way. */
export interface Platform {
  /** Shows a system notification; `opens` says what a click on it leads to. */
  notify(notification: { opens: NotificationTarget; title: string; body: string }): void;
  /** Saves a whole, checked file under Downloads. Resolves when it stands there, with the browser's number for it.
   * @throws AppError `download-failed` */
  save(itemId: string, file: File): Promise<{ downloadId: number | null }>;
}

export type NotificationTarget = { kind: 'peer'; peerId: string } | { kind: 'share'; peerId: string; shareId: string };
