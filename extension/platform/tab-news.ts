import { type Browser, browser } from 'wxt/browser';
import type { TabNews } from '../core/session/platform.ts';

type Changed = Pick<Browser.tabs.Tab, 'status' | 'mutedInfo'>;

/**
 * Calls with every tab that loads a page, also when only the address of its page changes, and with every one that its owner mutes or
 * unmutes, until the answer is that nobody needs to know: the browser would start the worker for each page that somebody opens. `again`
 * begins anew. Once, in the worker's first task.
 */
export function watchTabs(tell: (tabId: number, news: TabNews) => Promise<boolean>): { again(): void } {
  const { onUpdated } = browser.tabs;
  const hear = async (tabId: number, changed: Changed) => {
    for (const news of newsOf(changed)) if (!(await tell(tabId, news))) onUpdated.removeListener(hear);
  };
  const again = () => onUpdated.addListener(hear);
  again();
  return { again };
}

/** The browser tells several changes at once. */
function newsOf({ status, mutedInfo }: Changed): TabNews[] {
  const news: TabNews[] = status === 'loading' ? ['loads'] : [];
  if (mutedInfo) news.push(isByOwner(mutedInfo) ? 'muted' : 'unmuted');
  return news;
}

/** Whether the person has muted a tab. False for one that is gone. */
export async function isMuted(tabId: number): Promise<boolean> {
  const tab = await browser.tabs.get(tabId).catch(() => null);
  return isByOwner(tab?.mutedInfo);
}

/** That a capture takes a tab's sound away counts for nothing. */
function isByOwner(info: Browser.tabs.MutedInfo | undefined): boolean {
  return info?.muted === true && info.reason !== 'capture';
}
