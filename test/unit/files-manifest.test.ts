import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeManifest, isConsistent, readFiles } from '../../extension/core/files/manifest.ts';
import type { TransferDetails } from '../../extension/core/files/source.ts';
import { AppError } from '../../extension/core/shared/errors.ts';

type Row = [path: string, sizeBytes: number, modifiedAt: number];

/** What a transfer with this list would be, as far as the list says. */
async function read(list: unknown, change: Partial<TransferDetails> = {}) {
  const rows = (Array.isArray(list) ? list : []) as Row[];
  const text = typeof list === 'string' ? list : JSON.stringify(list);
  const bytes = new TextEncoder().encode(text);
  const sizeBytes = rows.reduce((sum, row) => sum + Number(row?.[1] ?? 0), 0);
  const content = new File([bytes, new Uint8Array(Math.max(0, Math.min(sizeBytes, 1_000)))], 'run');
  const details: TransferDetails = {
    form: 'folder',
    name: 'x',
    count: rows.length,
    sizeBytes,
    manifestBytes: bytes.length,
    mime: '',
    modifiedAt: 0,
    ...change,
  };
  return readFiles(content, details);
}

const paths = async (...names: string[]) => (await read(names.map((name) => [name, 0, 0]))).map(({ path }) => path);

describe('the list of files', () => {
  it('gives each file its bytes, time and path', async () => {
    const manifest = new TextEncoder().encode(
      JSON.stringify([
        ['a/b.txt', 3, 7],
        ['c.txt', 2, 8],
      ]),
    );
    const content = new File([manifest, 'abcde'], 'run');
    const details = { form: 'folder', name: 'x', count: 2, sizeBytes: 5, mime: '', modifiedAt: 8 } as const;
    const files = await readFiles(content, { ...details, manifestBytes: manifest.length });
    expect(files.map(({ path, sizeBytes, modifiedAt }) => [path, sizeBytes, modifiedAt])).toEqual([
      ['a/b.txt', 3, 7],
      ['c.txt', 2, 8],
    ]);
    expect(await Promise.all(files.map(({ content }) => content.text()))).toEqual(['abc', 'de']);
    expect(files[0]?.content.type).toBe('application/octet-stream');
  });

  it('adds up beyond 4 GiB', async () => {
    const files = await read([
      ['a', 5 * 2 ** 30, 0],
      ['b', 1, 0],
    ]);
    expect(files[0]?.sizeBytes).toBe(5 * 2 ** 30);
  });

  it.each<[string, unknown, Partial<TransferDetails>]>([
    ['no JSON', '[["a",0,0]', {}],
    ['no UTF-8', '\u{1F600}'.slice(0, 1), { manifestBytes: 2 }],
    ['no list', { a: 1 }, { count: 1 }],
    ['empty', [], { count: 0 }],
    ['of sizes that do not add up', [['a', 5, 0]], { sizeBytes: 6 }],
    [
      'of more files than were offered',
      [
        ['a', 0, 0],
        ['b', 0, 0],
      ],
      { count: 1 },
    ],
    ['of fewer files than were offered', [['a', 0, 0]], { count: 2 }],
    [
      'of sizes below nothing',
      [
        ['a', -1, 0],
        ['b', 1, 0],
      ],
      { sizeBytes: 0 },
    ],
    [
      'of parts of bytes',
      [
        ['a', 0.5, 0],
        ['b', 0.5, 0],
      ],
      { sizeBytes: 1 },
    ],
    ['of a size beyond numbers', '[["a",1e999,0]]', { count: 1, sizeBytes: 0 }],
    ['of times beyond time', [['a', 0, 1e15]], {}],
    ['of rows with less', [['a', 0]], {}],
    ['of names that are none', [[5, 0, 0]], {}],
    ['too deep', [[`${'a/'.repeat(32)}b`, 0, 0]], {}],
    ['of nothing but depth', '['.repeat(100_000), {}],
    ['too long', Array.from({ length: 20_001 }, () => ['a', 0, 0]), {}],
  ])('is refused when it is %s', async (_, list, change) => {
    await expect(read(list, change)).rejects.toEqual(new AppError('file-corrupt'));
  });

  it('is made no longer than it may be', () => {
    const file = new File([], 'x');
    const rows = Array.from({ length: 20_000 }, (_, index) => ({ path: `${'a'.repeat(500)}${index}`, file }));
    expect(() => encodeManifest(rows)).toThrow(new AppError('file-too-many'));
  });

  it('of a tree that is too deep keeps its files', async () => {
    const path = Array.from({ length: 50 }, (_, index) => `d${index}`).join('/');
    const bytes = encodeManifest([{ path, file: new File([], 'x') }]);
    const [file] = await read(JSON.parse(new TextDecoder().decode(bytes)));
    expect(file?.path.split('/')).toHaveLength(32);
    expect(file?.path).toMatch(/^d0\/d1\/.*\/d30\/d31_d32_.*_d49$/);
  });
});

describe('an offer', () => {
  const details = {
    form: 'file',
    name: 'x',
    count: 1,
    sizeBytes: 1,
    manifestBytes: 0,
    mime: '',
    modifiedAt: 0,
  } as const;

  it.each<[boolean, Partial<TransferDetails>]>([
    [true, {}],
    [true, { form: 'folder', manifestBytes: 9 }],
    [true, { form: 'files', manifestBytes: 9, count: 20_000 }],
    [false, { count: 2 }],
    [false, { manifestBytes: 9 }],
    [false, { form: 'files' }],
  ])('can be true: %s, %j', (isTrue, change) => {
    expect(isConsistent({ ...details, ...change })).toBe(isTrue);
  });
});

describe('paths', () => {
  it.each([
    ['../../etc/passwd', 'etc/passwd'],
    ['/etc/passwd', 'etc/passwd'],
    ['a/../../b', 'a/b'],
    ['..', 'file'],
    ['', 'file'],
    ['a//b/./c', 'a/b/c'],
    ['..\\..\\Startup\\x.exe', '_.._Startup_x.exe'],
    ['C:/Windows/x', 'C_/Windows/x'],
    ['con/aux.txt/NUL', '_con/_aux.txt/_NUL'],
    ['trailing. . /dots...', 'trailing/dots'],
    ['photos\u202E/gnp.\u202Eexe', 'photos/gnp.exe'],
    ['😀/👩‍👩‍👧.png', '😀/👩👩👧.png'],
    [`${'é'.repeat(150)}/x`, `${'é'.repeat(118)}/x`],
    ['~/.ssh/authorized_keys', 'file/ssh/authorized_keys'],
  ])('%j becomes %j', async (path, expected) => {
    expect(await paths(path)).toEqual([expected]);
  });

  it('that differ only in case, or look the same, are told apart', async () => {
    expect(await paths('a.txt', 'A.TXT', 'a.txt', 'ﬁ', 'FI', 'e\u0301', 'É')).toEqual([
      'a.txt',
      'A (1).TXT',
      'a (2).txt',
      'ﬁ',
      'FI (1)',
      'é',
      'É (1)',
    ]);
  });

  it('lead into one folder when the folders differ only in case', async () => {
    expect(await paths('Sea/1', 'sea/2', 'SEA/1')).toEqual(['Sea/1', 'Sea/2', 'Sea/1 (1)']);
  });

  it('of a file and a folder of one name are told apart', async () => {
    expect(await paths('a', 'A/b', 'a/c', 'b/c', 'B')).toEqual(['a', 'A (1)/b', 'A (1)/c', 'b/c', 'B (1)']);
  });

  it('stay short when they get a number', async () => {
    const long = `${'a'.repeat(300)}.jpg`;
    const [, second] = await paths(long, long.toUpperCase());
    expect(second).toBe(`${'A'.repeat(228)} (1).JPG`);
  });

  it('of 20,000 files of one name are all different, quickly', async () => {
    const all = await paths(...Array.from({ length: 20_000 }, () => 'a.txt'));
    expect(new Set(all).size).toBe(20_000);
  });

  it('are safe, different and inside, whatever they were', async () => {
    const piece = fc.constantFrom(
      '..',
      '.',
      '',
      '/',
      '\\',
      'a',
      'A',
      'con',
      '\u202E',
      ' ',
      '.',
      '😀',
      '(1)',
      ' (1)',
      '.txt',
    );
    const path = fc.array(fc.oneof(piece, fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          path.map((parts) => parts.join('')),
          { minLength: 1, maxLength: 12 },
        ),
        async (names) => {
          const made = await paths(...names);
          expect(new Set(made.map((name) => name.toLowerCase())).size).toBe(names.length);
          const files = new Set(made.map((name) => name.toLowerCase()));
          for (const name of made) {
            const parts = name.split('/');
            for (const part of parts)
              expect(part).toMatch(
                /^[^\s.~/\\:*?"<>|\p{Cc}\p{Cf}]([^/\\:*?"<>|\p{Cc}\p{Cf}]*[^\s.~/\\:*?"<>|\p{Cc}\p{Cf}])?$/u,
              );
            for (let depth = 1; depth < parts.length; depth++)
              expect(files.has(parts.slice(0, depth).join('/').toLowerCase())).toBe(false);
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
