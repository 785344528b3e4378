import { t } from '../text.ts';
import type { Scene, ViewerModel } from './model.ts';

interface SceneText {
  readonly title: string;
  readonly hint: string;
}

/** `peerName` is null for a share that this device has never heard of. */
function textOf(scene: Exclude<Scene, null>, peerName: string | null): SceneText {
  const name = peerName ?? t('viewer_somebody');
  switch (scene) {
    case 'connecting':
      return { title: t('viewer_connecting', name), hint: '' };
    case 'slow':
      return { title: t('viewer_slow', name), hint: t('viewer_slow_hint') };
    case 'waiting':
      return { title: t('viewer_waiting'), hint: '' };
    case 'reconnecting':
      return { title: t('viewer_reconnecting'), hint: t('viewer_reconnecting_hint') };
    case 'ended':
      return { title: peerName ? t('viewer_ended', peerName) : t('viewer_over'), hint: '' };
    case 'replaced':
      return { title: t('viewer_replaced'), hint: '' };
    case 'failed':
      return { title: t('viewer_failed'), hint: t('viewer_failed_hint', name) };
  }
}

/** What is the matter when there is more to say than the picture shows, with the next step; read out when it changes. */
export function SceneMessage({ model }: { model: ViewerModel }) {
  const scene = model.scene.value;
  const peerName = model.about.value?.peerName ?? null;
  const text = scene && textOf(scene, peerName);
  return (
    <div class="scene" data-scene={scene ?? 'picture'}>
      <div role="status">
        {text ? <h2>{text.title}</h2> : <p class="only-heard">{t('viewer_shown', peerName ?? t('viewer_somebody'))}</p>}
        {text?.hint && <p>{text.hint}</p>}
      </div>
      <SceneAction model={model} />
    </div>
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
    case null:
      return model.player.soundBlocked.value && model.about.value?.hasAudio ? (
        <button type="button" class="btn primary" onClick={() => model.player.turnSoundOn()}>
          {t('viewer_sound_on')}
        </button>
      ) : null;
    default:
      return null;
  }
}
