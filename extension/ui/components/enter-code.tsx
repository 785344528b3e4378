import { useEffect, useRef, useState } from 'preact/hooks';
import { errorText } from '../error-text.ts';
import { type CodeWords, findCode, readEntry } from '../models/code-entry.ts';
import { t } from '../text.ts';
import { BackBar } from './back-bar.tsx';
import { CodeField } from './code-field.tsx';
import { DropZone } from './drop-zone.tsx';
import { Icon, Mark } from './icon.tsx';
import { useModel } from './model-context.ts';
import { NoticeList } from './notice-list.tsx';
import { isServerProblem, OptionsButton } from './place-buttons.tsx';
import { useQrPicture } from './use-qr-picture.ts';

const PROBLEM = 'code-problem';

/** The list of words is as large as the rest of the popup: it is loaded with this screen, not with the popup. */
function useWords(): CodeWords | null {
  const [words, setWords] = useState<CodeWords | null>(null);
  useEffect(() => {
    import('../../core/pairing/code.ts').then(setWords, reportError);
  }, []);
  return words;
}

/** Takes the other side's code: typed, pasted, or as a picture. */
export function EnterCode() {
  const model = useModel();
  const words = useWords();
  const field = useRef<HTMLInputElement>(null);
  const picker = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const pairing = model.state.value?.pairing;
  const isJoining = pairing?.step === 'joining';
  const failed = pairing?.step === 'failed' ? pairing : null;
  const failure = model.pairingFailure.value;
  const entry = readEntry(text, words);

  const change = (next: string) => {
    setText(next);
    setProblem('');
  };
  const pictures = useQrPicture((result) => {
    const code = 'text' in result ? findCode(result.text, null) : null;
    if (code) change(code);
    else setProblem('problem' in result ? result.problem : t('entry_picture_none'));
    field.current?.focus();
  });

  useEffect(() => field.current?.focus(), []);
  // A new answer to a code, not the one that was there when the person began to type again.
  useEffect(() => setProblem(failed && failure ? errorText(failure, t('somebody')) : ''), [failed, failure]);

  const readPicture = (files: readonly File[]) => {
    const [picture] = files;
    if (!picture || isJoining) return;
    setProblem('');
    pictures.read(picture);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    if (isJoining) return;
    if (entry.code) model.join(entry.code);
    else setProblem(errorText('code-malformed', ''));
  };
  const onPaste = (event: ClipboardEvent) => {
    const { files, text: pasted } = clipboard(event);
    const code = files.length === 0 ? findCode(pasted, words) : null;
    if (files.length === 0 && !code) return;
    event.preventDefault();
    if (code && !isJoining) change(code);
    else readPicture(files);
  };

  return (
    <DropZone label={t('entry_picture_drop')} onDrop={({ files }) => readPicture([...files])}>
      <form class="screen" onSubmit={submit} onPaste={onPaste} noValidate>
        <BackBar title={t('enter_code')} />
        <NoticeList />
        <div class="stage top">
          <CodeField
            input={field}
            text={text}
            entry={entry}
            problemId={PROBLEM}
            hasProblem={problem !== ''}
            isReadOnly={isJoining}
            onChange={change}
          />
          <p id={PROBLEM} class="problem" role="alert">
            {problem}
          </p>
          <p class="known" role="status">
            {pictures.isReading && (
              <>
                <Mark look="busy" />
                {t('entry_picture_reading')}
              </>
            )}
            {!pictures.isReading && entry.isSecret && (
              <>
                <Icon name="tick" small />
                {t('entry_secret')}
              </>
            )}
          </p>
          <p class="hint">{t('entry_hint')}</p>
          <input
            ref={picker}
            class="only-heard"
            type="file"
            accept="image/*"
            tabIndex={-1}
            aria-label={t('entry_picture')}
            onChange={({ currentTarget }) => {
              readPicture([...(currentTarget.files ?? [])]);
              currentTarget.value = '';
            }}
          />
          <div class="entry">
            <button type="button" class="btn small" disabled={isJoining} onClick={() => picker.current?.click()}>
              <Icon name="qr" small />
              {t('entry_picture')}
            </button>
          </div>
        </div>
        <div class="foot">
          <button type="submit" class="btn primary big" disabled={isJoining}>
            {isJoining && <Mark look="busy" />}
            {isJoining ? t('pairing') : t('pair')}
          </button>
          <button type="button" class="btn quiet" onClick={() => model.showCode()}>
            {t('entry_show_instead')}
          </button>
          {problem !== '' && isServerProblem(failure) && <OptionsButton look="quiet" />}
        </div>
      </form>
    </DropZone>
  );
}

function clipboard({ clipboardData }: ClipboardEvent): { files: File[]; text: string } {
  return { files: [...(clipboardData?.files ?? [])], text: clipboardData?.getData('text') ?? '' };
}
