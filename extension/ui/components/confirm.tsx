import { useState } from 'preact/hooks';
import type { PairingState } from '../../core/session/state.ts';
import { nameOf } from '../models/app-model.ts';
import { initial } from '../models/display-text.ts';
import { t } from '../text.ts';
import { BackBar } from './back-bar.tsx';
import { useModel } from './model-context.ts';
import { NoticeList } from './notice-list.tsx';
import { useFirstFocus } from './use-first-focus.ts';
import { Words } from './words.tsx';

type Asked = Extract<PairingState, { step: 'confirm' }>;

const HINT = 'confirm-hint';

/** Somebody had my code: is it the one I mean? */
export function Confirm() {
  const model = useModel();
  const pairing = model.state.value?.pairing;
  return (
    <>
      <BackBar title={t('confirm_screen')} />
      <NoticeList />
      {pairing?.step === 'confirm' && <Question key={pairing.words.join(' ')} asked={pairing} />}
    </>
  );
}

function Question({ asked }: { asked: Asked }) {
  const model = useModel();
  const [isAnswered, setAnswered] = useState(false);
  // Not the button: a key pressed for something else must not pair.
  const title = useFirstFocus<HTMLHeadingElement>();
  const name = nameOf(asked);
  const answer = async (accept: boolean) => {
    setAnswered(true);
    if (!(await model.confirm(accept))) setAnswered(false);
  };
  return (
    <>
      <div class="stage">
        <div class="duo" aria-hidden="true">
          <span class="avatar lg me">{initial(model.state.value?.me.name ?? '')}</span>
          <span class="avatar lg">{initial(asked.name)}</span>
        </div>
        <h2 ref={title} tabIndex={-1} aria-describedby={HINT}>
          {t('confirm_title', name)}
        </h2>
        <p id={HINT}>{t('confirm_compare', name)}</p>
        <Words words={asked.words} />
      </div>
      <div class="foot">
        <button type="button" class="btn primary big" disabled={isAnswered} onClick={() => answer(true)}>
          {t('confirm_match')}
        </button>
        <button type="button" class="btn quiet" disabled={isAnswered} onClick={() => answer(false)}>
          {t('confirm_differ')}
        </button>
      </div>
    </>
  );
}
