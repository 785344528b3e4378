import { Icon } from '../components/icon.tsx';
import { t } from '../text.ts';
import { DockButton, withKey } from './dock-button.tsx';
import type { ViewerModel } from './model.ts';
import { stepThrough } from './toolbar-arrows.ts';
import { ViewerIcon } from './viewer-icon.tsx';

/** How large the picture is shown; its middle leads back to the whole of it. */
export function ZoomBar({ model }: { model: ViewerModel }) {
  const { zoom } = model;
  const percent = t('viewer_percent', String(Math.round(zoom.scale.value * 100)));
  return (
    <div
      class="zoom glass"
      role="toolbar"
      aria-label={t('viewer_zoom')}
      onKeyDown={(event) => !model.isPointing && stepThrough(event)}
    >
      <DockButton
        icon={<ViewerIcon name="minus" />}
        label={t('viewer_zoom_out')}
        shortcut={model.letterKey('-')}
        onClick={() => model.do('zoom-out')}
      />
      <button
        type="button"
        class="num"
        aria-keyshortcuts={model.letterKey('0') ?? undefined}
        aria-label={t('viewer_fit', percent)}
        title={withKey(t('viewer_fit', percent), model.letterKey('0'))}
        onClick={() => model.do('fit')}
      >
        {zoom.isFit.value ? t('viewer_fits') : percent}
      </button>
      <DockButton
        icon={<Icon name="plus" />}
        label={t('viewer_zoom_in')}
        shortcut={model.letterKey('+')}
        onClick={() => model.do('zoom-in')}
      />
      <span class="only-heard" role="status">
        {zoom.isFit.value ? t('viewer_fits') : percent}
      </span>
    </div>
  );
}
