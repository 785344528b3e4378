import type { PeerState } from '../../core/session/state.ts';
import { isRequest } from '../models/timeline.ts';
import { AskRequest, AskWaiting } from './ask-cards.tsx';
import { FileRequest } from './file-request.tsx';
import { useModel } from './model-context.ts';
import { ShareRequest } from './share-request.tsx';

/** What waits for an answer, on top until it has one. It never takes the focus. */
export function Requests({ peer }: { peer: PeerState }) {
  const { incomingShares = [], asks = [] } = useModel().state.value ?? {};
  const shares = incomingShares.filter((share) => share.peerId === peer.id && share.status === 'offered');
  const theirs = asks.filter((ask) => ask.peerId === peer.id && !ask.mine);
  const mine = asks.filter((ask) => ask.peerId === peer.id && ask.mine);
  const files = peer.timeline.filter(isRequest);
  return (
    <div class="requests" role="alert">
      {shares.map((share) => (
        <ShareRequest key={share.shareId} peer={peer} share={share} />
      ))}
      {theirs.map((ask, index) => (
        <AskRequest key={ask.id} peer={peer} ask={ask} isPrimary={shares.length === 0 && index === 0} />
      ))}
      {files.map((file, index) => (
        <FileRequest
          key={file.id}
          peer={peer}
          file={file}
          isPrimary={shares.length === 0 && theirs.length === 0 && index === 0}
        />
      ))}
      {mine.map((ask) => (
        <AskWaiting key={ask.id} peer={peer} ask={ask} />
      ))}
    </div>
  );
}
