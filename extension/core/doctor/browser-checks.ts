import type { Outcome } from './findings.ts';

/** Less than this is gone with the next film. */
const LITTLE_BYTES = 500e6;
const PROBE_NAME = 'doctor-probe';

/** What only an extension can be asked. */
export interface DoctorBrowser {
  /** Whether every permission that Pairwise was installed with is there. */
  hasPermissions(): Promise<boolean>;
  /** Whether the browser shows its notifications. */
  hasNotifications(): Promise<boolean>;
}

/** Whether files can be kept here, and how many. */
export async function checkStorage(): Promise<Outcome> {
  try {
    const root = await navigator.storage.getDirectory();
    await root.getDirectoryHandle(PROBE_NAME, { create: true });
    await root.removeEntry(PROBE_NAME, { recursive: true });
  } catch {
    return { finding: 'storage-closed' }; // Switched off by policy, or full to the last byte.
  }
  const { quota = 0, usage = 0 } = await navigator.storage.estimate();
  const bytes = Math.max(0, quota - usage);
  return { finding: bytes < LITTLE_BYTES ? 'storage-little' : 'storage-roomy', bytes };
}

/** Whether anything that a person or a policy can take away is missing. */
export async function checkPermissions(extension: DoctorBrowser): Promise<Outcome> {
  if (!(await extension.hasPermissions())) return { finding: 'permissions-missing' };
  if (!(await extension.hasNotifications())) return { finding: 'notifications-off' };
  const microphone = await navigator.permissions.query({ name: 'microphone' as PermissionName });
  return { finding: microphone.state === 'denied' ? 'microphone-off' : 'permissions-all' };
}
