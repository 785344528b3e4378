import { lineText } from '../models/display-text.ts';
import { t } from '../text.ts';
import { BackBar } from './back-bar.tsx';
import { Mark } from './icon.tsx';
import { useModel } from './model-context.ts';
import { NoticeList } from './notice-list.tsx';
import { ServerNotice } from './server-notice.tsx';

/** One question, two answers. Also reached from "Pair another browser". */
export function FirstRun() {
  const model = useModel();
  const state = model.state.value;
  if (!state) return null;
  return (
    <>
      {state.peers.length > 0 && <BackBar title={t('menu_pair_another')} />}
      <NoticeList />
      <ServerNotice peer={null} />
      <div class="stage">
        <Mark look="hero" />
        <h2>{t('first_run_title')}</h2>
        <p>{t('first_run_hint')}</p>
      </div>
      <div class="foot">
        <button type="button" class="btn primary big" onClick={() => model.showCode()}>
          {t('show_code')}
        </button>
        <button type="button" class="btn big" onClick={() => model.enterCode()}>
          {t('enter_code')}
        </button>
        <p class="meta me">
          {t('first_run_name', lineText(state.me.name))} ·{' '}
          <button type="button" class="inline" onClick={() => model.toggle('my-name')}>
            {t('change')}
          </button>
        </p>
      </div>
    </>
  );
}
