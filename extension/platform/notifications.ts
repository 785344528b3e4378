import { browser } from 'wxt/browser';

/** Shows a notification, or renews the one with this id. */
export async function notify(id: string, title: string, message: string): Promise<void> {
  const iconUrl = browser.runtime.getURL('/icon/128.png');
  await browser.notifications.create(id, { type: 'basic', iconUrl, title, message });
}

/** Calls with the id of a notification that was clicked, and takes it away. Once, in the worker's first task. */
export function watchNotificationClicks(listener: (id: string) => void): void {
  browser.notifications.onClicked.addListener((id) => {
    void browser.notifications.clear(id);
    listener(id);
  });
}
