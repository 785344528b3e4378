import type { CodeEntry } from '../models/code-entry.ts';
import { t } from '../text.ts';

/** How far a typed code has come. */
export function CodeParts({ parts }: { parts: CodeEntry['parts'] }) {
  const names = [t('entry_part_number'), t('entry_part_first'), t('entry_part_second'), t('entry_part_third')];
  return (
    <ol class="parts entry" aria-label={t('entry_parts')}>
      {parts.map((part, index) => (
        <li key={names[index]} data-done={part === 'done'} aria-current={part === 'current' ? 'step' : undefined}>
          {names[index]}
        </li>
      ))}
    </ol>
  );
}
