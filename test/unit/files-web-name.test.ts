import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeName } from '../../extension/core/files/safe-name.ts';
import { webName } from '../../extension/core/files/web-name.ts';

const AT = 'https://example.org/pictures/harbour.png';

describe('the name of a file of the web', () => {
  test.each([
    ['https://example.org/a/b/harbour.png?size=large#top', 'image/png', 'harbour.png'],
    ['https://example.org/a/harbour/', 'image/jpeg', 'harbour.jpg'],
    ['https://example.org/photo.php', 'image/jpeg', 'photo.php.jpg'],
    ['https://example.org/PHOTO.JPEG', 'image/jpeg', 'PHOTO.JPEG'],
    ['https://example.org/v1.2', 'video/mp4', 'v1.2.mp4'],
    ['https://example.org/data.bin', 'application/octet-stream', 'data.bin'],
    ['https://example.org/', 'text/html', 'file.html'],
    ['https://example.org/gr%C3%BC%C3%9Fe.png', 'image/png', 'grüße.png'],
    ['https://example.org/100%.png', 'image/png', '100%.png'],
    ['data:image/webp;base64,AAAA', 'image/webp', 'file.webp'],
    ['blob:https://example.org/3f1', 'audio/mpeg', 'file.mp3'],
    ['no address', '', 'file'],
  ])('%s of type %s is %s', (url, mime, name) => {
    expect(webName(url, mime, null)).toBe(name);
  });

  test.each([
    ['attachment; filename="tide tables.pdf"', 'tide tables.pdf'],
    ['attachment; filename=tides.pdf', 'tides.pdf'],
    ['inline; filename="a \\"good\\" one.txt"', 'a _good_ one.txt'],
    ["attachment; filename=plain.txt; filename*=UTF-8''gr%C3%BC%C3%9Fe.txt", 'grüße.txt'],
    ["attachment; filename*=utf-8'de'%E2%82%AC.txt", '€.txt'],
    ['attachment; filename="../../.bashrc"', 'bashrc'],
    ['attachment; filename="C:\\\\Windows\\\\con.txt"', '_con.txt'],
    ["attachment; filename*=UTF-8''..%2F..%2Fetc%2Fpasswd", 'passwd'],
    ['attachment; filename="photo\u202Egpj.exe"', 'photogpj.exe'],
    ['attachment; filename=""', 'harbour.png'],
    ['attachment; filename="/"', 'harbour.png'],
    ['inline', 'harbour.png'],
    ['', 'harbour.png'],
  ])('a server that says %j means %s', (header, name) => {
    expect(webName(AT, 'image/png', header)).toBe(name);
  });

  test.each(['constructor', 'toString', '__proto__'])('a server that calls its file %s has no such type', (mime) => {
    expect(webName('https://example.org/harbour', mime, null)).toBe('harbour');
  });

  test('whatever a site says, the name is safe', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.string({ unit: 'binary' }), (path, mime, header) => {
        const name = webName(`https://example.org/${path}`, mime, `attachment; filename="${header}"`);
        expect(name).toBe(safeName(name));
        expect(name).not.toMatch(/[/\\]/);
      }),
    );
  });
});
