import type { IncomingShare, PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { incomingText, showingText } from '../models/live-text.ts';
import { Icon } from './icon.tsx';

/** What a peer shows, in the row of a card: picture, who and what, and what to expect. */
export function IncomingSummary({ share, peer }: { share: IncomingShare; peer: PeerState }) {
  return (
    <>
      <span class="thumb live" aria-hidden="true">
        <Icon name={share.source} />
      </span>
      <div class="grow">
        <b>{showingText(share, nameOf(peer))}</b>
        <small class="cut" dir="auto">
          {incomingText(share)}
        </small>
      </div>
    </>
  );
}
