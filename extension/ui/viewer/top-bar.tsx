import { Icon } from '../components/icon.tsx';
import { PathBadge } from '../components/path-badge.tsx';
import { initial } from '../models/display-text.ts';
import { clock } from '../models/format.ts';
import { dotted, t } from '../text.ts';
import { withKey } from './dock-button.tsx';
import { isoDuration } from './format.ts';
import type { ViewerModel } from './model.ts';
import { sourceTitle } from './source-text.ts';

/** Who shows what, since when, how it gets here, and where it comes from. */
export function TopBar({ model }: { model: ViewerModel }) {
  const about = model.about.value;
  if (!about) return null;
  const isLost = model.scene.value === 'reconnecting';
  return (
    <header class="over top">
      <span class="avatar" aria-hidden="true">
        {initial(about.peerName)}
      </span>
      <div class="name">
        <h1>{sourceTitle(about)}</h1>
        <small class="cut">{about.hasAudio ? about.title : dotted(about.title || null, t('viewer_silent'))}</small>
      </div>
      {model.isLive.value && !isLost && <Tag model={model} startedAt={about.startedAt} />}
      {model.peerVoiceOn.value && (
        <span class="voice">
          <Icon name="mic" small />
          {t('viewer_peer_voice', about.peerName)}
        </span>
      )}
      <span class="gap" />
      <PathBadge connection={model.connection.value ?? about.connection} />
      {model.isLive.value && about.page && (
        <a
          class="btn"
          href={about.page}
          target="_blank"
          rel="noreferrer"
          aria-keyshortcuts={model.letterKey('O') ?? undefined}
          title={withKey(t('viewer_open_page_title', new URL(about.page).host), model.letterKey('O'))}
        >
          <Icon name="open" small />
          <span>{t('viewer_open_page')}</span>
        </a>
      )}
    </header>
  );
}

/** How long it goes on, and whether something moves. */
function Tag({ model, startedAt }: { model: ViewerModel; startedAt: number }) {
  const isPaused = model.scene.value === 'paused';
  const elapsedMs = model.nowMs.value - startedAt;
  return (
    <span class="tag" data-state={isPaused ? 'paused' : 'live'}>
      {isPaused ? <Icon name="pause" small /> : <span class="dot" />}
      {isPaused ? t('viewer_tag_paused') : t('viewer_live')}
      <time class="num" dateTime={isoDuration(elapsedMs)}>
        {clock(elapsedMs)}
      </time>
    </span>
  );
}
