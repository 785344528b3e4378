import type { ItemOf, PeerState } from '../../core/session/state.ts';
import { shownFileName } from '../models/file-name.ts';
import { detailText, isSourceWanted } from '../models/file-text.ts';
import { FileButtons, FileChoices } from './file-buttons.tsx';
import { FileProgress } from './file-progress.tsx';
import { FileRow } from './file-row.tsx';
import { usePaced } from './use-paced.ts';

/**
 * A transfer, at whatever point of its way it is. What changes in it is not read out, or every percent would be: its end is told by
 * `Announcement`.
 */
export function FileCard({ item, peer }: { item: ItemOf<'file'>; peer: PeerState }) {
  const { transfer, mine, name } = item;
  const bytes = usePaced('bytes' in transfer ? transfer.bytes : 0);
  const place = transfer.state === 'done' ? transfer.place : '';
  return (
    <article
      class={mine ? 'card mine' : 'card'}
      aria-label={shownFileName(name)}
      aria-live="off"
      data-state={transfer.state}
      data-wanted={isSourceWanted(item)}
    >
      <FileRow item={item} detail={detailText(item, peer, bytes)} place={place}>
        <FileButtons item={item} />
      </FileRow>
      <FileProgress item={item} peer={peer} />
      <FileChoices item={item} />
    </article>
  );
}
