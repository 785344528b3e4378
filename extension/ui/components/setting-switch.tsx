import { useState } from 'preact/hooks';
import { errorCode } from '../../core/shared/errors.ts';
import { errorText } from '../error-text.ts';
import { t } from '../text.ts';

export interface SettingSwitchProps {
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  /** As it is kept. */
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => Promise<unknown>;
}

/** One setting that is on or off, kept as soon as it is changed. */
export function SettingSwitch({ id, label, hint, isOn, onChange }: SettingSwitchProps) {
  const [problem, setProblem] = useState('');
  const change = async (box: HTMLInputElement) => {
    try {
      setProblem('');
      await onChange(box.checked);
    } catch (error) {
      // What is kept is what counts.
      box.checked = isOn;
      setProblem(errorText(errorCode(error), t('somebody')));
    }
  };
  return (
    <section class="setting">
      <label class="check">
        <input
          id={id}
          type="checkbox"
          checked={isOn}
          aria-describedby={`${id}-hint ${id}-outcome`}
          onChange={({ currentTarget }) => change(currentTarget)}
        />
        {label}
      </label>
      <p id={`${id}-hint`} class="hint">
        {hint}
      </p>
      <p id={`${id}-outcome`} class="outcome problem" data-bad="true" role="status">
        {problem}
      </p>
    </section>
  );
}
