import type { ItemOf, PeerState } from '../../core/session/state.ts';
import { shownFileName } from '../models/file-name.ts';
import { standstillText } from '../models/file-text.ts';
import { clock, percent, rate } from '../models/format.ts';
import { dotted, t } from '../text.ts';
import { usePaced } from './use-paced.ts';

type File = ItemOf<'file'>;
type Moving = Extract<File['transfer'], { state: 'moving' }>;

/** How far a transfer has come: a bar, and below it how fast it is, or why it stands still. */
export function FileProgress({ item, peer }: { item: File; peer: PeerState }) {
  const { transfer } = item;
  switch (transfer.state) {
    case 'moving':
      return <MovingProgress item={item} transfer={transfer} peer={peer} />;
    case 'checking':
    case 'paused':
    case 'interrupted': {
      const { bytes, sizeBytes } = { ...item, ...transfer };
      return (
        <>
          <Bar item={item} value={bytes} max={sizeBytes} />
          <p class="facts meta">
            <b>{t('percent', percent(bytes, sizeBytes))}</b>
            <span>{standstillText(item, peer)}</span>
          </p>
        </>
      );
    }
    case 'saving':
      return item.count === 1 ? null : <SavingBar item={item} savedCount={transfer.savedCount} />;
    case 'failed':
      return transfer.bytes === 0 ? null : <Bar item={item} value={transfer.bytes} max={item.sizeBytes} />;
    default:
      return null;
  }
}

function MovingProgress({ item, transfer, peer }: { item: File; transfer: Moving; peer: PeerState }) {
  const { bytes, bytesPerSecond, secondsLeft } = usePaced(transfer);
  return (
    <>
      <Bar item={item} value={bytes} max={item.sizeBytes} />
      <p class="facts meta">
        <b>{t('percent', percent(bytes, item.sizeBytes))}</b>
        <span>{dotted(rate(bytesPerSecond), detourOf(peer))}</span>
        <span>{secondsLeft !== null && t('file_time_left', clock(secondsLeft * 1_000))}</span>
      </p>
    </>
  );
}

function SavingBar({ item, savedCount }: { item: File; savedCount: number }) {
  return <Bar item={item} value={usePaced(savedCount)} max={item.count} />;
}

function Bar({ item, value, max }: { item: File; value: number; max: number }) {
  // An empty file has all of its bytes at once.
  return <progress max={max || 1} value={max ? value : 1} aria-label={barLabel(item)} />;
}

function barLabel({ name, mine, transfer }: File): string {
  const shown = shownFileName(name);
  if (transfer.state === 'saving') return t('file_saving_label', shown);
  return t(mine ? 'file_sending' : 'file_receiving', shown);
}

/** The path in a word, where it is not the direct one: it may be why a transfer is slow. */
function detourOf({ connection }: PeerState): string | null {
  if (connection.state !== 'connected' || connection.path === 'direct') return null;
  return t(`path_${connection.path}`);
}
