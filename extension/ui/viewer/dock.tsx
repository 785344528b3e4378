import { Icon } from '../components/icon.tsx';
import { t } from '../text.ts';
import { DockButton } from './dock-button.tsx';
import type { ViewerAction } from './keys.ts';
import type { ViewerModel } from './model.ts';
import { ViewerIcon } from './viewer-icon.tsx';

/** The controls at the lower edge. */
export function Dock({ model }: { model: ViewerModel }) {
  const { player, zoom, microphone } = model;
  const hasSound = model.hasSound.value;
  const isMuted = player.muted.value || !hasSound;
  const isFull = player.inFullScreen.value;
  const hasPicture = player.size.value !== null;
  const act = (action: ViewerAction) => () => model.do(action);
  return (
    <div class="dock glass" role="toolbar" aria-label={t('viewer_controls')}>
      <DockButton
        icon={<Icon name={isMuted ? 'no-sound' : 'sound'} />}
        label={hasSound ? t('viewer_mute') : t('viewer_no_sound')}
        shortcut="M"
        pressed={isMuted}
        disabled={!hasSound}
        onClick={act('mute')}
      />
      <input
        type="range"
        min="0"
        max="100"
        value={isMuted ? 0 : Math.round(player.volume.value * 100)}
        disabled={!hasSound}
        aria-label={t('viewer_volume')}
        onInput={(event) => player.setVolume(event.currentTarget.valueAsNumber / 100)}
      />
      <DockButton
        icon={<Icon name="mic" />}
        label={t('viewer_voice')}
        shortcut="V"
        pressed={microphone.state.value !== 'off'}
        disabled={!model.isLive.value}
        onClick={act('voice')}
      />
      <hr />
      <DockButton
        icon={<ViewerIcon name="point" />}
        label={pointLabel(model)}
        shortcut="P"
        pressed={model.isPointing}
        disabled={!model.canPoint.value}
        onClick={act('point')}
      />
      <DockButton
        icon={<ViewerIcon name="camera" />}
        label={t('viewer_still')}
        shortcut="S"
        disabled={!hasPicture}
        onClick={act('save-still')}
      />
      <DockButton
        icon={<ViewerIcon name="statistics" />}
        label={t('viewer_statistics')}
        shortcut="D"
        pressed={model.statsShown.value}
        onClick={act('statistics')}
      />
      <hr />
      <DockButton
        icon={<ViewerIcon name={zoom.isActualSize.value ? 'actual-size' : 'fit'} />}
        label={t('viewer_actual_size')}
        shortcut={zoom.isActualSize.value ? '0' : '1'}
        pressed={zoom.isActualSize.value}
        disabled={!hasPicture}
        onClick={act(zoom.isActualSize.value ? 'fit' : 'actual-size')}
      />
      <DockButton
        icon={<ViewerIcon name="picture-in-picture" />}
        label={t('viewer_picture_in_picture')}
        shortcut="I"
        pressed={player.inPictureInPicture.value}
        disabled={!hasPicture}
        onClick={act('picture-in-picture')}
      />
      <DockButton
        icon={<ViewerIcon name={isFull ? 'leave-full-screen' : 'full-screen'} />}
        label={t('viewer_full_screen')}
        shortcut="F"
        pressed={isFull}
        onClick={act('full-screen')}
      />
    </div>
  );
}

/** What the button does, or why it doesn't. */
function pointLabel(model: ViewerModel): string {
  const about = model.about.value;
  if (!about || model.canPoint.value) return t('viewer_point');
  return about.source === 'tab' ? t('viewer_point_off', about.peerName) : t('viewer_point_only_tabs');
}
