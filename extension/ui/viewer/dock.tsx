import { Icon } from '../components/icon.tsx';
import { t } from '../text.ts';
import { DockButton } from './dock-button.tsx';
import type { ViewerAction } from './keys.ts';
import type { ViewerModel } from './model.ts';
import { stepThrough } from './toolbar-arrows.ts';
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
    <div
      class="dock glass"
      role="toolbar"
      aria-label={t('viewer_controls')}
      // While somebody points they move the pointer.
      onKeyDown={(event) => !model.isPointing && stepThrough(event)}
    >
      <DockButton
        icon={<Icon name={isMuted ? 'no-sound' : 'sound'} />}
        label={hasSound ? t('viewer_mute') : t('viewer_no_sound')}
        shortcut={model.letterKey('M')}
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
        aria-keyshortcuts="ArrowUp ArrowDown"
        onInput={(event) => player.setVolume(event.currentTarget.valueAsNumber / 100)}
      />
      <DockButton
        icon={<Icon name="mic" />}
        label={t('viewer_voice')}
        shortcut={model.letterKey('V')}
        pressed={microphone.state.value !== 'off'}
        captures={microphone.state.value === 'on'}
        disabled={!model.isLive.value}
        onClick={act('voice')}
      />
      <hr aria-orientation="vertical" />
      <DockButton
        icon={<ViewerIcon name="point" />}
        label={pointLabel(model)}
        shortcut={model.letterKey('P')}
        pressed={model.isPointing}
        disabled={!model.canPoint.value}
        onClick={act('point')}
      />
      <DockButton
        icon={<ViewerIcon name="camera" />}
        label={t('viewer_still')}
        shortcut={model.letterKey('S')}
        disabled={!hasPicture}
        onClick={act('save-still')}
      />
      <DockButton
        icon={<ViewerIcon name="statistics" />}
        label={t('viewer_statistics')}
        shortcut={model.letterKey('D')}
        pressed={model.statsShown.value}
        onClick={act('statistics')}
      />
      <hr aria-orientation="vertical" />
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
        shortcut={model.letterKey('I')}
        pressed={player.inPictureInPicture.value}
        disabled={!hasPicture}
        onClick={act('picture-in-picture')}
      />
      <DockButton
        icon={<ViewerIcon name={isFull ? 'leave-full-screen' : 'full-screen'} />}
        label={t('viewer_full_screen')}
        shortcut={model.letterKey('F')}
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
