import type { PeerState } from '../../core/session/state.ts';
import { errorText } from '../error-text.ts';
import { clockErrorMs, serverCause } from '../models/connection-cause.ts';
import { duration } from '../models/format.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';
import { DoctorButton, OptionsButton } from './place-buttons.tsx';
import { useSurroundings } from './use-surroundings.ts';

/**
 * Why nobody can be found, or paired with: the server is not there, or is not what it was. A link that already stands doesn't need it.
 * Null: nobody is looked for, and pairing is what can't be done.
 */
export function ServerNotice({ peer }: { peer: PeerState | null }) {
  const model = useModel();
  const around = useSurroundings();
  const state = model.state.value;
  if (!state || peer?.connection.state === 'connected') return null;
  const { server, peers } = state;
  const cause = serverCause(server, peers, around);
  if (!cause) return null;
  const text = {
    network: () => t('cause_network'),
    clock: () => t('cause_clock', duration(clockErrorMs(server, peers, around.nowMs))),
    server: () => errorText(server.problem ?? 'server-unreachable', t('somebody')),
  }[cause]();
  return (
    <div class="notices" role="status">
      <article class="notice warn">
        <Icon name="warning" />
        <div class="grow">
          {peer === null && <b>{t('pairing_needs_server')}</b>}
          <p>{text}</p>
          <div class="buttons">
            {peer && (
              <button
                type="button"
                class="btn small"
                onClick={() => model.watch(model.backend.askOffscreen('peer-retry', { peerId: peer.id }))}
              >
                {t('try_again')}
              </button>
            )}
            <OptionsButton look="small" />
            <DoctorButton look="small" />
          </div>
        </div>
      </article>
    </div>
  );
}
