import type { AppState, PeerState } from '../../core/session/state.ts';
import { errorText } from '../error-text.ts';
import { nameOf } from '../models/app-model.ts';
import { type Cause, causeOf, clockErrorMs, type Surroundings } from '../models/connection-cause.ts';
import { duration } from '../models/format.ts';
import { isWaiting } from '../models/timeline.ts';
import { keyPart, t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';
import { DoctorButton, OptionsButton } from './place-buttons.tsx';
import { useSurroundings } from './use-surroundings.ts';

/** Causes that the list of what is known explains. The others have nothing to do with paths. */
const WITH_CHECKS: readonly Cause[] = ['path', 'local', 'local-denied', 'udp-blocked', 'webrtc-blocked', 'server'];

/** Why there is no connection, what is known about it, and what to do. */
export function NoConnection({ peer, onReadAnyway }: { peer: PeerState; onReadAnyway: () => void }) {
  const model = useModel();
  const around = useSurroundings();
  const server = model.state.value?.server;
  if (peer.connection.state !== 'failed' || !server) return null;
  const { code } = peer.connection;
  const name = nameOf(peer);
  const waiting = peer.timeline.filter(isWaiting).length;
  const cause = causeOf(code, server, peer, around);
  return (
    <>
      <div class="stage" role="alert">
        <span class="glyph">
          <Icon name={cause === 'clock' ? 'clock' : 'cut'} />
        </span>
        <h2>{t(`cause_${keyPart(cause)}_title`, name)}</h2>
        <p>{hintOf(cause, peer, server, around)}</p>
        {WITH_CHECKS.includes(cause) && <Checks peer={peer} server={server} cause={cause} />}
      </div>
      <div class="foot">
        <button
          type="button"
          class="btn primary big"
          onClick={() => model.watch(model.backend.askOffscreen('peer-retry', { peerId: peer.id }))}
        >
          {t('try_again')}
        </button>
        <div class="ways">
          <DoctorButton look="quiet" />
          {cause === 'server' && <OptionsButton look="quiet" />}
          <button type="button" class="btn quiet" onClick={onReadAnyway}>
            {t('failed_show_messages')}
          </button>
        </div>
        {waiting > 0 && (
          <p class="meta">{t(waiting === 1 ? 'failed_waiting_one' : 'failed_waiting_many', name, String(waiting))}</p>
        )}
      </div>
    </>
  );
}

function hintOf(cause: Cause, peer: PeerState, server: AppState['server'], around: Surroundings): string {
  const code = peer.connection.state === 'failed' ? peer.connection.code : 'peer-unreachable';
  switch (cause) {
    case 'other':
    case 'relay-full':
    case 'version':
      return errorText(code, nameOf(peer));
    case 'server':
      return errorText(server.problem ?? 'server-unreachable', nameOf(peer));
    case 'clock':
      return t('cause_clock', duration(clockErrorMs(server, [peer], around.nowMs)));
    default:
      return t(`cause_${keyPart(cause)}`);
  }
}

interface Check {
  readonly what: string;
  /** off: nobody set it up, or nobody knows. */
  readonly grade: 'ok' | 'bad' | 'off';
  readonly found: string;
}

const ICONS = { ok: 'tick', bad: 'cross', off: 'dash' } as const;

function Checks({ peer, server, cause }: { peer: PeerState; server: AppState['server']; cause: Cause }) {
  const name = nameOf(peer);
  const isServerThere = server.status === 'online';
  const isPeerThere = peer.presence !== 'offline';
  const path = cause === 'udp-blocked' ? 'udp' : cause === 'webrtc-blocked' ? 'webrtc' : 'bad';
  const checks: Check[] = [
    {
      what: t('failed_check_server'),
      grade: isServerThere ? 'ok' : 'bad',
      found: t(isServerThere ? 'failed_check_server_ok' : 'failed_check_server_bad'),
    },
    {
      what: t('failed_check_peer', name),
      grade: isPeerThere ? 'ok' : 'bad',
      found: t(isPeerThere ? 'failed_check_peer_online' : 'failed_check_peer_bad'),
    },
    { what: t('failed_check_path'), grade: 'bad', found: t(`failed_check_path_${path}`) },
    around(server, cause),
  ];
  return (
    <ul class="checks" aria-label={t('failed_checks')}>
      {checks.map(({ what, grade, found }) => (
        <li key={what} data-bad={grade === 'bad'}>
          <Icon name={ICONS[grade]} small />
          {what}
          <span class="found">{found}</span>
        </li>
      ))}
    </ul>
  );
}

/** What the server has that goes around a network, and that it didn't help. Without a server none of it is tried. */
function around({ services }: AppState['server'], cause: Cause): Check {
  const what = t('failed_check_around');
  if (!services || cause === 'server') return { what, grade: 'off', found: t('failed_check_around_unknown') };
  const { turn, relay } = services;
  if (!turn && !relay) return { what, grade: 'bad', found: t('failed_check_around_none') };
  const which = turn && relay ? 'both' : turn ? 'turn' : 'relay';
  return { what, grade: 'bad', found: t(`failed_check_around_${which}`) };
}
