import { useEffect, useRef, useState } from 'preact/hooks';
import type { ErrorCode } from '../../core/shared/errors.ts';
import { errorText } from '../error-text.ts';
import { type CodeWords, findCode, readEntry, takeWord } from '../models/code-entry.ts';
import { t } from '../text.ts';
import { BackBar } from './back-bar.tsx';
import { CodeParts } from './code-parts.tsx';
import { Mark } from './icon.tsx';
import { useModel } from './model-context.ts';
import { NoticeList } from './notice-list.tsx';
import { OptionsButton } from './server-notice.tsx';
import { WordOptions } from './word-options.tsx';

const FIELD = 'code';
const LIST = 'code-words';
const PROBLEM = 'code-problem';

/** The list of words is as large as the rest of the popup: it is loaded with this screen, not with the popup. */
function useWords(): CodeWords | null {
  const [words, setWords] = useState<CodeWords | null>(null);
  useEffect(() => {
    import('../../core/pairing/code.ts').then(setWords, reportError);
  }, []);
  return words;
}

/** The field for the other side's code: four letters decide a word, Tab or Enter takes it. */
export function EnterCode() {
  const model = useModel();
  const words = useWords();
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [selected, setSelected] = useState(0);
  const [isListOpen, setListOpen] = useState(true);
  const [problem, setProblem] = useState<ErrorCode | null>(null);
  const pairing = model.state.value?.pairing;
  const isJoining = pairing?.step === 'joining';
  const failure = pairing?.step === 'failed' && pairing.role === 'join' ? pairing : null;

  const entry = readEntry(text, words);
  const options = isListOpen ? entry.options : [];
  const active = options[Math.min(selected, options.length - 1)];

  useEffect(() => field.current?.focus(), []);
  // A new answer to a code, not the one that was there when the person began to type again.
  useEffect(() => setProblem(failure?.code ?? null), [failure]);

  const change = (next: string) => {
    setText(next);
    setSelected(0);
    setListOpen(true);
    setProblem(null);
  };
  const take = (word: string) => {
    change(takeWord(text, word));
    setListOpen(false);
    field.current?.focus();
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (isJoining) return;
    if (entry.code) model.join(entry.code);
    else setProblem('code-malformed');
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing || !active) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setSelected((selected + step + options.length) % options.length);
    else if (event.key === 'Escape') setListOpen(false);
    else if (event.key === 'Enter' || (event.key === 'Tab' && !event.shiftKey)) take(active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onPaste = (event: ClipboardEvent) => {
    const code = words && findCode(event.clipboardData?.getData('text') ?? '', words);
    if (!code) return;
    event.preventDefault();
    change(code);
  };

  return (
    <form class="screen" onSubmit={submit} noValidate>
      <BackBar title={t('enter_code')} />
      <NoticeList />
      <div class="stage top">
        <div class="entry">
          <label for={FIELD}>{t('entry_label')}</label>
          <div class="combo" data-problem={problem !== null}>
            <span class="ghost" aria-hidden="true">
              <i>{text}</i>
              {active && entry.ghost && active.endsWith(entry.ghost) && <u>{entry.ghost}</u>}
            </span>
            <input
              id={FIELD}
              ref={field}
              value={text}
              role="combobox"
              aria-expanded={options.length > 0}
              aria-controls={LIST}
              aria-autocomplete="both"
              aria-activedescendant={active ? `${LIST}-${active}` : undefined}
              aria-invalid={problem !== null}
              aria-describedby={PROBLEM}
              autocomplete="off"
              autocapitalize="none"
              spellcheck={false}
              readOnly={isJoining}
              onInput={(event) => change(event.currentTarget.value)}
              onKeyDown={onKeyDown}
              onPaste={onPaste}
            />
          </div>
        </div>
        <CodeParts parts={entry.parts} />
        <WordOptions id={LIST} options={options} active={active} onTake={take} />
        <p id={PROBLEM} class="problem" role="alert">
          {problem && errorText(problem, t('somebody'))}
        </p>
        <p class="hint">{t('entry_hint')}</p>
      </div>
      <div class="foot">
        <button type="submit" class="btn primary big" disabled={isJoining}>
          {isJoining && <Mark look="busy" />}
          {isJoining ? t('pairing') : t('pair')}
        </button>
        <button type="button" class="btn quiet" onClick={() => model.showCode()}>
          {t('entry_show_instead')}
        </button>
        {problem === 'server-unreachable' && <OptionsButton look="quiet" />}
      </div>
    </form>
  );
}
