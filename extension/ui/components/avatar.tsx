import type { PeerState } from '../../core/session/state.ts';
import { initial } from '../models/display-text.ts';

/** A peer's letter; its presence has a shape as well as a colour. What it means is said beside it. */
export function Avatar({ peer }: { peer: Pick<PeerState, 'name' | 'presence'> }) {
  return (
    <span class="avatar" data-presence={peer.presence} aria-hidden="true">
      {initial(peer.name)}
    </span>
  );
}
