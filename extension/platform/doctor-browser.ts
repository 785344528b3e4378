import { browser } from 'wxt/browser';
import type { DoctorBrowser } from '../core/doctor/browser-checks.ts';

/** What the connection doctor asks the browser about this extension. */
export const doctorBrowser: DoctorBrowser = {
  hasPermissions: async () => {
    const { permissions = [] } = browser.runtime.getManifest();
    const granted = new Set<string>((await browser.permissions.getAll()).permissions);
    return permissions.every((permission) => granted.has(permission));
  },
  hasNotifications: async () => (await browser.notifications.getPermissionLevel()) === 'granted',
};
