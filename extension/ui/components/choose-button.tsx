import { useRef } from 'preact/hooks';
import type { ItemOf } from '../../core/session/state.ts';
import { chooseText } from '../models/file-text.ts';
import type { Chosen } from '../models/selection.ts';
import { FilePicker } from './file-picker.tsx';

export interface ChooseButtonProps {
  /** Of what is to be chosen: a file, a folder, or several files. */
  readonly form: ItemOf<'file'>['form'];
  readonly onChosen: (chosen: Chosen) => void;
}

/** Opens the browser's picker for what a transfer needs. */
export function ChooseButton({ form, onChosen }: ChooseButtonProps) {
  const picker = useRef<HTMLInputElement>(null);
  const label = chooseText(form);
  return (
    <>
      <button type="button" class="btn small" onClick={() => picker.current?.click()}>
        {label}
      </button>
      <FilePicker input={picker} label={label} isFolder={form === 'folder'} onChosen={onChosen} />
    </>
  );
}
