import type { Connection } from '../../core/session/state.ts';
import { milliseconds } from '../models/format.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';

/** How the two browsers are connected: glyph, word and round trip. */
export function PathBadge({ connection }: { connection: Connection }) {
  if (connection.state !== 'connected') {
    const isTrying = connection.state === 'connecting';
    return (
      <span class="path" {...(isTrying ? {} : { 'data-path': 'none' })}>
        <Icon name={isTrying ? 'again' : 'cut'} small />
        {isTrying ? t('path_reconnecting') : t('path_none')}
      </span>
    );
  }
  const { path, rttMs } = connection;
  return (
    <span class="path" data-path={path}>
      <Icon name={path} small />
      {t(`path_${path}`)}
      {rttMs !== null && ` · ${milliseconds(rttMs)}`}
    </span>
  );
}
