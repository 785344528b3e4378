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
  const noPicture = player.size.value ? null : t('viewer_no_picture');
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
        label={t('viewer_mute')}
        shortcut={model.letterKey('M')}
        pressed={isMuted}
        whyNot={hasSound ? null : t('viewer_no_sound')}
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
        whyNot={model.isLive.value ? null : t('viewer_not_connected')}
        onClick={act('voice')}
      />
      <hr aria-orientation="vertical" />
      <DockButton
        icon={<ViewerIcon name="point" />}
        label={t('viewer_point')}
        shortcut={model.letterKey('P')}
        pressed={model.isPointing}
        whyNot={pointingWhy(model)}
        onClick={act('point')}
      />
      <DockButton
        icon={<ViewerIcon name="camera" />}
        label={t('viewer_still')}
        shortcut={model.letterKey('S')}
        whyNot={noPicture}
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
        shortcut={model.letterKey(zoom.isActualSize.value ? '0' : '1')}
        pressed={zoom.isActualSize.value}
        whyNot={noPicture}
        onClick={act(zoom.isActualSize.value ? 'fit' : 'actual-size')}
      />
      <DockButton
        icon={<ViewerIcon name="picture-in-picture" />}
        label={t('viewer_picture_in_picture')}
        shortcut={model.letterKey('I')}
        pressed={player.inPictureInPicture.value}
        whyNot={noPicture}
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

/** Why nobody can point, if so. */
function pointingWhy(model: ViewerModel): string | null {
  const about = model.about.value;
  if (model.canPoint.value) return null;
  if (!about || !model.isLive.value) return t('viewer_not_connected');
  if (about.source !== 'tab') return t('viewer_point_only_tabs');
  if (about.pause) return t('viewer_paused', about.peerName);
  // Chosen in the browser's dialog, or a page that belongs to the browser, or one without leave: none of these has an address here.
  return t(about.page ? 'viewer_point_off' : 'viewer_point_unreached', about.peerName);
}
