import type { PeerState } from '../../core/session/state.ts';
import type { ErrorCode } from '../../core/shared/errors.ts';
import { errorText } from '../error-text.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

/** Failures that another address in Options may end. */
export function isServerProblem(code: ErrorCode | null): boolean {
  return code === 'server-unreachable' || code === 'server-changed';
}

/** Why nobody can be found: the server is not there, or is not what it was. A link that already stands doesn't need it. */
export function ServerNotice({ peer }: { peer: PeerState | null }) {
  const model = useModel();
  const isNeeded = peer?.connection.state !== 'connected';
  const server = model.state.value?.server;
  if (!isNeeded || !server || server.status === 'online') return null;
  const problem = server.problem ?? (server.status === 'unreachable' ? 'server-unreachable' : null);
  if (!problem) return null;
  return (
    <div class="notices" role="status">
      <article class="notice warn">
        <Icon name="warning" />
        <div class="grow">
          <p>{errorText(problem, t('somebody'))}</p>
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
          </div>
        </div>
      </article>
    </div>
  );
}

/** The way to the server's address. */
export function OptionsButton({ look }: { look: 'small' | 'quiet' }) {
  const model = useModel();
  return (
    <button type="button" class={`btn ${look}`} onClick={() => model.watch(model.backend.openPlace('options'))}>
      {t('menu_options')}
    </button>
  );
}
