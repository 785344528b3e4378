import type { RefObject } from 'preact';
import type { Chosen } from '../models/selection.ts';

/** Not in Preact's types. */
const WHOLE_FOLDER = { webkitdirectory: true };

export interface FilePickerProps {
  readonly input: RefObject<HTMLInputElement | null>;
  readonly label: string;
  /** Whether a whole folder is chosen, instead of files. */
  readonly isFolder?: boolean;
  readonly onChosen: (chosen: Chosen) => void;
}

/** Opened by a click on its input, which buttons do: it is not seen itself. */
export function FilePicker({ input, label, isFolder = false, onChosen }: FilePickerProps) {
  return (
    <input
      ref={input}
      class="only-heard"
      type="file"
      multiple
      {...(isFolder && WHOLE_FOLDER)}
      tabIndex={-1}
      aria-label={label}
      onChange={({ currentTarget }) => {
        onChosen([...(currentTarget.files ?? [])]);
        // Else the same could not be chosen again.
        currentTarget.value = '';
      }}
    />
  );
}
