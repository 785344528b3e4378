import type { ComponentChildren } from 'preact';
import type { ItemOf, PeerState } from '../../core/session/state.ts';
import { errorText } from '../error-text.ts';
import { nameOf } from '../models/app-model.ts';
import { lineText } from '../models/display-text.ts';
import { fileType, shownFileName } from '../models/file-name.ts';
import { clock, percent, rate, size, sizeOf } from '../models/format.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';
import { usePaced } from './use-paced.ts';

type File = ItemOf<'file'>;
type Moving = Extract<File['transfer'], { state: 'moving' }>;

/** A file, at whatever point of its way it is. */
export function FileCard({ item, peer }: { item: File; peer: PeerState }) {
  const model = useModel();
  const { transfer } = item;
  const transferState = transfer.state;
  const canCancel = transferState === 'moving' || transferState === 'offered' || transferState === 'waiting';
  const downloadId = transfer.state === 'done' && !item.mine ? transfer.downloadId : null;
  const cancel = () =>
    void model.watch(model.backend.askOffscreen('file-cancel', { peerId: item.peerId, id: item.id }));
  const show = (id: number) => void model.watch(model.backend.askBackground('download-show', { downloadId: id }));
  return (
    <article class={item.mine ? 'card mine' : 'card'} data-state={transferState}>
      <FileRow item={item} detail={<Detail item={item} peer={peer} />}>
        {canCancel && (
          <button type="button" class="icon tight" aria-label={t('cancel')} onClick={cancel}>
            <Icon name="cross" small />
          </button>
        )}
        {downloadId !== null && (
          <button type="button" class="btn small" onClick={() => show(downloadId)}>
            {t('show')}
          </button>
        )}
      </FileRow>
      {transfer.state === 'moving' && <Progress item={item} transfer={transfer} />}
    </article>
  );
}

/** Thumb, name, one line about it, and buttons. */
export function FileRow({
  item,
  detail,
  children,
}: {
  item: File;
  detail: ComponentChildren;
  children: ComponentChildren;
}) {
  return (
    <div class="row">
      <Thumb item={item} />
      <div class="grow">
        <b class="cut" title={lineText(item.name)}>
          <bdi>{shownFileName(item.name)}</bdi>
        </b>
        <small>{detail}</small>
      </div>
      {children}
    </div>
  );
}

function Thumb({ item }: { item: File }) {
  const { state } = item.transfer;
  const look = state === 'done' ? 'ok' : state === 'failed' ? 'warn' : '';
  return (
    <span class={`thumb ${look}`} aria-hidden="true">
      {look === 'ok' ? (
        <Icon name="tick" />
      ) : look === 'warn' ? (
        <Icon name="warning" />
      ) : (
        fileType(item.name) || <Icon name="file" />
      )}
    </span>
  );
}

function Detail({ item, peer }: { item: File; peer: PeerState }) {
  const { transfer, sizeBytes } = item;
  const total = size(sizeBytes);
  const bytes = usePaced(transfer.state === 'moving' ? transfer.bytes : 0);
  switch (transfer.state) {
    case 'waiting':
      return <>{t('file_kept', total)}</>;
    case 'offered':
      return <>{t('title_or_host', total, t('file_offered', nameOf(peer)))}</>;
    case 'moving': {
      const { part, total: whole } = sizeOf(bytes, sizeBytes);
      return <>{t('file_of', part, whole)}</>;
    }
    case 'saving':
      return <>{t('file_saving')}</>;
    case 'done':
      return <>{t(item.mine ? 'file_sent' : 'file_checked', total)}</>;
    case 'declined':
      return (
        <>{t('title_or_host', total, transfer.byMe ? t('declined_by_me') : t('declined_by_peer', nameOf(peer)))}</>
      );
    case 'cancelled':
      return (
        <>{t('title_or_host', total, transfer.byMe ? t('cancelled_by_me') : t('cancelled_by_peer', nameOf(peer)))}</>
      );
    case 'failed':
      return <>{errorText(transfer.code, nameOf(peer))}</>;
  }
}

function Progress({ item, transfer }: { item: File; transfer: Moving }) {
  const { bytes, bytesPerSecond, secondsLeft } = usePaced(transfer);
  const name = shownFileName(item.name);
  return (
    <>
      <progress
        max={item.sizeBytes}
        value={bytes}
        aria-label={t(item.mine ? 'file_sending' : 'file_receiving', name)}
      />
      <p class="facts meta">
        <b>{t('percent', percent(bytes, item.sizeBytes))}</b>
        <span>{rate(bytesPerSecond)}</span>
        <span>{secondsLeft !== null && t('file_time_left', clock(secondsLeft * 1_000))}</span>
      </p>
    </>
  );
}
