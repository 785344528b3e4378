import { browser } from 'wxt/browser';

/** As in the design language: red means captured, the accent means something unread. */
const LIVE_COLOUR = '#cf1f38';
const UNREAD_COLOUR = '#4353e0';
const SIZES = [16, 24, 32] as const;

const icons = (name: string) => Object.fromEntries(SIZES.map((size) => [size, `/icon/${name}${size}.png`]));

interface Shown {
  readonly unread: number;
  readonly live: boolean;
}

let shown: Promise<void> = Promise.resolve();

/**
 * What the toolbar icon says: red and "live" while anything of this computer is captured, else how much is unread. One after the other:
 * pictures are loaded first, and those of an older call may take longer than those of the next.
 */
export function showOnToolbar(next: Shown): Promise<void> {
  shown = shown.catch(() => {}).then(() => show(next));
  return shown;
}

async function show({ unread, live }: Shown): Promise<void> {
  const text = live ? '●' : unread === 0 ? '' : unread > 99 ? '99+' : String(unread);
  await Promise.all([
    browser.action.setBadgeText({ text }),
    browser.action.setBadgeBackgroundColor({ color: live ? LIVE_COLOUR : UNREAD_COLOUR }),
    browser.action.setBadgeTextColor({ color: '#ffffff' }),
    browser.action.setIcon({ path: icons(live ? 'live-' : '') }),
  ]);
}
