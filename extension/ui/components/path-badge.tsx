import type { Connection } from '../../core/session/state.ts';
import { milliseconds } from '../models/format.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';

const NOTE_ID = 'path-note';

/** How the two browsers are connected: glyph, word and round trip. */
export function PathBadge({ connection }: { connection: Connection }) {
  const way = wayOf(connection);
  return (
    <span class="path" data-path={way} title={t(`path_${way}_hint`)}>
      <Way connection={connection} />
    </span>
  );
}

/** The same as a button that says in a sentence what it means. */
export function PathButton({ connection }: { connection: Connection }) {
  const way = wayOf(connection);
  const meaning = t(`path_${way}_hint`);
  return (
    <>
      <button type="button" class="path" data-path={way} title={meaning} popovertarget={NOTE_ID}>
        <Way connection={connection} />
      </button>
      <p id={NOTE_ID} class="path-note" popover="auto">
        {meaning}
      </p>
      {/* Without the round trip: that changes all the time, and nobody wants to hear it. */}
      <span class="only-heard" role="status">
        {t(`path_${way}`)}
      </span>
    </>
  );
}

function Way({ connection }: { connection: Connection }) {
  const way = wayOf(connection);
  const rttMs = connection.state === 'connected' && !connection.isSuspect ? connection.rttMs : null;
  return (
    <>
      <Icon name={way === 'none' ? 'cut' : way.endsWith('connecting') ? 'again' : (way as 'direct')} small />
      {t(`path_${way}`)}
      {rttMs !== null && ` · ${milliseconds(rttMs)}`}
    </>
  );
}

function wayOf(connection: Connection): 'direct' | 'turn' | 'relay' | 'reconnecting' | 'connecting' | 'none' {
  if (connection.state === 'connecting') return 'connecting';
  if (connection.state !== 'connected') return 'none';
  return connection.isSuspect ? 'reconnecting' : connection.path;
}
