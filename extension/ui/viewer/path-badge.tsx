import type { Connection } from '../../core/session/state.ts';
import { t } from '../text.ts';
import { milliseconds } from './format.ts';
import { ViewerIcon } from './viewer-icon.tsx';

/** How the two browsers are connected: glyph, word and round trip. */
export function PathBadge({ connection }: { connection: Connection }) {
  if (connection.state !== 'connected') {
    const isTrying = connection.state === 'connecting';
    return (
      <span class="path" {...(isTrying ? {} : { 'data-path': 'none' })}>
        <ViewerIcon name={isTrying ? 'again' : 'cut'} small />
        {isTrying ? t('viewer_path_reconnecting') : t('viewer_path_none')}
      </span>
    );
  }
  const { path, rttMs } = connection;
  return (
    <span class="path" data-path={path}>
      <ViewerIcon name={path} small />
      {t(`viewer_path_${path}`)}
      {rttMs !== null && ` · ${milliseconds(rttMs)}`}
    </span>
  );
}
