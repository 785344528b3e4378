import type { OutgoingShare } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { lineText } from '../models/display-text.ts';
import { clock } from '../models/format.ts';
import { t } from '../text.ts';
import { useModel } from './model-context.ts';
import { useNow } from './use-now.ts';

/** Red, since something is captured: what, to whom, how long, and the way to end it. */
export function LiveBanner() {
  const model = useModel();
  const share = model.state.value?.outgoingShare;
  if (!share) return null;
  return (
    <section class="banner" aria-label={t('live_label')}>
      <div class="row">
        <span class="dot" />
        <div class="grow">
          <b class="cut">
            <bdi>{lineText(share.title) || t('live_untitled')}</bdi>
          </b>
          <ShareStatus share={share} />
        </div>
      </div>
      <div class="choices">
        <button type="button" class="btn stop" aria-keyshortcuts="s" onClick={() => model.sending.stopSharing()}>
          {t('live_stop')}
        </button>
      </div>
    </section>
  );
}

function ShareStatus({ share }: { share: OutgoingShare }) {
  const model = useModel();
  const nowMs = useNow();
  const name = nameOf(model.state.value?.peers.find(({ id }) => id === share.peerId) ?? null);
  if (share.status === 'starting') return <small role="status">{t('live_starting')}</small>;
  if (share.status === 'offered') return <small role="status">{t('live_offered', name)}</small>;
  return (
    <small>
      <span role="status">{t('live_to', name)}</span> · <span class="num">{clock(nowMs - share.startedAt)}</span>
    </small>
  );
}
