import type { ItemOf, PeerState } from '../../core/session/state.ts';
import { errorText } from '../error-text.ts';
import { dotted, t } from '../text.ts';
import { nameOf } from './app-model.ts';
import { count, size, sizeOf } from './format.ts';

/*
 * What is said about a transfer, in every state that it can be in.
 */
type File = ItemOf<'file'>;
type FileForm = File['form'];

/** `312 files`; null for one file that is no folder. */
export function filesText({ form, count: files }: Pick<File, 'form' | 'count'>): string | null {
  if (form === 'file') return null;
  return files === 1 ? t('files_one') : t('files_many', count(files));
}

/** How much it is: `1.8 MB`, or `312 files · 1.2 GB`. */
export function amountText(item: Pick<File, 'form' | 'count' | 'sizeBytes'>): string {
  return dotted(filesText(item), size(item.sizeBytes));
}

/** How much of it is there: `417 of 673 MB`. */
export function progressText(item: File, bytes: number): string {
  const { part, total } = sizeOf(bytes, item.sizeBytes);
  return dotted(filesText(item), t('file_of', part, total));
}

/** Whether it goes on only after this person has chosen its files once more. */
export function isSourceWanted({ mine, transfer }: File): boolean {
  return mine && transfer.state === 'interrupted' && transfer.needsSource;
}

/** Whether it is known where its only file lies, and the person only has to allow reading it. */
export function isRemembered({ transfer }: File): boolean {
  return transfer.state === 'interrupted' && transfer.needsSource && transfer.isRemembered === true;
}

/** Whether it failed because the files are not what they were: only new ones help. */
export function isSourceGone({ mine, transfer }: File): boolean {
  return mine && transfer.state === 'failed' && (transfer.code === 'file-changed' || transfer.code === 'file-gone');
}

/** The line below the name. `bytes` of those that are on their way. */
export function detailText(item: File, peer: PeerState, bytes: number): string {
  const { transfer } = item;
  const amount = amountText(item);
  const name = nameOf(peer);
  switch (transfer.state) {
    case 'waiting':
      return t('file_kept', amount);
    case 'checking':
      return amount;
    case 'offered':
      return dotted(amount, t('file_offered', name));
    case 'moving':
    case 'paused':
      return progressText(item, bytes);
    case 'interrupted':
      if (isRemembered(item)) return t('file_again_remembered');
      return isSourceWanted(item) ? againText(item.form) : progressText(item, bytes);
    case 'ready':
      return t('file_ready', filesText(item) ?? t('files_one'));
    case 'saving':
      return item.count === 1
        ? t('file_saving')
        : t('file_saving_many', count(transfer.savedCount), filesText(item) ?? '');
    case 'done':
      return t(item.mine ? 'file_sent' : 'file_checked', amount);
    case 'declined':
      return dotted(amount, transfer.byMe ? t('declined_by_me') : t('declined_by_peer', name));
    case 'cancelled':
      return dotted(amount, transfer.byMe ? t('cancelled_by_me') : t('cancelled_by_peer', name));
    case 'failed':
      return errorText(transfer.code, name);
  }
}

/** Beside the percentage: why it doesn't move, or how much is there where the line below the name already says why. */
export function standstillText(item: File, peer: PeerState): string {
  const { transfer } = item;
  const name = nameOf(peer);
  if (transfer.state === 'checking') return t('file_checking');
  if (isSourceWanted(item) && transfer.state === 'interrupted') return progressText(item, transfer.bytes);
  if (transfer.state === 'paused') {
    if (transfer.byMe) return transfer.byPeer ? t('file_paused_by_both') : t('file_paused_by_me');
    return t('file_paused_by_peer', name);
  }
  return peer.connection.state === 'connected' ? t('file_interrupted_there', name) : t('file_interrupted', name);
}

/** What to choose, as a button says it. */
export function chooseText(form: FileForm): string {
  return t(`file_choose_${form}`);
}

function againText(form: FileForm): string {
  return t(`file_again_${form}`);
}

/** What a peer wants to send. */
export function requestText({ form, count: files }: File, name: string): string {
  if (form === 'folder') return t('request_folder', name);
  return form === 'file' || files === 1 ? t('request_file', name) : t('request_files', name, count(files));
}
