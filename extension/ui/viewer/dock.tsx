import { t } from '../text.ts';
import { DockButton } from './dock-button.tsx';
import type { ViewerAction } from './keys.ts';
import type { ViewerModel } from './model.ts';

/** The controls at the lower edge. */
export function Dock({ model }: { model: ViewerModel }) {
  const { player } = model;
  const hasAudio = model.about.value?.hasAudio ?? true;
  const isMuted = player.muted.value || !hasAudio;
  const isFull = player.inFullScreen.value;
  const act = (action: ViewerAction) => () => model.do(action);
  return (
    <div class="dock glass" role="toolbar" aria-label={t('viewer_controls')}>
      <DockButton
        icon={isMuted ? 'no-sound' : 'sound'}
        label={hasAudio ? t('viewer_mute') : t('viewer_no_sound')}
        shortcut="M"
        pressed={isMuted}
        disabled={!hasAudio}
        onClick={act('mute')}
      />
      <input
        type="range"
        min="0"
        max="100"
        value={isMuted ? 0 : Math.round(player.volume.value * 100)}
        disabled={!hasAudio}
        aria-label={t('viewer_volume')}
        onInput={(event) => player.setVolume(event.currentTarget.valueAsNumber / 100)}
      />
      <hr />
      <DockButton
        icon="statistics"
        label={t('viewer_statistics')}
        shortcut="D"
        pressed={model.statsShown.value}
        onClick={act('statistics')}
      />
      <hr />
      <DockButton
        icon="fit"
        label={t('viewer_actual_size')}
        shortcut={model.actualSize.value ? '0' : '1'}
        pressed={model.actualSize.value}
        onClick={act(model.actualSize.value ? 'fit' : 'actual-size')}
      />
      <DockButton
        icon="picture-in-picture"
        label={t('viewer_picture_in_picture')}
        shortcut="I"
        pressed={player.inPictureInPicture.value}
        disabled={player.size.value === null}
        onClick={act('picture-in-picture')}
      />
      <DockButton
        icon={isFull ? 'leave-full-screen' : 'full-screen'}
        label={t('viewer_full_screen')}
        shortcut="F"
        pressed={isFull}
        onClick={act('full-screen')}
      />
    </div>
  );
}
