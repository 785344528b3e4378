import type { PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

/** Whether nothing can pass between the two until a person decides otherwise: blocked here, or the pairing was ended there. */
export function isParted({ connection }: PeerState): boolean {
  return connection.state === 'failed' && (connection.code === 'peer-blocked' || connection.code === 'peer-unpaired');
}

/** Why the two are parted, and the way back. */
export function Parted({ peer, onReadAnyway }: { peer: PeerState; onReadAnyway: () => void }) {
  const model = useModel();
  const name = nameOf(peer);
  return (
    <>
      <div class="stage" role="status">
        <span class="glyph">
          <Icon name={peer.blocked ? 'block' : 'cut'} />
        </span>
        <h2>{t(peer.blocked ? 'blocked_title' : 'unpaired_title', name)}</h2>
        <p>{t(peer.blocked ? 'blocked_hint' : 'unpaired_hint', name)}</p>
      </div>
      <div class="foot">
        <WayBack peer={peer} look="primary big" />
        {!peer.blocked && (
          <button type="button" class="btn big" onClick={() => model.toggle('forget')}>
            {t('forget')}
          </button>
        )}
        <button type="button" class="btn quiet" onClick={onReadAnyway}>
          {t('failed_show_messages')}
        </button>
      </div>
    </>
  );
}

/** Below the messages of the past, in place of the field for new ones. */
export function PartedNotice({ peer }: { peer: PeerState }) {
  return (
    <div class="notice">
      <Icon name={peer.blocked ? 'block' : 'cut'} />
      <div class="grow">
        <p>{t(peer.blocked ? 'blocked_title' : 'unpaired_title', nameOf(peer))}</p>
        <WayBack peer={peer} look="small" />
      </div>
    </div>
  );
}

function WayBack({ peer, look }: { peer: PeerState; look: string }) {
  const model = useModel();
  return peer.blocked ? (
    <button type="button" class={`btn ${look}`} onClick={() => model.watch(model.block(peer.id, false))}>
      {t('unblock')}
    </button>
  ) : (
    <button type="button" class={`btn ${look}`} onClick={() => model.pairAnother()}>
      {t('pair_again')}
    </button>
  );
}
