import { describe, expect, test } from 'vitest';
import { BitrateJudge } from '../../extension/core/media/quality/bitrate-judge.ts';
import { changeBetween } from '../../extension/core/media/quality/change.ts';
import { CodecJudge } from '../../extension/core/media/quality/codec-judge.ts';
import { ContentJudge } from '../../extension/core/media/quality/content-judge.ts';
import { FilmJudge } from '../../extension/core/media/quality/film-judge.ts';
import type { SendingMeasure } from '../../extension/core/media/quality/sending-measure.ts';
import { type Content, encoderSettings, type Wish } from '../../extension/core/media/quality/settings.ts';
import { BANDS, type Pixels, signatureOf } from '../../extension/core/media/quality/signature.ts';
import { canCarry, StillClock } from '../../extension/core/media/quality/still-clock.ts';
import { TroubleJudge } from '../../extension/core/media/quality/trouble-judge.ts';

const WIDTH = 320;
const HEIGHT = 240;

/** A picture by the brightness of each of its places. */
function picture(brightness: (x: number, y: number) => number, height = HEIGHT): Pixels {
  const samples = Uint8Array.from({ length: WIDTH * height }, (_, i) => brightness(i % WIDTH, Math.floor(i / WIDTH)));
  const words = new Uint32Array(samples.buffer);
  return { kind: 'luma', words, strideWords: WIDTH / 4, rowWords: WIDTH / 4, rows: height };
}

/** Always the same, and without a pattern: 0 to 1. */
function random(seed: number): number {
  let value = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
  return ((value ^ (value >>> 15)) >>> 0) / 2 ** 32;
}

/** Lines of dark letters on white, `offset` rows further down the page. */
const text = (offset: number) =>
  picture((x, y) => {
    const row = y + offset;
    return row % 16 < 10 && random(Math.floor(row / 16) * 1_000 + Math.floor(x / 6)) < 0.4 ? 30 : 255;
  });
const noise = (seed: number) => picture((x, y) => random((seed * HEIGHT + y) * WIDTH + x) * 255);
const changeOf = (before: Pixels, now: Pixels) => changeBetween(signatureOf(before), signatureOf(now));

/** A picture of an ordinary size. */
const seen = (isBlack: boolean) => ({ isBlack, width: 1_280, height: 720 });

describe('a change', () => {
  test('the same picture has none', () => {
    expect(changeOf(text(0), text(0))).toEqual({ share: 0, scrolled: 0 });
  });

  test('the first picture, and one of another size, is all new', () => {
    expect(changeBetween(null, signatureOf(text(0)))).toEqual({ share: 1, scrolled: 0 });
    expect(
      changeOf(
        text(0),
        picture(() => 9, HEIGHT + 2),
      ).share,
    ).toBe(1);
  });

  test.each([0, 1, 2, 3])('a single sample is noticed, at place %i of its word', (place) => {
    const change = changeOf(
      picture(() => 100),
      picture((x, y) => (x === 80 + place && y === 100 ? 101 : 100)),
    );
    expect(change.share).toBe(1 / (HEIGHT * BANDS));
  });

  test('two differences in the last bytes of words do not cancel each other', () => {
    for (let one = 1; one < 200; one++) {
      const row = (added: number) => picture((x) => (x === 3 || x === 7 ? 50 + added : 50), 1);
      expect(changeOf(row(0), row(one)).share).toBeGreaterThan(0);
    }
  });

  test('is as large as the part that moved', () => {
    const quarter = (seed: number) =>
      picture((x, y) => (x < WIDTH / 2 && y < HEIGHT / 2 ? random((seed * 500 + y) * 500 + x) * 255 : 0));
    expect(changeOf(quarter(1), quarter(2)).share).toBeCloseTo(0.25, 2);
  });

  test.each([-70, -9, 3, 40, 110])('text moved by %i rows is recognised as scrolled', (rows) => {
    expect(changeOf(text(200), text(200 + rows)).scrolled).toBeGreaterThan(0.85);
  });

  test('text that scrolls beside something still is recognised too', () => {
    const beside = (offset: number) => {
      const page = new Uint8Array(text(offset).words.buffer);
      return picture((x, y) => (x < 80 ? 90 + (y % 7) : (page[y * WIDTH + x] ?? 0)));
    };
    expect(changeOf(beside(0), beside(24)).scrolled).toBeGreaterThan(0.85);
  });

  test('noise is not scrolled, and neither is light that changes', () => {
    expect(changeOf(noise(1), noise(2)).scrolled).toBeLessThan(0.5);
    const light = (strength: number) => picture((x, y) => 128 + strength * Math.sin(x / 40) * Math.cos(y / 30));
    expect(changeOf(light(30), light(60)).scrolled).toBeLessThan(0.5);
  });
});

describe('black', () => {
  test('is a picture with nothing brighter than video counts as black', () => {
    expect(signatureOf(picture(() => 16)).isBlack).toBe(true);
    expect(signatureOf(picture((x, y) => (x === 5 && y === 5 ? 60 : 16))).isBlack).toBe(false);
  });

  test('is seen in pixels of red, green, blue and opacity too', () => {
    const rgba = (red: number): Pixels => {
      const words = new Uint32Array(64).fill(0xff000000 | red);
      return { kind: 'rgba', words, strideWords: 8, rowWords: 8, rows: 8 };
    };
    expect(signatureOf(rgba(0)).isBlack).toBe(true);
    expect(signatureOf(rgba(200)).isBlack).toBe(false);
  });

  test('is a trouble only when it lasts', () => {
    const judge = new TroubleJudge();
    judge.looked(0, seen(true));
    expect(judge.now(2_000)).toBeNull();
    judge.looked(2_000, seen(false));
    judge.looked(2_500, seen(true));
    expect(judge.now(4_000)).toBeNull();
    // A black page that stands still brings no more pictures.
    expect(judge.now(6_000)).toBe('black');
    judge.looked(6_100, seen(false));
    expect(judge.now(6_100)).toBeNull();
  });
});

test('a window that is minimised is one pixel, and not black', () => {
  const judge = new TroubleJudge();
  judge.looked(0, { isBlack: true, width: 2, height: 2 });
  expect(judge.now(1_000)).toBeNull();
  expect(judge.now(2_000)).toBe('frozen');
  expect(judge.now(9_000)).toBe('frozen');
  judge.looked(9_500, seen(false));
  expect(judge.now(9_500)).toBeNull();
  // A line of a picture is one: Chromium gives tabs no less than eight pixels.
  judge.looked(10_000, { isBlack: true, width: 16, height: 8 });
  expect(judge.now(13_000)).toBe('black');
});

test('a source that the browser holds back is a trouble when it lasts, and comes before black', () => {
  const judge = new TroubleJudge();
  judge.muted(0, true);
  expect(judge.now(1_000)).toBeNull();
  judge.looked(0, seen(true));
  expect(judge.now(5_000)).toBe('frozen');
  judge.muted(5_500, false);
  expect(judge.now(5_500)).toBe('black');
});

describe('content', () => {
  const FILM = { share: 0.6, scrolled: 0.1 };
  const SCROLL = { share: 0.6, scrolled: 0.95 };
  const TYPING = { share: 0.01, scrolled: 0 };

  /** What the judge says after looks of this kind, five a second. */
  const contentAfter = (judge: ContentJudge, fromMs: number, lastsMs: number, change: typeof FILM) => {
    for (let ms = 0; ms < lastsMs; ms += 200) judge.looked(fromMs + ms, change);
    return judge.content;
  };

  test('is text to begin with, and film only after two seconds of film', () => {
    const judge = new ContentJudge();
    expect(judge.content).toBe('text');
    expect(contentAfter(judge, 0, 1_800, FILM)).toBe('text');
    expect(contentAfter(judge, 1_800, 1_000, FILM)).toBe('film');
  });

  test('stays text however long somebody scrolls or types', () => {
    const judge = new ContentJudge();
    expect(contentAfter(judge, 0, 60_000, SCROLL)).toBe('text');
    expect(contentAfter(judge, 60_000, 60_000, TYPING)).toBe('text');
  });

  test('stays text when pages are turned now and then', () => {
    const judge = new ContentJudge();
    for (let ms = 0; ms < 60_000; ms += 1_500) judge.looked(ms, { share: 1, scrolled: 0 });
    expect(judge.content).toBe('text');
  });

  test('stays film through a scene with little in it, and is text three seconds after the end', () => {
    const judge = new ContentJudge();
    contentAfter(judge, 0, 10_000, FILM);
    expect(contentAfter(judge, 10_000, 10_000, { share: 0.12, scrolled: 0 })).toBe('film');
    expect(judge.still(21_500)).toBe('film');
    expect(judge.still(23_500)).toBe('text');
  });
});

describe('stills', () => {
  test('are made soon after a new picture, and ever later after something small that moves again and again', () => {
    const clock = new StillClock();
    const first = clock.changed(0, 1);
    expect(first).toBeLessThanOrEqual(400);
    let quiet = first;
    for (let ms = 1_000; ms < 20_000; ms += 1_000) {
      clock.made(ms - 200);
      const next = clock.changed(ms, 0.001);
      expect(next).toBeGreaterThanOrEqual(quiet);
      quiet = next;
    }
    expect(quiet).toBeGreaterThan(5_000);
    expect(clock.changed(21_000, 0.5)).toBe(first);
  });

  test('are left to the video when the line would be busy with them for long', () => {
    expect(canCarry(700_000, 150_000)).toBe(true);
    expect(canCarry(700_000, 2_000_000)).toBe(false);
    expect(canCarry(5_000_000, 8_000_000)).toBe(true);
    expect(canCarry(null, 8_000_000)).toBe(true);
  });

  test('that were good for a while count as worth it', () => {
    const clock = new StillClock();
    const first = clock.changed(0, 1);
    clock.made(500);
    expect(clock.changed(10_000, 0.001)).toBe(first);
  });
});

test('a wish counts for more than the content, and auto leaves it to the content', () => {
  const preference = (wish: Wish, content: Content) =>
    encoderSettings(wish, content, { isNarrow: false }).degradationPreference;
  expect(preference('auto', 'text')).toBe('maintain-resolution');
  expect(preference('auto', 'film')).toBe('maintain-framerate');
  expect(preference('sharp', 'film')).toBe('maintain-resolution');
  expect(preference('smooth', 'text')).toBe('maintain-framerate');
  expect(preference('balanced', 'film')).toBe('balanced');
});

describe('the codec', () => {
  const USUAL = { frames: 30, encodeMs: 12 };
  const NARROW = { ...USUAL, availableBitsPerSecond: 800_000, sentBitsPerSecond: 700_000 };
  const WIDE = { ...USUAL, availableBitsPerSecond: 6_000_000, sentBitsPerSecond: 4_000_000 };
  /** What a line that carries nothing is thought to carry. */
  const IDLE = { ...USUAL, availableBitsPerSecond: 300_000, sentBitsPerSecond: 20_000 };

  const seconds = (judge: CodecJudge, count: number, measure: SendingMeasure) =>
    Array.from({ length: count }, () => judge.measured(1_000, measure)).at(-1);

  test('is the light one on a line that carries enough, and where nobody knows', () => {
    const judge = new CodecJudge();
    expect(seconds(judge, 60, WIDE)).toBe('light');
    expect(seconds(judge, 60, IDLE)).toBe('light');
  });

  test('is the slim one once the line has been narrow for some seconds, and stays so while little is sent', () => {
    const judge = new CodecJudge();
    expect(seconds(judge, 2, NARROW)).toBe('light');
    expect(seconds(judge, 1, WIDE)).toBe('light');
    expect(seconds(judge, 3, NARROW)).toBe('slim');
    // A probe on an idle line.
    expect(seconds(judge, 60, { ...WIDE, sentBitsPerSecond: 50_000 })).toBe('slim');
  });

  test('is the light one again when the line has carried a lot for ten seconds', () => {
    const judge = new CodecJudge();
    expect(seconds(judge, 3, NARROW)).toBe('slim');
    expect(seconds(judge, 9, WIDE)).toBe('slim');
    expect(seconds(judge, 1, WIDE)).toBe('light');
  });

  test('is the light one for good on a computer that is too slow for the slim one', () => {
    const judge = new CodecJudge();
    expect(seconds(judge, 3, NARROW)).toBe('slim');
    const slow = { ...NARROW, encodeMs: 45 };
    expect(seconds(judge, 3, slow)).toBe('slim');
    expect(seconds(judge, 1, slow)).toBe('light');
    expect(seconds(judge, 60, NARROW)).toBe('light');
  });

  test('a few slow frames are no slow computer', () => {
    const judge = new CodecJudge();
    expect(seconds(judge, 3, NARROW)).toBe('slim');
    expect(seconds(judge, 60, { ...NARROW, frames: 1, encodeMs: 200 })).toBe('slim');
  });
});

test('what is to be smooth gets smaller on a narrow line only, what is to be sharp never', () => {
  const hint = (wish: Wish, content: Content, isNarrow: boolean) =>
    encoderSettings(wish, content, { isNarrow }).contentHint;
  for (const [wish, content] of [
    ['auto', 'film'],
    ['smooth', 'text'],
    ['balanced', 'film'],
  ] as const) {
    expect(hint(wish, content, true)).toBe('motion');
    expect(hint(wish, content, false)).toBe('');
  }
  expect(hint('auto', 'text', true)).toBe('detail');
  expect(hint('sharp', 'film', true)).toBe('detail');
});

describe('the line of film', () => {
  const SIZE = { pixels: 1_280 * 720, maxBitsPerSecond: 8_000_000 };
  const seconds = (judge: FilmJudge, count: number, availableBitsPerSecond: number, sentBitsPerSecond = 500_000) => {
    const measure = { availableBitsPerSecond, sentBitsPerSecond, frames: 30, encodeMs: 9 };
    for (let second = 0; second < count; second += 1) judge.measured(1_000, measure, SIZE);
    return judge.isNarrow;
  };

  test('is narrow after some seconds, and not before a wide one has lasted', () => {
    const judge = new FilmJudge();
    expect(seconds(judge, 2, 900_000)).toBe(false);
    expect(seconds(judge, 1, 1_500_000)).toBe(false);
    expect(seconds(judge, 3, 900_000)).toBe(true);
    // Between the two it stays what it is.
    expect(seconds(judge, 60, 1_500_000, 1_200_000)).toBe(true);
    expect(seconds(judge, 9, 3_000_000, 2_500_000)).toBe(true);
    expect(seconds(judge, 1, 3_000_000, 2_500_000)).toBe(false);
    expect(seconds(judge, 60, 1_500_000, 1_200_000)).toBe(false);
  });

  test('says little about itself while it is not used', () => {
    expect(seconds(new FilmJudge(), 60, 300_000, 50_000)).toBe(false);
  });

  test('was narrow when a wide one shows, used or not', () => {
    const judge = new FilmJudge();
    expect(seconds(judge, 3, 900_000)).toBe(true);
    expect(seconds(judge, 10, 6_000_000, 300_000)).toBe(false);
  });

  test('is not called narrow for what this computer itself may not send', () => {
    const judge = new FilmJudge();
    const measure = { availableBitsPerSecond: 4_400_000, sentBitsPerSecond: 2_900_000, frames: 30, encodeMs: 20 };
    judge.measured(60_000, measure, { pixels: 2_560 * 1_440, maxBitsPerSecond: 3_000_000 });
    expect(judge.isNarrow).toBe(false);
  });

  test('is judged anew after each rest', () => {
    const judge = new FilmJudge();
    expect(seconds(judge, 2, 900_000)).toBe(false);
    judge.rests();
    expect(seconds(judge, 2, 900_000)).toBe(false);
    expect(seconds(judge, 1, 900_000)).toBe(true);
  });

  test('is narrow for a large picture where a small one goes through', () => {
    const judge = new FilmJudge();
    const measure = { availableBitsPerSecond: 2_000_000, sentBitsPerSecond: 1_900_000, frames: 30, encodeMs: 9 };
    judge.measured(5_000, measure, SIZE);
    expect(judge.isNarrow).toBe(false);
    judge.measured(5_000, measure, { ...SIZE, pixels: 1_920 * 1_080 });
    expect(judge.isNarrow).toBe(true);
  });
});

describe('the bits of film', () => {
  const WITHIN = { availableBitsPerSecond: 5_000_000, sentBitsPerSecond: 2_400_000, frames: 30 };
  const seconds = (judge: BitrateJudge, count: number, encodeMs: number, frames = 30) => {
    for (let second = 0; second < count; second += 1) judge.measured(1_000, { ...WITHIN, encodeMs, frames });
    return judge.filmBitsPerSecond;
  };

  test('are few until the encoder has been quick for some seconds', () => {
    const judge = new BitrateJudge();
    expect(judge.filmBitsPerSecond).toBe(3_000_000);
    expect(seconds(judge, 2, 5)).toBe(3_000_000);
    expect(seconds(judge, 1, 10)).toBe(3_000_000);
    expect(seconds(judge, 3, 5)).toBeNull();
  });

  test('stay few where it is slow, and where hardly anything is encoded', () => {
    expect(seconds(new BitrateJudge(), 60, 15)).toBe(3_000_000);
    expect(seconds(new BitrateJudge(), 60, 2, 1)).toBe(3_000_000);
  });

  test('are few again where more of them cost too much, for good', () => {
    const judge = new BitrateJudge();
    expect(seconds(judge, 3, 5)).toBeNull();
    expect(seconds(judge, 30, 12)).toBeNull();
    expect(seconds(judge, 3, 20)).toBe(3_000_000);
    expect(seconds(judge, 60, 5)).toBe(3_000_000);
  });
});
