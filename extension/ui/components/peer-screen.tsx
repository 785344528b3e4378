import { useRef, useState } from 'preact/hooks';
import type { PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { partedBy } from '../models/parted.ts';
import type { Chosen } from '../models/selection.ts';
import { t } from '../text.ts';
import { Actions } from './actions.tsx';
import { Composer } from './composer.tsx';
import { DropZone } from './drop-zone.tsx';
import { EmptyTimeline } from './empty-timeline.tsx';
import { FilePicker } from './file-picker.tsx';
import { later } from './later.tsx';
import { LiveBanner } from './live-banner.tsx';
import { useModel } from './model-context.ts';
import { NoticeList } from './notice-list.tsx';
import { PeerBar } from './peer-bar.tsx';
import { ReadingLine } from './reading-line.tsx';
import { Requests } from './requests.tsx';
import { Timeline } from './timeline.tsx';
import { ToastLine } from './toast-line.tsx';
import { TotalLine } from './total-line.tsx';
import { WaitingNotice } from './waiting-items.tsx';

// What is wrong between the two, if something is.
const Parted = later(async () => (await import('./parted.tsx')).Parted);
const PartedNotice = later(async () => (await import('./parted.tsx')).PartedNotice);
const ServerNotice = later(async () => (await import('./server-notice.tsx')).ServerNotice);
const NoConnection = later(async () => (await import('./no-connection.tsx')).NoConnection);
// There from the start, for those who listen; empty at first.
const Fetches = later(async () => (await import('./fetches.tsx')).Fetches);

/** Everything between me and one peer. */
export function PeerScreen({ peer }: { peer: PeerState }) {
  const model = useModel();
  const filePicker = useRef<HTMLInputElement>(null);
  const folderPicker = useRef<HTMLInputElement>(null);
  // Whoever has seen why there is no connection may still want to read, and to write for later.
  const [readsAnyway, setReadsAnyway] = useState<string | null>(null);
  const sendFiles = (chosen: Chosen) => void model.sending.files(peer.id, chosen);
  const chooseFiles = () => filePicker.current?.click();
  const chooseFolder = () => folderPicker.current?.click();
  const { outgoingShare, incomingShares = [], server } = model.state.value ?? {};
  const isSharing = outgoingShare != null;
  const history = model.history.value;
  const items = history?.peerId === peer.id ? history.items : peer.timeline;
  // A share that was put off, or is watched, stands in the timeline too.
  const isShown = incomingShares.some((share) => share.peerId === peer.id && share.status !== 'offered');
  const isEmpty = items.length === 0 && !isShown && !peer.typing;
  const isCut = partedBy(peer) !== null;
  const isStuck = isCut
    ? readsAnyway !== peer.id || items.length === 0
    : peer.connection.state === 'failed' && readsAnyway !== peer.id;
  return (
    <DropZone label={t('drop_files', nameOf(peer))} onDrop={isCut ? null : sendFiles}>
      <PeerBar peer={peer} />
      <LiveBanner isBrief={isStuck} />
      <FilePicker input={filePicker} label={t('action_send_file')} onChosen={sendFiles} />
      <FilePicker input={folderPicker} label={t('action_send_folder')} isFolder onChosen={sendFiles} />
      {isStuck ? (
        <>
          <NoticeList />
          {isCut ? (
            <Parted peer={peer} onReadAnyway={() => setReadsAnyway(peer.id)} />
          ) : (
            <NoConnection peer={peer} onReadAnyway={() => setReadsAnyway(peer.id)} />
          )}
        </>
      ) : (
        <>
          {!isSharing && !isCut && <Actions peer={peer} onChooseFiles={chooseFiles} />}
          <NoticeList />
          {!isCut && server?.status !== 'online' && <ServerNotice peer={peer} />}
          <Fetches peer={peer} />
          <Requests peer={peer} />
          {isEmpty ? <EmptyTimeline peer={peer} /> : <Timeline peer={peer} items={items} />}
          {!isCut && <WaitingNotice peer={peer} />}
          <ReadingLine />
          <TotalLine peer={peer} />
          <ToastLine />
          {isCut ? (
            <PartedNotice peer={peer} />
          ) : (
            <Composer key={peer.id} peer={peer} onChooseFiles={chooseFiles} onChooseFolder={chooseFolder} />
          )}
        </>
      )}
    </DropZone>
  );
}
