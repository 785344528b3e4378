import type { ErrorCode } from '../../core/shared/errors.ts';
import { errorText } from '../error-text.ts';
import { nameOf } from '../models/app-model.ts';
import { lineText } from '../models/display-text.ts';
import type { ShownNotice } from '../models/notices.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';
import { isServerProblem, OptionsButton } from './place-buttons.tsx';

/** Failures that the browser's own picker can get around. */
const PICKER_HELPS: ReadonlySet<ErrorCode> = new Set([
  'capture-needs-click',
  'capture-forbidden',
  'capture-failed',
  'capture-cancelled',
  'capture-taken',
]);

/** What failed, until it is dismissed. */
export function NoticeList() {
  const { notices } = useModel();
  return (
    <div class="notices" role="alert">
      {notices.shown.value.map((notice) => (
        <NoticeCard key={notice.id} notice={notice} />
      ))}
    </div>
  );
}

function NoticeCard({ notice }: { notice: ShownNotice }) {
  const model = useModel();
  const { id, code, peerId, subject } = notice;
  const name = nameOf(model.state.value?.peers.find((peer) => peer.id === peerId) ?? null);
  const pick = () => {
    model.notices.dismiss(id);
    if (peerId) model.live.sharePicked(peerId);
  };
  return (
    <article class="notice warn">
      <Icon name="warning" />
      <div class="grow">
        {subject !== '' && (
          <b class="cut">
            <bdi>{lineText(subject)}</bdi>
          </b>
        )}
        <p>{errorText(code, name)}</p>
        {peerId && PICKER_HELPS.has(code) && (
          <button type="button" class="btn small" onClick={pick}>
            {t('notice_share_picked')}
          </button>
        )}
        {isServerProblem(code) && <OptionsButton look="small" />}
      </div>
      <button type="button" class="icon tight" aria-label={t('close')} onClick={() => model.notices.dismiss(id)}>
        <Icon name="cross" small />
      </button>
    </article>
  );
}
