import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { initial, inSentence, lineText, messageText } from '../../extension/ui/models/display-text.ts';
import { fileType, shownFileName } from '../../extension/ui/models/file-name.ts';
import { linkify } from '../../extension/ui/models/linkify.ts';
import { hostInitial, hostOf } from '../../extension/ui/models/web-address.ts';

const OVERRIDE = '\u202E';

describe('text that somebody else wrote', () => {
  test('order marks and invisible characters are left out', () => {
    expect(lineText(`photo${OVERRIDE}gpj.exe`)).toBe('photogpj.exe');
    expect(lineText('Bo\u200Bb\u0000\u001B[31m\uFEFF')).toBe('Bob[31m');
    expect(lineText('A\u{E0041}B')).toBe('AB');
  });

  test('a name is one line without spaces around it', () => {
    expect(lineText('  Bob\n\tand\u2028Carol ')).toBe('Bob and Carol');
    expect(lineText(`${OVERRIDE}\u200F`)).toBe('');
  });

  test('a message keeps its lines, its emoji and what its script needs', () => {
    expect(messageText('one\r\ntwo\rthree\u2029four\tfive')).toBe('one\ntwo\nthree\nfour\tfive');
    expect(messageText('👩‍👧 می‌خواهم \u200Fשלום')).toBe('👩‍👧 می‌خواهم \u200Fשלום');
  });

  test('only a name from right to left is kept apart from its sentence', () => {
    expect(inSentence('Bob')).toBe('Bob');
    expect(inSentence('بوب')).toBe('\u2068بوب\u2069');
  });

  test('nothing that could turn a line is ever left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(messageText(text)).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
        expect(lineText(text)).not.toMatch(/[\n\t\p{Cc}\u200E\u200F]/u);
      }),
    );
  });

  test('the initial is a whole character', () => {
    expect(initial('bob')).toBe('B');
    expect(initial('👩‍👧 us')).toBe('👩‍👧');
    expect(initial('\u200B')).toBe('?');
  });
});

describe('file names', () => {
  test('a short one is shown as it is', () => {
    expect(shownFileName('low-tide-walk.mp4')).toBe('low-tide-walk.mp4');
  });

  test('a long one is cut in the middle and keeps its end', () => {
    const shown = shownFileName('a-very-long-name-for-a-report-2026-final.pdf');
    expect(shown).toBe('a-very-long-name-…-final.pdf');
    expect(shown).toHaveLength(28);
  });

  test('characters are never cut apart', () => {
    const shown = shownFileName(`${'👩‍👧'.repeat(20)}.png`, 10);
    expect(shown).toBe(`${'👩‍👧'.repeat(4)}…👩‍👧.png`);
  });

  test.each([
    ['boat-hire.pdf', 'PDF'],
    ['archive.tar.gz', 'GZ'],
    ['README', ''],
    ['.profile', ''],
    ['minutes of the last meeting.final version', ''],
    [`photo${OVERRIDE}gpj.exe`, 'EXE'],
  ])('%j has the type %j', (name, type) => {
    expect(fileType(name)).toBe(type);
  });
});

describe('hosts', () => {
  test.each([
    ['https://tides.example.org/a', 'tides.', 'example.org'],
    ['https://example.org', '', 'example.org'],
    ['https://a.b.example.co.uk:8443/', 'a.b.', 'example.co.uk:8443'],
    ['https://paypal.com.evil.example/', 'paypal.com.', 'evil.example'],
    ['http://192.168.1.20:8080/x', '', '192.168.1.20:8080'],
    ['http://[::1]:9000/', '', '[::1]:9000'],
    ['http://localhost:9000/', '', 'localhost:9000'],
  ])('%s is %s and %s', (url, before, registered) => {
    expect(hostOf(url)).toEqual({ before, registered });
  });

  test('letters that look alike are shown as what they are', () => {
    // The first letter is Cyrillic.
    expect(hostOf('https://аpple.com/').registered).toBe('xn--pple-43d.com');
  });

  test('the initial is that of the registered name', () => {
    expect(hostInitial('https://www.ferry.example/')).toBe('f');
    expect(hostInitial('http://[::1]/')).toBe(':');
  });
});

describe('links in a message', () => {
  const links = (text: string) => linkify(text).flatMap((part) => (part.kind === 'link' ? [part.url] : []));

  test.each([
    ['see https://example.org/a?b=c#d now', ['https://example.org/a?b=c#d']],
    ['(https://example.org/a).', ['https://example.org/a']],
    ['https://example.org/wiki/Tide_(sea), right?', ['https://example.org/wiki/Tide_(sea)']],
    ['“http://example.org”', ['http://example.org']],
    ['HTTPS://EXAMPLE.ORG', ['HTTPS://EXAMPLE.ORG']],
    ['two: http://a.example http://b.example', ['http://a.example', 'http://b.example']],
  ])('%j has %j', (text, expected) => {
    expect(links(text)).toEqual(expected);
  });

  test.each([
    'javascript:alert(1)',
    'file:///etc/passwd',
    'https://google.com@evil.example/',
    'ftp://example.org',
    'https://',
    'chrome://settings',
    'data:text/html,hi',
    'xhttps//example.org',
  ])('%j is no link', (text) => {
    expect(links(text)).toEqual([]);
  });

  test('a link shows its real host', () => {
    expect(linkify('https://аpple.com/store')).toEqual([
      { kind: 'link', text: 'https://xn--pple-43d.com/store', url: 'https://аpple.com/store' },
    ]);
  });

  test('text around links is kept to the letter', () => {
    expect(linkify('a http://b.example, c')).toEqual([
      { kind: 'text', text: 'a ' },
      { kind: 'link', text: 'http://b.example', url: 'http://b.example' },
      { kind: 'text', text: ', c' },
    ]);
  });

  test('whatever is written, only http and https become links', () => {
    fc.assert(
      fc.property(fc.string(), fc.webUrl(), fc.string(), (before, url, after) => {
        for (const found of links(`${before}${url}${after}`)) expect(new URL(found).protocol).toMatch(/^https?:$/);
      }),
    );
  });
});
