import { browser } from 'wxt/browser';

/** What a notification says in its first line, by the kind in its id; a message of a peer has the name alone. */
function titleOf(id: string, name: string): string {
  switch (id.split(':')[0]) {
    case 'pairing':
      return browser.i18n.getMessage('confirm_title', name);
    case 'share':
      return browser.i18n.getMessage('request_share', name);
    case 'ask':
      return browser.i18n.getMessage('request_ask', name);
    case 'file':
      return browser.i18n.getMessage('request_file', name);
    case 'received':
      return browser.i18n.getMessage('notify_received', name);
    case 'not-shown':
      return browser.i18n.getMessage('notify_not_shown', name);
    case 'link':
      return browser.i18n.getMessage('notify_link_sent', name);
    default:
      return name;
  }
}

/** Shows a notification, or renews the one with this id. */
export async function notify(id: string, name: string, message: string): Promise<void> {
  const iconUrl = browser.runtime.getURL('/icon/128.png');
  await browser.notifications.create(id, { type: 'basic', iconUrl, title: titleOf(id, name), message });
}

/** Calls with the id of a notification that was clicked, and takes it away. Once, in the worker's first task. */
export function watchNotificationClicks(listener: (id: string) => void): void {
  browser.notifications.onClicked.addListener((id) => {
    void browser.notifications.clear(id);
    listener(id);
  });
}
