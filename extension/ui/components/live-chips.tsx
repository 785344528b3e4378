import type { OutgoingShare } from '../../core/session/state.ts';
import { pointingWhy } from '../models/live-text.ts';
import { t } from '../text.ts';
import { Icon, type IconName } from './icon.tsx';
import { useModel } from './model-context.ts';

/** What goes along with the picture, each to be switched off and on. */
export function LiveChips({ share, name }: { share: OutgoingShare; name: string }) {
  const { live } = useModel();
  const { hasAudio, soundOn, voice, pointing, source } = share;
  const noPointing = pointingWhy(share, name);
  return (
    <fieldset class="toggles" aria-label={t('live_along')}>
      <Chip
        icon={hasAudio && soundOn ? 'sound' : 'no-sound'}
        label={t(hasAudio ? (source === 'tab' ? 'live_sound_tab' : 'live_sound') : 'live_no_sound')}
        isOn={hasAudio && soundOn}
        whyNot={hasAudio ? null : t('live_no_sound_why')}
        onToggle={() => live.setSound(!soundOn)}
      />
      <Chip
        icon="mic"
        label={t(voice === 'asking' ? 'live_voice_asking' : 'live_voice')}
        isOn={voice === 'on'}
        isBusy={voice === 'asking'}
        onToggle={() => live.setVoice(voice === 'off')}
      />
      <Chip
        icon="hand"
        label={t('live_points', name)}
        isOn={pointing && noPointing === null}
        whyNot={noPointing}
        onToggle={() => live.setPointing(!pointing)}
      />
    </fieldset>
  );
}

interface ChipProps {
  readonly icon: IconName;
  readonly label: string;
  readonly isOn: boolean;
  readonly isBusy?: boolean;
  /** What keeps it from being switched. */
  readonly whyNot?: string | null;
  readonly onToggle: () => void;
}

function Chip({ icon, label, isOn, isBusy = false, whyNot = null, onToggle }: ChipProps) {
  return (
    <button
      type="button"
      class="toggle"
      aria-pressed={isOn}
      aria-busy={isBusy}
      aria-disabled={whyNot !== null}
      title={whyNot ?? undefined}
      onClick={() => whyNot === null && onToggle()}
    >
      <Icon name={icon} small />
      <span class="cut">{label}</span>
    </button>
  );
}
