import { Icon, Mark } from '../components/icon.tsx';
import { t } from '../text.ts';
import type { ViewerModel } from './model.ts';
import { type SceneText, sceneText } from './scene-text.ts';

/** What is the matter when there is more to say than the picture shows, with the next step; read out when it changes. */
export function SceneMessage({ model }: { model: ViewerModel }) {
  const text = sceneText(model);
  return (
    <div class="scene" data-scene={model.scene.value ?? 'picture'}>
      <div class="plate">
        {text && <Sign text={text} />}
        <div role="status">
          {text ? (
            <h2>{text.title}</h2>
          ) : (
            <p class="only-heard">{t('viewer_shown', model.about.value?.peerName ?? t('viewer_somebody'))}</p>
          )}
          {text?.hint && <p>{text.hint}</p>}
        </div>
        <SceneAction model={model} />
      </div>
    </div>
  );
}

function Sign({ text: { sign, isTrouble = false } }: { text: SceneText }) {
  if (sign === 'busy') return <Mark look="busy" />;
  return (
    <span class="sign" data-trouble={isTrouble}>
      <Icon name={sign} />
    </span>
  );
}

function SceneAction({ model }: { model: ViewerModel }) {
  switch (model.scene.value) {
    case 'ended':
      return (
        <button type="button" class="btn primary" onClick={() => model.leave()}>
          {t('viewer_close')}
        </button>
      );
    case 'replaced':
      return (
        <button type="button" class="btn primary" onClick={() => model.watchAgain()}>
          {t('viewer_watch_here')}
        </button>
      );
    case 'failed':
      return (
        <button type="button" class="btn primary" onClick={() => model.watchAgain()}>
          {t('viewer_try_again')}
        </button>
      );
    default:
      return null;
  }
}
