import { countdown } from '../models/format.ts';
import { t } from '../text.ts';
import { isUrgent } from './time-left.tsx';
import { useFirstFocus } from './use-first-focus.ts';

export interface CodeRingProps {
  readonly code: string;
  readonly leftMs: number;
  readonly lifetimeMs: number;
}

/** A code to be read out: one string to select, in a ring that empties. */
export function CodeRing({ code, leftMs, lifetimeMs }: CodeRingProps) {
  const shown = useFirstFocus<HTMLElement>();
  const dash = code.indexOf('-') + 1;
  return (
    <div class="ring" data-urgent={isUrgent(leftMs)}>
      <svg viewBox="0 0 256 256" aria-hidden="true">
        <circle cx="128" cy="128" r="124" />
        <circle
          cx="128"
          cy="128"
          r="124"
          pathLength={100}
          stroke-dasharray={`${Math.min(100, (100 * leftMs) / lifetimeMs)} 100`}
        />
      </svg>
      <div>
        <code ref={shown} class="code" tabIndex={-1}>
          <span>{code.slice(0, dash)}</span>
          <wbr />
          <span>{code.slice(dash)}</span>
        </code>
        <p class="left">{t('show_code_left', countdown(leftMs))}</p>
      </div>
    </div>
  );
}
