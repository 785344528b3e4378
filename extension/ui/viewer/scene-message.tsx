import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon, Mark } from '../components/icon.tsx';
import { t } from '../text.ts';
import type { ViewerModel } from './model.ts';
import { type SceneText, sceneText } from './scene-text.ts';

/** What is the matter when there is more to say than the picture shows, with the next step; read out when it changes. */
export function SceneMessage({ model }: { model: ViewerModel }) {
  const text = sceneText(model);
  const plate = useRef<HTMLDivElement>(null);
  const [isLate, setLate] = useState(false);
  const watchAgain = () => {
    // The button goes, and the keyboard would begin at the top of the page.
    plate.current?.focus();
    setLate(false);
    model.watchAgain();
  };
  return (
    <div class="scene" data-scene={model.scene.value ?? 'picture'}>
      <div class="plate" ref={plate} tabIndex={-1}>
        {text && <Sign text={text} />}
        <div role="status">
          {text ? (
            <h2>{text.title}</h2>
          ) : (
            <p class="only-heard">{t('viewer_shown', model.about.value?.peerName ?? t('viewer_somebody'))}</p>
          )}
          {text?.hint && <p>{text.hint}</p>}
          {isLate && <p class="only-heard">{t('viewer_try_yourself')}</p>}
        </div>
        <SceneAction model={model} late={{ isLate, setLate }} onAgain={watchAgain} />
      </div>
    </div>
  );
}

function Sign({ text: { sign, isTrouble = false } }: { text: SceneText }) {
  if (sign === 'busy') return <Mark look="busy" />;
  return (
    <span class="sign" data-trouble={isTrouble}>
      <Icon name={sign} />
    </span>
  );
}

/** Whether somebody has waited for long, and who finds that out. */
interface Late {
  readonly isLate: boolean;
  readonly setLate: (isLate: boolean) => void;
}

interface SceneActionProps {
  readonly model: ViewerModel;
  readonly late: Late;
  readonly onAgain: () => void;
}

function SceneAction({ model, late, onAgain }: SceneActionProps) {
  const scene = model.scene.value;
  // Of a share that is over there is nothing to try again.
  const isOver = scene === 'ended' || (scene === 'failed' && model.about.value?.isKnown === false);
  switch (isOver ? 'ended' : scene) {
    case 'ended':
      return (
        <button type="button" class="btn primary" onClick={() => model.leave()}>
          {t('viewer_close')}
        </button>
      );
    case 'replaced':
      return (
        <button type="button" class="btn primary" onClick={onAgain}>
          {t('viewer_watch_here')}
        </button>
      );
    case 'failed':
      return (
        <button type="button" class="btn primary" onClick={onAgain}>
          {t('viewer_try_again')}
        </button>
      );
    case 'slow':
    case 'reconnecting':
      return <LateTry key={scene} {...late} onAgain={onAgain} />;
    default:
      return null;
  }
}

/** Pairwise tries by itself. Only who has waited for so long wants to do something. */
const PATIENCE_MS = 15_000;

/** A new attempt by hand, and after it the same patience. */
function LateTry({ isLate, setLate, onAgain }: Late & Pick<SceneActionProps, 'onAgain'>) {
  useEffect(() => () => setLate(false), [setLate]);
  useEffect(() => {
    if (isLate) return;
    const timer = setTimeout(() => setLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [isLate, setLate]);
  return (
    isLate && (
      <button type="button" class="btn primary" onClick={onAgain}>
        {t('viewer_try_again')}
      </button>
    )
  );
}
