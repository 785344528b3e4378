import type { PeerState } from '../../core/session/state.ts';
import { errorText } from '../error-text.ts';
import { nameOf } from '../models/app-model.ts';
import { isWaiting } from '../models/timeline.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

/** Why there is no connection, what is known about it, and what to do. */
export function NoConnection({ peer, onReadAnyway }: { peer: PeerState; onReadAnyway: () => void }) {
  const model = useModel();
  if (peer.connection.state !== 'failed') return null;
  const { code } = peer.connection;
  const name = nameOf(peer);
  const waiting = peer.timeline.filter(isWaiting).length;
  return (
    <>
      <div class="stage" role="alert">
        <span class="glyph">
          <Icon name="cut" />
        </span>
        <h2>{t('failed_title', name)}</h2>
        <p>{errorText(code, name)}</p>
        {code === 'peer-unreachable' && <Checks peer={peer} />}
      </div>
      <div class="foot">
        <button
          type="button"
          class="btn primary big"
          onClick={() => model.watch(model.backend.askOffscreen('peer-retry', { peerId: peer.id }))}
        >
          {t('try_again')}
        </button>
        <button type="button" class="btn quiet" onClick={onReadAnyway}>
          {t('failed_show_messages')}
        </button>
        {waiting > 0 && (
          <p class="meta">{t(waiting === 1 ? 'failed_waiting_one' : 'failed_waiting_many', name, String(waiting))}</p>
        )}
      </div>
    </>
  );
}

function Checks({ peer }: { peer: PeerState }) {
  const model = useModel();
  const name = nameOf(peer);
  const isServerThere = model.state.value?.server.status === 'online';
  const isPeerThere = peer.presence !== 'offline';
  const checks = [
    {
      what: t('failed_check_server'),
      ok: isServerThere,
      found: t(isServerThere ? 'failed_check_server_ok' : 'failed_check_server_bad'),
    },
    {
      what: t('failed_check_peer', name),
      ok: isPeerThere,
      found: t(isPeerThere ? 'failed_check_peer_online' : 'failed_check_peer_bad'),
    },
    { what: t('failed_check_path', name), ok: false, found: t('failed_check_path_bad') },
  ];
  return (
    <ul class="checks" aria-label={t('failed_checks')}>
      {checks.map(({ what, ok, found }) => (
        <li key={what} data-bad={!ok}>
          <Icon name={ok ? 'tick' : 'cross'} small />
          {what}
          <span class="found">{found}</span>
        </li>
      ))}
    </ul>
  );
}
