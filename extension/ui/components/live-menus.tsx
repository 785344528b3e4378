import type { OutgoingShare, ShareQuality } from '../../core/session/state.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { Menu, MenuItem } from './menu.tsx';
import { useModel } from './model-context.ts';

const QUALITIES: readonly ShareQuality[] = ['auto', 'sharp', 'balanced', 'smooth'];

/** Another source for the picture that is shown: nobody has to stop and start again. */
export function SwitchMenu({ share }: { share: OutgoingShare }) {
  const model = useModel();
  const { live, overlay } = model;
  const open = async () => {
    await live.look();
    model.toggle('switch');
  };
  const trigger = (
    <button
      type="button"
      class="btn"
      aria-haspopup="menu"
      aria-expanded={overlay.value === 'switch'}
      onClick={() => void open()}
    >
      <Icon name="swap" small />
      {t('live_switch')}
    </button>
  );
  return (
    <Menu overlay="switch" label={t('live_switch')} trigger={trigger} corner="start">
      {live.tabId.value !== share.tabId && (
        <MenuItem onSelect={() => live.shareTab(share.peerId)}>
          <Icon name="tab" />
          {t('live_switch_tab')}
        </MenuItem>
      )}
      <MenuItem onSelect={() => live.sharePicked(share.peerId)}>
        <Icon name="window" />
        {t('live_switch_picked')}
      </MenuItem>
    </Menu>
  );
}

/** Whether every pixel counts or every frame. By itself Pairwise decides by what is on the picture. */
export function QualityMenu({ share }: { share: OutgoingShare }) {
  const model = useModel();
  const { quality, content } = share;
  const trigger = (
    <button
      type="button"
      class="btn small"
      aria-label={t('live_quality', t(`live_quality_${quality}`))}
      aria-haspopup="menu"
      aria-expanded={model.overlay.value === 'quality'}
      onClick={() => model.toggle('quality')}
    >
      {t(`live_quality_${quality}`)}
      <Icon name="down" small />
    </button>
  );
  return (
    <Menu overlay="quality" label={t('live_quality_menu')} trigger={trigger} corner="end">
      {QUALITIES.map((one) => (
        <MenuItem key={one} isChosen={one === quality} onSelect={() => model.live.setQuality(one)}>
          <span class="grow">
            {t(`live_quality_${one}`)}
            <small>{t(one === 'auto' && content ? `live_quality_${content}_hint` : `live_quality_${one}_hint`)}</small>
          </span>
          {one === quality && <Icon name="tick" small />}
        </MenuItem>
      ))}
    </Menu>
  );
}
