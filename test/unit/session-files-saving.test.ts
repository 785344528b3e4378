import { beforeEach, describe, expect, test } from 'vitest';
import type { ReceivedFile } from '../../extension/core/files/exchange-options.ts';
import type { FileToSave } from '../../extension/core/session/platform.ts';
import { MAX_DOWNLOADS, Saving } from '../../extension/core/session/saving.ts';
import type { ItemOf, Transfer } from '../../extension/core/session/state.ts';
import { AppError } from '../../extension/core/shared/errors.ts';

const item = (change: Partial<ItemOf<'file'>> = {}): ItemOf<'file'> => ({
  id: 'A'.repeat(22),
  peerId: 'B'.repeat(22),
  mine: false,
  at: 1,
  kind: 'file',
  form: 'file',
  name: 'notes.txt',
  count: 1,
  sizeBytes: 5,
  manifestBytes: 0,
  mime: '',
  modifiedAt: 1,
  transfer: { state: 'offered' },
  ...change,
});
const file = (path: string): ReceivedFile => ({ path, sizeBytes: 5, modifiedAt: 1, content: new Blob(['hello']) });
const outcome = { startedAt: 1, verifiedAt: 2, repeatedBytes: 3, badBlocks: 4 };

interface Call {
  readonly paths: string[];
  readonly signal: AbortSignal;
  /** Says that one of them stands there. */
  saved(index: number): void;
  resolve(downloadId: number | null): void;
  reject(error: unknown): void;
}

let folder: string;
let calls: Call[];
/** What was heard, in order. */
let told: (Transfer | 'release' | 'ready' | 'saved')[];
let saving: Saving;

beforeEach(() => {
  folder = 'Pairwise';
  calls = [];
  told = [];
  saving = new Saving({
    save: (files: readonly FileToSave[], { signal, onSaved }) =>
      new Promise((resolve, reject) => {
        const paths = files.map(({ path }) => path);
        calls.push({ paths, signal, saved: onSaved, resolve: (downloadId) => resolve({ downloadId }), reject });
      }),
    folder: () => folder,
    show: (_, transfer) => told.push(transfer),
    release: () => told.push('release'),
    onReady: () => told.push('ready'),
    onSaved: () => told.push('saved'),
    onFailed: () => {},
  });
});

/** The only save that was asked for since the last time. */
function call(): Call {
  const [first, ...others] = calls.splice(0);
  if (!first || others.length > 0) throw new Error(`${others.length + (first ? 1 : 0)} saves were asked for.`);
  return first;
}
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('what has arrived', () => {
  test('is saved below the chosen folder, told, and only then let go of', async () => {
    saving.received(item(), outcome, [file('notes.txt')]);
    const save = call();
    expect(save.paths).toEqual(['Pairwise/notes.txt']);
    save.saved(0);
    save.resolve(7);
    await settled();
    expect(told).toEqual([
      { state: 'saving', savedCount: 0 },
      { state: 'saving', savedCount: 1 },
      { state: 'done', ...outcome, savedAt: expect.any(Number), downloadId: 7, place: 'Downloads/Pairwise' },
      'release',
      'saved',
    ]);
    expect(saving.has(item().id)).toBe(false);
  });

  test.each([
    ['folder', 'Pairwise', ['Pairwise/trip/a.jpg', 'Pairwise/trip/b/c.jpg'], 'Downloads/Pairwise/trip'],
    ['folder', '', ['trip/a.jpg', 'trip/b/c.jpg'], 'Downloads/trip'],
    ['files', 'From/Bob', ['From/Bob/a.jpg', 'From/Bob/b/c.jpg'], 'Downloads/From/Bob'],
  ] as const)('keeps its tree: %s into "%s"', async (form, into, paths, place) => {
    folder = into;
    saving.received(item({ form, name: 'trip', count: 2 }), outcome, [file('a.jpg'), file('b/c.jpg')]);
    const save = call();
    expect(save.paths).toEqual(paths);
    save.resolve(1);
    await settled();
    expect(told).toContainEqual(expect.objectContaining({ state: 'done', place }));
  });

  test('stays when it can’t be saved, and another try saves what is missing', async () => {
    saving.received(item({ form: 'files', count: 3, sizeBytes: 15 }), outcome, ['a', 'b', 'c'].map(file));
    const first = call();
    first.saved(1);
    first.reject(new AppError('save-full'));
    await settled();
    expect(told.at(-1)).toEqual({ state: 'failed', code: 'save-full', bytes: 15 });
    expect(told).not.toContain('release');
    saving.again(item().id);
    const second = call();
    expect(second.paths).toEqual(['Pairwise/a', 'Pairwise/c']);
    second.saved(0);
    second.saved(1);
    expect(told.at(-1)).toEqual({ state: 'saving', savedCount: 3 });
    second.resolve(9);
    await settled();
    expect(told.slice(-2)).toEqual(['release', 'saved']);
  });

  test('is not saved twice at the same time', () => {
    saving.received(item(), outcome, [file('notes.txt')]);
    saving.again(item().id);
    saving.toZip(item().id);
    call();
  });

  test.each([
    [MAX_DOWNLOADS, 'saving'],
    [MAX_DOWNLOADS + 1, 'ready'],
  ])('of %i files is %s', (count, state) => {
    const files = Array.from({ length: count }, (_, index) => file(`${index}`));
    saving.received(item({ form: 'folder', count }), outcome, files);
    expect(told[0]).toMatchObject({ state });
    expect(told.includes('ready')).toBe(state === 'ready');
    expect(calls).toHaveLength(state === 'saving' ? 1 : 0);
  });

  test('is dropped without another word', async () => {
    saving.received(item(), outcome, [file('notes.txt')]);
    const save = call();
    saving.drop(item().id);
    expect(save.signal.aborted).toBe(true);
    save.reject(save.signal.reason);
    await settled();
    expect(told).toEqual([{ state: 'saving', savedCount: 0 }]);
    saving.again(item().id);
    expect(calls).toHaveLength(0);
  });
});
