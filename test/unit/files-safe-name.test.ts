import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeName } from '../../extension/core/files/safe-name.ts';

const MAX_BYTES = 236;
const byteLength = (text: string) => new TextEncoder().encode(text).length;

describe('safeName', () => {
  it.each([
    // What people really send stays as it is.
    ['report.pdf', 'report.pdf'],
    ['Zeugnis – Größe (1).tar.gz', 'Zeugnis – Größe (1).tar.gz'],
    ['写真 2024.jpg', '写真 2024.jpg'],
    ['👍🏽.png', '👍🏽.png'],
    ['no extension', 'no extension'],
    ['100%.txt', '100%.txt'],
    // Paths
    ['../../etc/passwd', '_.._etc_passwd'],
    ['..\\..\\autoexec.bat', '_.._autoexec.bat'],
    ['/etc/passwd', '_etc_passwd'],
    ['C:\\Windows\\x.dll', 'C__Windows_x.dll'],
    ['..', 'file'],
    ['.', 'file'],
    ['a/../b', 'a_.._b'],
    ['stream.txt:hidden', 'stream.txt_hidden'],
    ['a\u0000.txt', 'a.txt'],
    // Windows
    ['CON', '_CON'],
    ['con.txt', '_con.txt'],
    ['Nul.tar.gz', '_Nul.tar.gz'],
    ['COM1.log', '_COM1.log'],
    ['lpt¹.log', '_lpt¹.log'],
    ['aux .txt', '_aux .txt'],
    ['CONIN$', '_CONIN$'],
    ['console.txt', 'console.txt'],
    ['desktop.ini', '_desktop.ini'],
    ['Thumbs.db', '_Thumbs.db'],
    ['a<b>c"d|e?f*g.txt', 'a_b_c_d_e_f_g.txt'],
    ['holiday.lnk', 'holiday.lnk.download'],
    ['bank.URL', 'bank.URL.download'],
    ['x.{00021401-0000-0000-c000-000000000046}', 'x.{00021401-0000-0000-c000-000000000046}.download'],
    // Ends
    ['trailing.', 'trailing'],
    ['trailing . . ', 'trailing'],
    ['  leading.txt', 'leading.txt'],
    ['.bashrc', 'bashrc'],
    ['~$draft.docx', '$draft.docx'],
    ['draft.txt~', 'draft.txt'],
    // Tricks for the eye
    ['photo\u202Egpj.exe', 'photogpj.exe'],
    ['\u2066invoice\u2069.pdf', 'invoice.pdf'],
    ['in\u200Bvoice\u00AD.pdf', 'invoice.pdf'],
    ['two\nlines\r\n.txt', 'two lines .txt'],
    ['wide        gap.jpg', 'wide gap.jpg'],
    ['lone\uD800surrogate.txt', 'lonesurrogate.txt'],
    // NFC: the same name from every system
    ['u\u0308ber.txt', '\u00FCber.txt'],
    // Nothing left
    ['', 'file'],
    ['   ', 'file'],
    ['\u202E\u200B', 'file'],
    ['...~...', 'file'],
  ])('%j becomes %j', (name, expected) => {
    expect(safeName(name)).toBe(expected);
  });

  it.each([
    ['at the limit', `${'a'.repeat(MAX_BYTES - 4)}.txt`, `${'a'.repeat(MAX_BYTES - 4)}.txt`],
    ['one above', `${'a'.repeat(MAX_BYTES - 3)}.txt`, `${'a'.repeat(MAX_BYTES - 4)}.txt`],
    ['300 bytes without extension', 'a'.repeat(300), 'a'.repeat(MAX_BYTES)],
    ['two bytes a letter', `${'é'.repeat(200)}.md`, `${'é'.repeat(116)}.md`],
    ['four bytes an emoji', `${'😀'.repeat(100)}.gif`, `${'😀'.repeat(58)}.gif`],
    ['an endless extension is none', `a.${'b'.repeat(300)}`, `a.${'b'.repeat(MAX_BYTES - 2)}`],
    ['the cut leaves no dot behind', `${'a'.repeat(230)}${'.'.repeat(40)}.txt`, `${'a'.repeat(230)}.txt`],
    ['the cut bares a device name', `con${' ~'.repeat(150)}.txt`, '_con.txt'],
    ['the cut bares a shortcut', `${'a'.repeat(232)}.lnk${'b'.repeat(60)}`, `${'a'.repeat(227)}.download`],
  ])('shortens: %s', (_, name, expected) => {
    expect(safeName(name)).toBe(expected);
  });

  it('gives one harmless path component for any text, and leaves a safe name alone', () => {
    const nasty = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      ' ',
      '~',
      'con',
      '.lnk',
      '\u202E',
      '\u200D',
      '\u0301',
      'K',
      '\uD800',
      '\n',
      ':',
    );
    const name = fc
      .array(fc.oneof(fc.string({ unit: 'binary' }), fc.string(), nasty), { maxLength: 40 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(name, (text) => {
        const safe = safeName(text);
        expect(safe).not.toMatch(/[/\\:*?"<>|\p{Cc}\p{Cf}\p{Cs}]/u);
        expect(safe).not.toMatch(/^[\s.~]|[\s.~]$/);
        expect(safe).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i);
        expect(byteLength(safe)).toBeGreaterThan(0);
        expect(byteLength(safe)).toBeLessThanOrEqual(MAX_BYTES);
        expect(safe).toBe(safe.normalize('NFC'));
        expect(safeName(safe)).toBe(safe);
      }),
      { numRuns: 2_000 },
    );
  });
});
