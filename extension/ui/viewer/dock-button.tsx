import { Icon } from '../components/icon.tsx';
import { ViewerIcon, type ViewerIconName } from './viewer-icon.tsx';

export interface DockButtonProps {
  icon: ViewerIconName | 'sound' | 'no-sound' | 'plus';
  label: string;
  /** The key that does the same. */
  shortcut: string;
  /** For what is on or off. */
  pressed?: boolean;
  disabled?: boolean;
  onClick: () => void;
}

/** One of the controls over the picture. */
export function DockButton({ icon, label, shortcut, pressed, disabled = false, onClick }: DockButtonProps) {
  return (
    <button
      type="button"
      class="icon"
      aria-label={label}
      {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}
      aria-keyshortcuts={shortcut}
      title={`${label} (${shortcut})`}
      disabled={disabled}
      onClick={onClick}
    >
      {icon === 'sound' || icon === 'no-sound' || icon === 'plus' ? <Icon name={icon} /> : <ViewerIcon name={icon} />}
    </button>
  );
}
