import { useRef } from 'preact/hooks';
import type { PairingState } from '../../core/session/state.ts';
import type { ErrorCode } from '../../core/shared/errors.ts';
import { errorText } from '../error-text.ts';
import { t } from '../text.ts';
import { BackBar } from './back-bar.tsx';
import { CodeRing } from './code-ring.tsx';
import { CopyButton } from './copy-button.tsx';
import { Icon, Mark } from './icon.tsx';
import { useModel } from './model-context.ts';
import { NoticeList } from './notice-list.tsx';
import { DoctorButton, isServerProblem, OptionsButton } from './place-buttons.tsx';
import { QrPicture } from './qr-picture.tsx';
import { SpokenTimeLeft } from './time-left.tsx';
import { ToastLine } from './toast-line.tsx';
import { useNow } from './use-now.ts';

type Form = Extract<PairingState, { step: 'hosting' }>['form'];

/** My code or its picture, with the time it has left. */
export function ShowCode() {
  const model = useModel();
  const pairing = model.state.value?.pairing;
  const failure = model.pairingFailure.value;
  // Who showed a picture wants the next one as a picture, too.
  const form = useRef<Form>('code');
  if (pairing?.step === 'hosting') form.current = pairing.form;
  return (
    <>
      <BackBar title={t('show_code')} />
      <NoticeList />
      {pairing?.step === 'hosting' && <Shown key={pairing.code} pairing={pairing} />}
      {pairing?.step === 'preparing' && (
        <div class="stage" role="status">
          <Mark look="busy" />
          <p>{t('show_code_preparing')}</p>
        </div>
      )}
      {failure && <Failed code={failure} form={form.current} />}
      <ToastLine />
    </>
  );
}

function Shown({ pairing }: { pairing: Extract<PairingState, { step: 'hosting' }> }) {
  const { form, code, expiresAt, lifetimeMs } = pairing;
  const model = useModel();
  const leftMs = Math.max(0, expiresAt - useNow());
  const isPicture = form === 'secret';
  return (
    <>
      <div class="stage">
        <p>{t(isPicture ? 'qr_hint' : 'show_code_hint')}</p>
        {isPicture ? (
          <QrPicture text={code} leftMs={leftMs} lifetimeMs={lifetimeMs} />
        ) : (
          <CodeRing code={code} leftMs={leftMs} lifetimeMs={lifetimeMs} />
        )}
        <SpokenTimeLeft leftMs={leftMs} />
        <div class="tools">
          <CopyButton text={code} />
          {isPicture ? (
            <button type="button" class="btn" onClick={() => model.showCode()}>
              {t('show_code_instead')}
            </button>
          ) : (
            <>
              <button type="button" class="btn" onClick={() => model.showCode('secret')}>
                <Icon name="qr" small />
                {t('show_qr')}
              </button>
              <button type="button" class="btn" onClick={() => model.showCode()}>
                <Icon name="again" small />
                {t('new_code')}
              </button>
            </>
          )}
        </div>
      </div>
      <div class="foot">
        <p class="meta busy" role="status">
          <Mark look="busy" />
          {t('show_code_waiting')}
        </p>
      </div>
    </>
  );
}

/** Codes that are used up or out of date: a new one is the next step, rather than another try. */
const SPENT: ReadonlySet<ErrorCode> = new Set(['code-expired', 'code-wrong', 'pairing-declined']);

function Failed({ code, form }: { code: ErrorCode; form: Form }) {
  const model = useModel();
  return (
    <>
      <div class="stage" role="alert">
        <span class="glyph">
          <Icon name={code === 'code-expired' ? 'clock' : 'cut'} />
        </span>
        {/* Here it is somebody else who typed it. */}
        <p>{code === 'code-wrong' ? t('show_code_guessed') : errorText(code, t('somebody'))}</p>
      </div>
      <div class="foot">
        <button type="button" class="btn primary big" onClick={() => model.showCode(form)}>
          {SPENT.has(code) ? t('new_code') : t('try_again')}
        </button>
        {isServerProblem(code) && (
          <div class="ways">
            <OptionsButton look="quiet" />
            <DoctorButton look="quiet" />
          </div>
        )}
      </div>
    </>
  );
}
