import { useState } from 'preact/hooks';
import type { ItemOf, PeerState } from '../../core/session/state.ts';
import { ACCEPT_LIMITS, acceptLimitText, suggestedLimit } from '../models/accept-limit.ts';
import { nameOf } from '../models/app-model.ts';
import { lineText } from '../models/display-text.ts';
import { shownFileName } from '../models/file-name.ts';
import { amountText, requestText } from '../models/file-text.ts';
import { t } from '../text.ts';
import { formIcon } from './file-row.tsx';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';

export interface FileRequestProps {
  readonly peer: PeerState;
  readonly file: ItemOf<'file'>;
  /** Whether it is the first on the screen: there is one primary button. */
  readonly isPrimary: boolean;
}

/** A peer wants to send something: accept, decline, and whether to be asked the next time. */
export function FileRequest({ peer, file, isPrimary }: FileRequestProps) {
  const { files } = useModel();
  const [isAlways, setAlways] = useState(false);
  const [limit, setLimit] = useState(() => suggestedLimit(file.sizeBytes));
  const label = t('request_file_always', nameOf(peer));
  return (
    <article class="card request">
      <div class="row">
        <span class="thumb" aria-hidden="true">
          <Icon name={formIcon(file) ?? 'file'} />
        </span>
        <div class="grow">
          <b>{requestText(file, nameOf(peer))}</b>
          <small class="cut" title={lineText(file.name)}>
            <bdi>{shownFileName(file.name)}</bdi> · {amountText(file)}
          </small>
        </div>
      </div>
      <div class="check">
        <label class="check">
          <input
            type="checkbox"
            checked={isAlways}
            onChange={({ currentTarget }) => setAlways(currentTarget.checked)}
          />
          {label}
        </label>
        <select
          class="select"
          aria-label={label}
          value={limit}
          onChange={({ currentTarget }) => {
            setLimit(Number(currentTarget.value));
            // Whoever chooses a size means it.
            setAlways(true);
          }}
        >
          {ACCEPT_LIMITS.map((bytes) => (
            <option key={bytes} value={bytes}>
              {acceptLimitText(bytes)}
            </option>
          ))}
        </select>
      </div>
      <div class="choices">
        <button type="button" class="btn" onClick={() => files.decline(file)}>
          {t('request_file_decline')}
        </button>
        <button
          type="button"
          class={isPrimary ? 'btn primary' : 'btn'}
          onClick={() => files.accept(file, isAlways ? limit : null)}
        >
          {t('request_file_accept')}
        </button>
      </div>
    </article>
  );
}
