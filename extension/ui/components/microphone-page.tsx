import { useEffect, useState } from 'preact/hooks';
import { mayAskForMicrophone, openMicrophone } from '../../core/media/microphone.ts';
import { errorCode } from '../../core/shared/errors.ts';
import { t } from '../text.ts';
import { Mark } from './icon.tsx';

interface MicrophonePageProps {
  /** The browser has an answer. Without a microphone there was nothing to refuse: who opens it will see. */
  onAnswered(allowed: boolean): void;
}

/** The browser asks for the microphone only on a page that can be seen: this one, which has nothing else to do. */
export function MicrophonePage({ onAnswered }: MicrophonePageProps) {
  const [isAsking, setAsking] = useState(true);
  useEffect(() => {
    if (!isAsking) return;
    const closing = new AbortController();
    ask(closing.signal).then(
      (answer) => (answer === 'dismissed' ? setAsking(false) : onAnswered(answer === 'allowed')),
      () => {}, // The page is being closed.
    );
    return () => closing.abort();
  }, [isAsking]);
  return (
    <main class="microphone">
      <Mark look="hero" />
      <p role="status">{t(isAsking ? 'microphone_asking' : 'microphone_dismissed')}</p>
      {/* It keeps its place, so that nothing jumps. */}
      <button type="button" class="btn primary big" disabled={isAsking} onClick={() => setAsking(true)}>
        {t('microphone_ask')}
      </button>
    </main>
  );
}

/** dismissed: the question was closed, or waved away, without an answer. */
async function ask(signal: AbortSignal): Promise<'allowed' | 'refused' | 'dismissed'> {
  try {
    const track = await openMicrophone(signal);
    track.stop();
    return 'allowed';
  } catch (error) {
    signal.throwIfAborted();
    if (errorCode(error) !== 'microphone-denied') return 'allowed';
    return (await mayAskForMicrophone()) ? 'dismissed' : 'refused';
  }
}
