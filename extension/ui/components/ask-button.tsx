import type { PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { myAsk } from '../models/live-text.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

/** One click asks the peer to show something; another takes that back. */
export function AskButton({ peer }: { peer: PeerState }) {
  const { live, state } = useModel();
  const asked = myAsk(state.value?.asks, peer.id);
  const label = t('ask_to_see', nameOf(peer));
  return (
    <button
      type="button"
      class="icon ask"
      aria-label={label}
      title={label}
      aria-pressed={asked !== undefined}
      onClick={() => (asked ? live.endAsk(asked.id) : live.askToSee(peer.id))}
    >
      <Icon name="eye" />
    </button>
  );
}
