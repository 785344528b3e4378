import type { PeerState } from '../../core/session/state.ts';
import { acceptSettingText } from '../models/accept-limit.ts';
import type { Place } from '../models/backend.ts';
import { t } from '../text.ts';
import { Icon } from './icon.tsx';
import { Menu, MenuItem } from './menu.tsx';
import { useModel } from './model-context.ts';

/** What is needed less often. */
export function MoreMenu({ peer }: { peer: PeerState }) {
  const model = useModel();
  const name = model.peerName.value;
  const open = (place: Place) => void model.watch(model.backend.openPlace(place));
  const trigger = (
    <button
      type="button"
      class="icon"
      aria-label={t('menu_more')}
      aria-haspopup="menu"
      aria-expanded={model.overlay.value === 'more'}
      onClick={() => model.toggle('more')}
    >
      <Icon name="more" />
    </button>
  );
  return (
    <Menu overlay="more" label={t('menu_more')} trigger={trigger} corner="end">
      {model.view === 'popup' && <MenuItem onSelect={() => open('side-panel')}>{t('menu_open_panel')}</MenuItem>}
      {model.view !== 'window' && <MenuItem onSelect={() => open('window')}>{t('menu_open_window')}</MenuItem>}
      <MenuItem onSelect={() => open('options')}>{t('menu_options')}</MenuItem>
      <MenuItem onSelect={() => open('doctor')}>{t('menu_doctor')}</MenuItem>
      <hr />
      <MenuItem onSelect={() => model.pairAnother()}>{t('menu_pair_another')}</MenuItem>
      <MenuItem onSelect={() => model.toggle('rename')}>{t('menu_rename', name)}</MenuItem>
      <MenuItem onSelect={() => model.toggle('verify')}>{t('menu_verify', name)}</MenuItem>
      <MenuItem onSelect={() => model.toggle('accept-files')}>
        <span class="grow">
          {t('menu_accept_files', name)}
          <small>{acceptSettingText(peer.acceptUpToBytes)}</small>
        </span>
      </MenuItem>
      <MenuItem onSelect={() => model.toggle('wipe')}>{t('menu_wipe')}</MenuItem>
      <MenuItem onSelect={() => model.toggle('block')}>
        {t(peer.blocked ? 'menu_unblock' : 'menu_block', name)}
      </MenuItem>
      <MenuItem onSelect={() => model.toggle('forget')}>{t('menu_forget', name)}</MenuItem>
    </Menu>
  );
}
