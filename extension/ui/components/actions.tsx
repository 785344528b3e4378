import type { PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

/** The three things one click does. A live tab needs the peer; links and files wait for it. */
export function Actions({ peer, onChooseFiles }: { peer: PeerState; onChooseFiles: () => void }) {
  const { live, sending, notices } = useModel();
  const name = nameOf(peer);
  const canWatch = peer.connection.state === 'connected';
  const share = () => {
    if (canWatch) live.shareTab(peer.id);
    else notices.add('peer-offline', peer.id);
  };
  return (
    <div class="actions" role="toolbar" aria-label={t('actions_label', name)}>
      <button
        type="button"
        aria-disabled={!canWatch}
        title={canWatch ? undefined : t('actions_share_offline', name)}
        aria-keyshortcuts="t"
        onClick={share}
      >
        <Icon name="tab" />
        {t('action_share_tab')}
      </button>
      <button type="button" aria-keyshortcuts="l" onClick={() => sending.currentLink(peer.id)}>
        <Icon name="link" />
        {t('action_send_link')}
      </button>
      <button type="button" aria-keyshortcuts="f" onClick={onChooseFiles}>
        <Icon name="file" />
        {t('action_send_file')}
      </button>
    </div>
  );
}
