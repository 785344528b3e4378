import type { WebWorker } from 'puppeteer-core';

/** A notification as it was shown: the browser names only ids afterwards. */
export interface ShownNotification {
  readonly id: string;
  readonly title: string;
  readonly message: string;
}

interface World {
  shownNotifications?: ShownNotification[];
}

/** Keeps, from now on, what the worker shows as notifications; returns the function that tells it, the newest last. */
export async function keepsNotifications(worker: WebWorker): Promise<() => Promise<readonly ShownNotification[]>> {
  await worker.evaluate(() => {
    const shown: ShownNotification[] = [];
    (globalThis as World).shownNotifications = shown;
    const { notifications } = chrome;
    const create = notifications.create.bind(notifications) as (...args: readonly unknown[]) => unknown;
    const keep = (id: string, options: chrome.notifications.NotificationCreateOptions) => {
      shown.push({ id, title: options.title, message: options.message });
      return create(id, options);
    };
    Object.assign(notifications, { create: keep });
  });
  return () => worker.evaluate(() => (globalThis as World).shownNotifications ?? []);
}
