import type { Figure } from './report.ts';
import { median } from './report.ts';
import type { Kind } from './share-round.ts';
import type { Way } from './share-stage.ts';

const ROUNDS = 7;

/** `PAIRWISE_BENCH_ROUNDS` for those who only try. */
export function roundsOf(): number {
  const wanted = Number(process.env.PAIRWISE_BENCH_ROUNDS ?? ROUNDS);
  if (!Number.isInteger(wanted) || wanted < 1) throw new Error('PAIRWISE_BENCH_ROUNDS is a whole number from 1.');
  return wanted;
}

/** Both ways in each round, in turn the one and the other first: whatever grows warm or tired does so for both. */
export async function takeTurns<Result>(
  rounds: number,
  once: (kind: Kind) => Promise<Result>,
  tell: (kind: Kind, result: Result) => void,
): Promise<Record<Kind, Result[]>> {
  const results: Record<Kind, Result[]> = { bare: [], pairwise: [] };
  for (let round = 1; round <= rounds; round += 1) {
    console.log(` round ${round} of ${rounds}:`);
    const order: readonly Kind[] = round % 2 === 1 ? ['bare', 'pairwise'] : ['pairwise', 'bare'];
    for (const kind of order) {
      const result = await once(kind);
      tell(kind, result);
      results[kind].push(result);
    }
  }
  return results;
}

interface Travelled {
  readonly way: Way;
  readonly openMs: number | null;
}

const STEPS = {
  captureIdMs: 'captureIdAt',
  captureMs: 'capturedAt',
  offerMs: 'offeredAt',
  viewerMs: 'openedAt',
  preparedMs: 'preparedAt',
  connectedMs: 'connectedAt',
} as const satisfies Record<string, keyof Way>;

/**
 * Click to first picture, and each step of the way since the click. Bare has its viewer page open already: `firstPictureAndPageMs` is the same
 * for Pairwise, against bare and the time in which a plain page opens.
 */
export function wayFigures(name: string, travelled: Readonly<Record<Kind, readonly Travelled[]>>): Figure[] {
  const since = (kind: Kind, step: keyof Way) =>
    travelled[kind].flatMap(({ way }) => {
      const atMs = way[step];
      return atMs === null ? [] : [atMs - way.clickedAt];
    });
  const firstPictures = since('pairwise', 'pictureAt');
  const bareAndPage = travelled.bare.map(({ way, openMs }) => way.pictureAt - way.clickedAt + (openMs ?? 0));
  const steps = Object.entries(STEPS).flatMap(([figure, step]): Figure[] => {
    const [values, baselineValues] = [since('pairwise', step), since('bare', step)];
    if (values.length === 0) return [];
    const beside = baselineValues.length > 0 ? { baselineValues } : {};
    return [{ case: name, figure, unit: 'ms', values, ...beside }];
  });
  tellWay('bare', travelled.bare);
  tellWay('pairwise', travelled.pairwise);
  return [
    ...steps,
    {
      case: name,
      figure: 'firstPictureMs',
      unit: 'ms',
      values: firstPictures,
      baselineValues: since('bare', 'pictureAt'),
    },
    { case: name, figure: 'firstPictureAndPageMs', unit: 'ms', values: firstPictures, baselineValues: bareAndPage },
  ];
}

/** The medians of all steps, in the order in which they came. */
function tellWay(kind: Kind, travelled: readonly Travelled[]): void {
  const medians = Object.entries({ ...STEPS, picture: 'pictureAt' as const }).flatMap(([name, step]) => {
    const values = travelled.flatMap(({ way }) => {
      const atMs = way[step];
      return atMs === null ? [] : [atMs - way.clickedAt];
    });
    return values.length === 0 ? [] : [{ name: name.replace(/Ms$/, ''), ms: median(values) }];
  });
  const ordered = medians.toSorted((a, b) => a.ms - b.ms).map(({ name, ms }) => `${name} ${ms.toFixed(0)}`);
  console.log(`  ${kind}, ms since the click: ${ordered.join(' → ')}`);
}
