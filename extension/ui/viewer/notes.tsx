import { Icon } from '../components/icon.tsx';
import { errorText } from '../error-text.ts';
import { t } from '../text.ts';
import type { ViewerModel } from './model.ts';

/** What is wrong with the picture or the microphone, what went well, one sentence each, and the click that sound waits for: above the controls, read out. */
export function Notes({ model }: { model: ViewerModel }) {
  const { microphone, player, said } = model;
  const name = model.about.value?.peerName ?? t('viewer_somebody');
  const trouble = model.trouble.value;
  const problem = microphone.problem.value;
  const saying = said.now.value;
  const wantsClick = model.isLive.value && player.soundBlocked.value && model.hasSound.value;
  return (
    <div class="notes" role="status">
      {trouble && (
        <p class="note glass" data-kind="warning">
          <Icon name="warning" />
          <span>{t(`viewer_trouble_${trouble}`, name)}</span>
          <Close onClick={() => model.noteTrouble()} />
        </p>
      )}
      {problem && (
        <p class="note glass" data-kind="warning">
          <Icon name="warning" />
          <span>{errorText(problem, name)}</span>
          <Close onClick={() => microphone.dismissProblem()} />
        </p>
      )}
      {saying && (
        <p class="note glass" data-kind="done">
          <Icon name="tick" />
          <span>{t('viewer_still_saved', saying.name)}</span>
          <Close onClick={() => said.hush()} />
        </p>
      )}
      {wantsClick && (
        <button type="button" class="btn primary" onClick={() => player.turnSoundOn()}>
          {t('viewer_sound_on')}
        </button>
      )}
    </div>
  );
}

function Close({ onClick }: { onClick: () => void }) {
  return (
    <button type="button" class="icon tight" aria-label={t('close')} onClick={onClick}>
      <Icon name="cross" small />
    </button>
  );
}
