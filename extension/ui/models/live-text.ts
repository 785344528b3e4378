import type { AppState, IncomingShare, OutgoingShare, ShareAsked } from '../../core/session/state.ts';
import { t } from '../text.ts';
import { lineText } from './display-text.ts';

/** My question to this peer that still waits, if any. */
export function myAsk(asks: readonly ShareAsked[] | undefined, peerId: string): ShareAsked | undefined {
  return asks?.find((ask) => ask.mine && ask.peerId === peerId);
}

/** What this peer is shown by me, if anything. */
export function shareTo(state: AppState | null, peerId: string): OutgoingShare | null {
  const share = state?.outgoingShare ?? null;
  return share?.peerId === peerId ? share : null;
}

/** What is shown, by its title or else by its kind. */
export function shareTitle({ title, source }: Pick<OutgoingShare, 'title' | 'source'>): string {
  return lineText(title) || t(`live_untitled_${source}`);
}

/** "Bob is showing you a window" */
export function showingText({ source }: Pick<IncomingShare, 'source'>, name: string): string {
  return t(`request_share_${source}`, name);
}

/** In a line below that: the title, and what to expect. */
export function incomingText(share: IncomingShare): string {
  const how = share.pause ? 'paused' : share.hasAudio ? 'sound' : 'silent';
  return t(`request_live_${how}`, shareTitle(share));
}

/** Why it isn't as it could be, and the next step, in one sentence; the gravest first. Empty when all is well. */
export function whyText(share: OutgoingShare, name: string, isReached: boolean): string {
  const { pause, trouble, source, reach } = share;
  if (!isReached) return t('live_why_unreached', name);
  if (pause) return t(`live_why_${pause}`, name);
  if (trouble === 'frozen') return t(`live_why_frozen_${source}`);
  if (trouble) return t(`live_why_${trouble}`, name);
  return reach === 'lost' ? t('live_why_lost', name) : '';
}

/** Whether the peer's pointer can be seen, or why it can't. */
export function pointingWhy({ source, reach, tabId }: OutgoingShare, name: string): string | null {
  if (reach === 'page') return null;
  if (reach === 'lost') return t('live_why_lost', name);
  return t(source !== 'tab' ? 'live_points_none' : tabId === null ? 'live_points_picked' : 'live_points_page', name);
}
