import type { OutgoingShare } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { clock } from '../models/format.ts';
import { shareTitle, whyText } from '../models/live-text.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { LiveChips } from './live-chips.tsx';
import { QualityMenu, SwitchMenu } from './live-menus.tsx';
import { useModel } from './model-context.ts';
import { useNow } from './use-now.ts';

/**
 * Red, since something is captured: what, to whom, how long, whatever is wrong with it, and the ways to hold, change and end it. Brief, on a
 * screen that is about something else, it has only the ways to hold and end it, and what goes along while my microphone does.
 */
export function LiveBanner({ isBrief }: { isBrief: boolean }) {
  const model = useModel();
  const share = model.state.value?.outgoingShare;
  if (!share) return null;
  const peer = model.state.value?.peers.find(({ id }) => id === share.peerId) ?? null;
  const name = nameOf(peer);
  const isReached = peer?.connection.state === 'connected';
  const isStarting = share.status === 'starting';
  const isPaused = share.pause !== null;
  const pauseLabel = t(isPaused ? 'live_go_on' : 'live_pause');
  const hasMore = !isStarting && !isBrief;
  const why = isStarting ? '' : whyText(share, name, isReached);
  return (
    <>
      <section class="banner" data-brief={isBrief} aria-label={t('live_label')}>
        <div class="row">
          {isPaused ? <Icon name="pause" /> : <span class="dot" />}
          <div class="grow">
            <b class="cut">
              <bdi>{isStarting && share.tabId === null ? t('live_choosing') : shareTitle(share)}</bdi>
            </b>
            <ShareStatus share={share} name={name} isReached={isReached} />
          </div>
          {hasMore && <QualityMenu share={share} />}
        </div>
        <p class="why" role="status">
          {why}
        </p>
        <div class="choices">
          {!isStarting && (
            <button type="button" class="btn" title={pauseLabel} onClick={() => model.live.pause(!isPaused)}>
              <Icon name={isPaused ? 'play' : 'pause'} small />
              {pauseLabel}
            </button>
          )}
          {hasMore && <SwitchMenu share={share} />}
          <button type="button" class="btn stop" aria-keyshortcuts="s" onClick={() => model.live.stop()}>
            {t(isStarting ? 'cancel' : 'live_stop')}
          </button>
        </div>
      </section>
      {(hasMore || share.voice !== 'off') && <LiveChips share={share} name={name} />}
    </>
  );
}

interface ShareStatusProps {
  readonly share: OutgoingShare;
  readonly name: string;
  readonly isReached: boolean;
}

function ShareStatus({ share, name, isReached }: ShareStatusProps) {
  const nowMs = useNow();
  if (share.status === 'starting') {
    return <small role="status">{t(share.tabId === null ? 'live_choosing_hint' : 'live_starting')}</small>;
  }
  const isSeen = share.status === 'live' && isReached;
  const what = !isReached ? 'unreached' : share.pause ? 'paused' : share.status;
  return (
    <small>
      <span role="status">{t(`live_${what}`, name)}</span>
      {isSeen && <span class="num"> · {clock(nowMs - share.startedAt)}</span>}
      {share.peerVoice && (
        <span>
          {' · '}
          <Icon name="mic" small /> {t('live_voice_of', name)}
        </span>
      )}
    </small>
  );
}
