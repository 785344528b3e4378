import type { Viewer, Watch } from '../../extension/core/session/incoming-shares.ts';
import type { LivePair } from './live-pair.ts';

/** Alice shows a tab and Bob knows. */
export async function showsTabToBob({ alice, bob }: LivePair): Promise<void> {
  await alice.showsTab();
  await bob.until('shown', () => bob.isShown !== undefined);
}

/** A viewer page of Bob's, and all that it hears. */
export function openViewerPage({ bob }: LivePair): { heard: string[]; watch: Watch } {
  const heard: string[] = [];
  const page: Viewer = {
    ready: () => heard.push('ready'),
    iceServers: (list) => heard.push(`servers ${list.map(({ urls }) => urls)}`),
    signal: ({ kind }) => heard.push(kind),
    ended: (why) => heard.push(why),
    dropped: () => heard.push('dropped'),
    replaced: () => heard.push('replaced'),
  };
  return { heard, watch: bob.live.incoming.watch(bob.peerId, bob.isShown?.shareId ?? 'x'.repeat(22), page) };
}
