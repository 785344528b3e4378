import { t } from '../text.ts';
import { BackBar } from './back-bar.tsx';
import { Mark } from './icon.tsx';
import { useModel } from './model-context.ts';
import { NoticeList } from './notice-list.tsx';
import { useFirstFocus } from './use-first-focus.ts';
import { Words } from './words.tsx';

const HINT = 'confirming-hint';

/** I had the code. The one who showed it decides, and meanwhile both can compare. */
export function Confirming() {
  const model = useModel();
  const title = useFirstFocus<HTMLHeadingElement>();
  const pairing = model.state.value?.pairing;
  return (
    <>
      <BackBar title={t('confirm_screen')} />
      <NoticeList />
      <div class="stage">
        <h2 ref={title} tabIndex={-1} aria-describedby={HINT}>
          {t('confirming_title')}
        </h2>
        <p id={HINT}>{t('confirming_hint')}</p>
        {pairing?.step === 'confirming' && <Words words={pairing.words} />}
      </div>
      <div class="foot">
        <p class="meta busy" role="status">
          <Mark look="busy" />
          {t('confirming_waiting')}
        </p>
        <button type="button" class="btn big" onClick={() => model.back()}>
          {t('cancel')}
        </button>
      </div>
    </>
  );
}
