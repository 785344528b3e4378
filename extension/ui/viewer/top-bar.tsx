import { PathBadge } from '../components/path-badge.tsx';
import { initial } from '../models/display-text.ts';
import { clock } from '../models/format.ts';
import { t } from '../text.ts';
import { isoDuration } from './format.ts';
import type { ViewerModel } from './model.ts';

/** Who shows what, since when, and how it gets here. */
export function TopBar({ model }: { model: ViewerModel }) {
  const about = model.about.value;
  if (!about) return null;
  const elapsedMs = model.nowMs.value - about.startedAt;
  return (
    <header class="over top">
      <span class="avatar" aria-hidden="true">
        {initial(about.peerName)}
      </span>
      <div class="name">
        <h1>{t('viewer_title', about.peerName)}</h1>
        <small class="cut">{about.title}</small>
      </div>
      {model.isLive.value && (
        <span class="tag">
          <span class="dot" />
          {t('viewer_live')}
          <time class="num" dateTime={isoDuration(elapsedMs)}>
            {clock(elapsedMs)}
          </time>
        </span>
      )}
      <span class="gap" />
      <PathBadge connection={about.connection} />
    </header>
  );
}
