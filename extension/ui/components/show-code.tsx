import { useEffect, useState } from 'preact/hooks';
import type { PairingState } from '../../core/session/state.ts';
import { errorText } from '../error-text.ts';
import { countdown, spokenDuration } from '../models/format.ts';
import { t } from '../text.ts';
import { BackBar } from './back-bar.tsx';
import { Icon, Mark } from './icon.tsx';
import { useModel } from './model-context.ts';
import { NoticeList } from './notice-list.tsx';
import { OptionsButton } from './server-notice.tsx';
import { ToastLine } from './toast-line.tsx';
import { useNow } from './use-now.ts';

type Hosting = Extract<PairingState, { step: 'hosting' }>;

/** From here on the ring is amber. */
const URGENT_MS = 30_000;
/** When those who listen are told the time left. */
const ANNOUNCED_MS = [60_000, 10_000];
const COPIED_MS = 2_000;

/** My code, with the time it has left. */
export function ShowCode() {
  const model = useModel();
  const pairing = model.state.value?.pairing;
  return (
    <>
      <BackBar title={t('show_code')} />
      <NoticeList />
      {pairing?.step === 'hosting' && <Code pairing={pairing} />}
      {pairing?.step === 'preparing' && (
        <div class="stage" role="status">
          <Mark look="busy" />
          <p>{t('show_code_preparing')}</p>
        </div>
      )}
      {pairing?.step === 'failed' && (
        <>
          <div class="stage" role="alert">
            <span class="glyph">
              <Icon name={pairing.code === 'code-expired' ? 'clock' : 'cut'} />
            </span>
            <p>{errorText(pairing.code, t('somebody'))}</p>
          </div>
          <div class="foot">
            <button type="button" class="btn primary big" onClick={() => model.showCode()}>
              {pairing.code === 'code-expired' ? t('new_code') : t('try_again')}
            </button>
            {pairing.code === 'server-unreachable' && <OptionsButton look="quiet" />}
          </div>
        </>
      )}
    </>
  );
}

function Code({ pairing }: { pairing: Hosting }) {
  const model = useModel();
  const leftMs = Math.max(0, pairing.expiresAt - useNow());
  const dash = pairing.code.indexOf('-') + 1;
  return (
    <>
      <div class="stage">
        <p>{t('show_code_hint')}</p>
        <div class="ring" data-urgent={leftMs <= URGENT_MS}>
          <svg viewBox="0 0 256 256" aria-hidden="true">
            <circle cx="128" cy="128" r="124" />
            <circle
              cx="128"
              cy="128"
              r="124"
              pathLength={100}
              stroke-dasharray={`${Math.min(100, (100 * leftMs) / pairing.lifetimeMs)} 100`}
            />
          </svg>
          <div>
            <code class="code">
              <span>{pairing.code.slice(0, dash)}</span>
              <wbr />
              <span>{pairing.code.slice(dash)}</span>
            </code>
            <p class="left">{t('show_code_left', countdown(leftMs))}</p>
          </div>
        </div>
        <p class="only-heard" role="timer">
          {announcement(leftMs)}
        </p>
        <div class="tools">
          <CopyButton code={pairing.code} />
          <button type="button" class="btn" onClick={() => model.showCode()}>
            <Icon name="again" small />
            {t('new_code')}
          </button>
        </div>
      </div>
      <div class="foot">
        <p class="meta busy" role="status">
          <Mark look="busy" />
          {t('show_code_waiting')}
        </p>
      </div>
      <ToastLine />
    </>
  );
}

/** Stays the same between the moments that are announced, so that nothing is read out in between. */
function announcement(leftMs: number): string {
  const passed = ANNOUNCED_MS.filter((moment) => leftMs <= moment).at(-1);
  return passed === undefined ? '' : t('show_code_expires', spokenDuration(passed));
}

function CopyButton({ code }: { code: string }) {
  const model = useModel();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () =>
    navigator.clipboard.writeText(code).then(
      () => setCopied(true),
      () => model.toasts.show({ text: t('copy_failed') }),
    );
  return (
    <button type="button" class="btn" onClick={copy}>
      <Icon name={copied ? 'tick' : 'copy'} small />
      <span aria-live="polite">{copied ? t('copied') : t('copy')}</span>
    </button>
  );
}
