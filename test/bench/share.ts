import type { Figure, Gap } from './report.ts';
import type { Bench, BenchResult } from './run.ts';
import { type Achieved, type Kind, watchOnce } from './share-round.ts';
import { soundCase } from './share-sound.ts';
import { type Content, LiveStage } from './share-stage.ts';
import { roundsOf, takeTurns, wayFigures } from './share-turns.ts';
import type { Size } from './share-window.ts';

const SIZES: Readonly<Record<string, Size>> = {
  '720p': { width: 1_280, height: 720 },
  '1080p': { width: 1_920, height: 1_080 },
};
const CONTENTS: readonly Content[] = ['still', 'scroll', 'film'];

/** One size and content, Pairwise and bare turn by turn between the same two browsers. */
async function pictureCase(name: string, size: Size, content: Content): Promise<BenchResult> {
  const stage = await LiveStage.open(size);
  try {
    const achieved = await takeTurns(roundsOf(), (kind) => watchOnce(stage, kind, content), tell);
    return { chromium: await stage.chromium(), figures: figures(name, achieved) };
  } finally {
    await stage.close();
  }
}

function figures(name: string, achieved: Readonly<Record<Kind, readonly Achieved[]>>): (Figure | Gap)[] {
  const figure = (figureName: string, unit: string, of: (one: Achieved) => number | null): (Figure | Gap)[] => {
    const [values, baselineValues] = [achieved.pairwise, achieved.bare].map((all) =>
      all.map(of).filter((value) => value !== null),
    );
    if (!values?.length || !baselineValues?.length) {
      return [{ case: name, figure: null, why: `${figureName} could not be measured` }];
    }
    return [{ case: name, figure: figureName, unit, values, baselineValues }];
  };
  const moves = achieved.pairwise.some(({ fps }) => fps !== null);
  return [
    ...wayFigures(name, achieved),
    ...figure('latencyMs', 'ms', ({ latencyMs }) => latencyMs),
    ...figure('latencyP95Ms', 'ms', ({ latencyP95Ms }) => latencyP95Ms),
    ...(moves ? figure('fps', '1/s', ({ fps }) => fps) : []),
    ...figure('ssim', '', ({ ssim }) => ssim),
    ...figure('cpu', '% of a core', ({ cpuPercent }) => cpuPercent),
  ];
}

function tell(kind: Kind, { way, latencyMs, fps, ssim, cpuPercent }: Achieved): void {
  const frames = fps === null ? '' : `${fps.toFixed(1)} fps, `;
  const parts = `latency ${latencyMs.toFixed(0)} ms, ${frames}ssim ${ssim?.toFixed(4)}, cpu ${cpuPercent.toFixed(0)} %`;
  console.log(`  ${kind}: first picture ${(way.pictureAt - way.clickedAt).toFixed(0)} ms, ${parts}`);
}

export const shareBench: Bench = {
  cases: {
    ...Object.fromEntries(
      Object.entries(SIZES).flatMap(([sizeName, size]) =>
        CONTENTS.map((content) => {
          const name = `${sizeName}-${content}`;
          return [name, () => pictureCase(name, size, content)];
        }),
      ),
    ),
    sound: () => soundCase('sound'),
  },
};
