import { useEffect, useMemo } from 'preact/hooks';
import { t } from '../text.ts';
import { Controls } from './controls.ts';
import { Dock } from './dock.tsx';
import { followKeys } from './keys.ts';
import type { ViewerModel } from './model.ts';
import { Notes } from './notes.tsx';
import { Picture } from './picture.tsx';
import { SceneMessage } from './scene-message.tsx';
import { sourceTitle } from './source-text.ts';
import { StatsPanel } from './stats-panel.tsx';
import { TopBar } from './top-bar.tsx';
import { ZoomBar } from './zoom-bar.tsx';

/** What the controls must not fade under: the keyboard's focus in them, or the pointer resting on them. */
const HOLDING = ':is(.over, .dock, .zoom, .notes):is(:has(:focus-visible), :hover)';

/** The whole viewer page. */
export function Viewer({ model }: { model: ViewerModel }) {
  const controls = useMemo(() => new Controls(() => document.querySelector(HOLDING) !== null), []);
  useEffect(() => controls.follow(window), [controls]);
  useEffect(() => followKeys(window, model), [model]);

  const about = model.about.value;
  const title = about ? sourceTitle(about) : t('viewer_page_title');
  useEffect(() => {
    document.title = title;
  }, [title]);

  const scene = model.scene.value;
  const isOver = scene === 'ended' || scene === 'replaced' || scene === 'failed';
  const isShown = controls.shown.value || scene !== null;
  useEffect(() => model.showClock(isShown), [model, isShown]);
  const stats = model.statsShown.value ? model.stats.value : null;
  return (
    <main class="viewer" data-controls={isShown ? 'shown' : 'faded'} aria-label={title}>
      <Picture model={model} />
      <SceneMessage model={model} />
      <TopBar model={model} />
      {stats && <StatsPanel stats={stats} />}
      <Notes model={model} />
      {!isOver && (
        <>
          <Dock model={model} />
          {model.player.size.value && <ZoomBar model={model} />}
        </>
      )}
    </main>
  );
}
