import { expect, test, vi } from 'vitest';

/** What the browser shows, and the icons that it still loads, oldest first. */
const { action, toolbar } = vi.hoisted(() => {
  const toolbar = { text: '', icon: '', loads: [] as (() => void)[] };
  const action = {
    setBadgeText: async ({ text }: { text: string }) => {
      toolbar.text = text;
    },
    setBadgeBackgroundColor: async () => {},
    setBadgeTextColor: async () => {},
    setIcon: ({ path }: { path: Record<string, string> }) =>
      new Promise<void>((resolve) => {
        toolbar.loads.push(() => {
          toolbar.icon = path['16'] ?? '';
          resolve();
        });
      }),
  };
  return { action, toolbar };
});
vi.mock('wxt/browser', () => ({ browser: { action } }));

const { showOnToolbar } = await import('../../extension/platform/toolbar.ts');

test('the icon is what was said last, however long the pictures before take to load', async () => {
  const both = Promise.all([showOnToolbar({ unread: 0, live: true }), showOnToolbar({ unread: 0, live: false })]);
  // The browser loads whatever it was given, the newest first.
  let isDone = false;
  void both.then(() => {
    isDone = true;
  });
  await vi.waitUntil(() => {
    toolbar.loads.pop()?.();
    return isDone;
  });
  expect(toolbar).toMatchObject({ icon: '/icon/16.png', text: '' });
});

test('a call that the browser refuses keeps none of the next from being shown', async () => {
  action.setBadgeText = async ({ text }) => {
    if (text === '1') throw new Error('No such action.');
    toolbar.text = text;
  };
  const refused = showOnToolbar({ unread: 1, live: false });
  const next = showOnToolbar({ unread: 100, live: false });
  const loading = setInterval(() => toolbar.loads.shift()?.(), 1);
  await expect(refused).rejects.toThrow('No such action.');
  await next;
  clearInterval(loading);
  expect(toolbar.text).toBe('99+');
});
