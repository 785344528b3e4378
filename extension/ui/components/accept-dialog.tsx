import { useState } from 'preact/hooks';
import type { PeerState } from '../../core/session/state.ts';
import { ACCEPT_LIMITS, acceptSettingText } from '../models/accept-limit.ts';
import { nameOf } from '../models/app-model.ts';
import { t } from '../text.ts';
import { Dialog } from './dialog.tsx';
import { useModel } from './model-context.ts';

/** Which of a peer's files come without being asked. */
export function AcceptDialog({ peer }: { peer: PeerState }) {
  const model = useModel();
  const [limit, setLimit] = useState(peer.acceptUpToBytes);
  const title = t('accept_title', nameOf(peer));
  return (
    <Dialog
      title={title}
      action={t('save')}
      onAction={() => model.backend.askOffscreen('peer-accept-files', { peerId: peer.id, upToBytes: limit })}
    >
      <div class="options-list" role="radiogroup" aria-label={title}>
        {[null, ...ACCEPT_LIMITS].map((bytes) => (
          <label key={bytes} class="check">
            <input type="radio" name="accept-files" checked={limit === bytes} onChange={() => setLimit(bytes)} />
            {acceptSettingText(bytes)}
          </label>
        ))}
      </div>
      <p>{t('accept_hint', nameOf(peer))}</p>
    </Dialog>
  );
}
