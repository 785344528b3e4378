import { useEffect, useState } from 'preact/hooks';
import type { Fetch, PeerState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { lineText } from '../models/display-text.ts';
import { shownFileName } from '../models/file-name.ts';
import { size, sizeOf } from '../models/format.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { useModel } from './model-context.ts';
import { usePaced } from './use-paced.ts';

/** Most files are there before anyone could read that they are being fetched. */
const SHOW_AFTER_MS = 500;

/** Files of the web that are to be sent, while they are fetched or need the person's leave for that. */
export function Fetches({ peer }: { peer: PeerState }) {
  const fetches = (useModel().state.value?.fetches ?? []).filter(({ peerId }) => peerId === peer.id);
  return (
    <div class="requests" role="alert">
      {fetches.map((fetch) =>
        fetch.step.state === 'asking' ? (
          <Asking key={fetch.id} fetch={fetch} />
        ) : (
          <Fetching key={fetch.id} fetch={fetch} step={fetch.step} peer={peer} />
        ),
      )}
    </div>
  );
}

/** The site keeps the file from other sites: the browser lets Pairwise have it once the person allows that. */
function Asking({ fetch }: { fetch: Fetch }) {
  const { webFiles } = useModel();
  return (
    <article class="card request">
      <div class="row">
        <span class="thumb" aria-hidden="true">
          <Icon name="file" />
        </span>
        <div class="grow">
          <b>{t('fetch_ask_title', hostOf(fetch))}</b>
          <small class="cut" title={lineText(fetch.name)}>
            <bdi>{shownFileName(fetch.name)}</bdi>
          </small>
        </div>
        <CancelButton fetch={fetch} />
      </div>
      <p class="meta">{t('fetch_ask_hint')}</p>
      <div class="choices">
        <button type="button" class="btn" onClick={() => webFiles.sendLink(fetch)}>
          {t('fetch_link_instead')}
        </button>
        <button type="button" class="btn primary" onClick={() => webFiles.allow(fetch)}>
          {t('fetch_allow')}
        </button>
      </div>
    </article>
  );
}

interface FetchingProps {
  readonly fetch: Fetch;
  readonly step: Extract<Fetch['step'], { state: 'fetching' }>;
  readonly peer: PeerState;
}

function Fetching({ fetch, step, peer }: FetchingProps) {
  const [isShown, setShown] = useState(false);
  const { bytes, sizeBytes } = usePaced(step);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), SHOW_AFTER_MS);
    return () => clearTimeout(timer);
  }, []);
  if (!isShown) return null;
  const name = shownFileName(fetch.name);
  const label = t('fetching', name, hostOf(fetch));
  // What was packed for the way says how long it is there, not how long it gets.
  const total = sizeBytes !== null && bytes <= sizeBytes ? sizeBytes : null;
  const { part, total: shownTotal } = sizeOf(bytes, total ?? bytes);
  return (
    <article class="card request">
      <div class="row">
        <div class="grow">
          <b>{t('fetching_title', nameOf(peer))}</b>
          <small class="cut" title={lineText(fetch.name)}>
            <bdi>{name}</bdi> · {total === null ? size(bytes) : t('file_of', part, shownTotal)}
          </small>
        </div>
        <CancelButton fetch={fetch} />
      </div>
      {total === null ? (
        <progress aria-label={label} />
      ) : (
        <progress max={total || 1} value={bytes} aria-label={label} />
      )}
    </article>
  );
}

function CancelButton({ fetch }: { fetch: Fetch }) {
  const { webFiles } = useModel();
  return (
    <button type="button" class="icon tight" aria-label={t('cancel')} onClick={() => webFiles.cancel(fetch)}>
      <Icon name="cross" small />
    </button>
  );
}

function hostOf({ origin }: Fetch): string {
  return URL.canParse(origin) ? new URL(origin).host : '';
}
