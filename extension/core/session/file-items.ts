import type { ItemOf, TimelineItem, Transfer } from './state.ts';

/** Whether this side, receiving, has said yes and is not through. */
export function accepted({ state }: Transfer): boolean {
  return ['moving', 'checking', 'paused', 'interrupted', 'ready', 'saving'].includes(state);
}

/** Whether an arriving transfer lies whole in private storage. One that could not be saved has failed with all of its bytes. */
export function isWhole({ mine, transfer, sizeBytes }: ItemOf<'file'>): boolean {
  if (mine) return false;
  if (transfer.state === 'failed') return transfer.bytes === sizeBytes && SAVING_FAULTS.has(transfer.code);
  return transfer.state === 'ready' || transfer.state === 'saving';
}

const SAVING_FAULTS: ReadonlySet<string> = new Set(['save-failed', 'save-full', 'internal']);

/** Whether a file item is one that I send to this peer. */
export function isMine(item: TimelineItem | null | undefined, peerId: string): item is ItemOf<'file'> {
  return item?.kind === 'file' && item.mine && item.peerId === peerId;
}

/** Whether I have to choose its files again before it can go on. */
export function isWaitingForSource({ transfer }: ItemOf<'file'>): boolean {
  return transfer.state === 'interrupted' && transfer.needsSource;
}

/** The same transfer, standing still. */
export function interrupted({ transfer }: ItemOf<'file'>, needsSource: boolean, isRemembered = false): Transfer {
  const bytes = 'bytes' in transfer ? transfer.bytes : 0;
  return { state: 'interrupted', bytes, needsSource, ...(isRemembered && { isRemembered }) };
}
