import type { PeerState, ShareAsked } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

export interface AskRequestProps {
  readonly peer: PeerState;
  readonly ask: ShareAsked;
  /** Whether it is the first on the screen: there is one primary button. */
  readonly isPrimary: boolean;
}

/** The peer asks to see something. What it gets to see is chosen here, by a click. */
export function AskRequest({ peer, ask, isPrimary }: AskRequestProps) {
  const { live } = useModel();
  return (
    <article class="card request">
      <div class="row">
        <span class="thumb" aria-hidden="true">
          <Icon name="eye" />
        </span>
        <div class="grow">
          <b>{t('request_ask', nameOf(peer))}</b>
          <small>{t('request_ask_hint')}</small>
        </div>
      </div>
      <div class="choices">
        <button type="button" class="btn" onClick={() => live.endAsk(ask.id)}>
          {t('request_share_later')}
        </button>
        <button type="button" class="btn" onClick={() => live.sharePicked(peer.id)}>
          {t('request_ask_else')}
        </button>
        <button type="button" class={isPrimary ? 'btn primary' : 'btn'} onClick={() => live.shareTab(peer.id)}>
          {t('action_share_tab')}
        </button>
      </div>
    </article>
  );
}

/** I have asked, and wait. */
export function AskWaiting({ peer, ask }: { peer: PeerState; ask: ShareAsked }) {
  const { live } = useModel();
  return (
    <article class="card request">
      <div class="row">
        <span class="thumb" aria-hidden="true">
          <Icon name="eye" />
        </span>
        <div class="grow">
          <b class="cut">{t('ask_waiting', nameOf(peer))}</b>
          <small>{t('ask_waiting_hint')}</small>
        </div>
        <button type="button" class="btn small" onClick={() => live.endAsk(ask.id)}>
          {t('ask_take_back')}
        </button>
      </div>
    </article>
  );
}
