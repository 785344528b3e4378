import { describe, expect, test } from 'vitest';
import type { TimelineItem } from '../../extension/core/session/state.ts';
import { SNAPSHOT_ITEMS } from '../../extension/core/shared/limits.ts';
import { type History, withPage, withState } from '../../extension/ui/models/history.ts';
import { attentionCount, timelineEntries } from '../../extension/ui/models/timeline.ts';
import { app, CAROL_ID, chat, file, itemId, link, NOW, peer, SHARE_ID } from '../browser/ui/states.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** `day`, `item` or `mark:read`, without keys. */
const outline = (items: TimelineItem[]) =>
  timelineEntries(items).map((entry) =>
    entry.kind === 'mark' ? (entry.mine ? `mark:${entry.mark}` : 'time') : entry.kind,
  );

describe('days and marks', () => {
  test('an empty timeline has no day', () => {
    expect(outline([])).toEqual([]);
  });

  test('each day is named once', () => {
    const items = [chat(1, false, 'a', { at: NOW - DAY_MS }), chat(2, false, 'b'), chat(3, false, 'c')];
    expect(outline(items)).toEqual(['day', 'item', 'time', 'day', 'item', 'item', 'time']);
  });

  test('a mark stands below the last message that has come as far', () => {
    const items = [
      chat(1, true, 'a', { mark: 'read' }),
      chat(2, true, 'b', { mark: 'read' }),
      chat(3, true, 'c', { mark: 'delivered' }),
      link(4, true, 'https://example.org', '', 'delivered'),
    ];
    expect(outline(items)).toEqual(['day', 'item', 'item', 'mark:read', 'item', 'item', 'mark:delivered']);
  });

  test('an answer ends my group, theirs is timed when they pause', () => {
    const items = [chat(1, true, 'a'), chat(2, false, 'b'), chat(3, true, 'c'), chat(4, false, 'd')];
    expect(outline(items)).toEqual(['day', 'item', 'mark:read', 'item', 'item', 'mark:read', 'item', 'time']);
  });

  test('a pause of more than five minutes ends a group', () => {
    const pause = (ms: number) => [chat(1, true, 'a'), chat(2, true, 'b', { at: NOW + 1 + ms })];
    expect(outline(pause(5 * MINUTE_MS))).toEqual(['day', 'item', 'item', 'mark:read']);
    expect(outline(pause(5 * MINUTE_MS + 1))).toEqual(['day', 'item', 'mark:read', 'item', 'mark:read']);
  });

  test('files say for themselves how far they are', () => {
    expect(outline([chat(1, true, 'a'), file(2, true, 'b.pdf', 1, { state: 'offered' })])).toEqual([
      'day',
      'item',
      'mark:read',
      'item',
    ]);
  });
});

test('what waits for an answer asks for attention like an unread message', () => {
  const base = {
    shareId: SHARE_ID,
    title: '',
    source: 'tab' as const,
    hasAudio: false,
    page: null,
    pause: null,
    trouble: null,
    pointing: false,
    startedAt: NOW,
  };
  const carol = peer({ id: CAROL_ID, unread: 2 });
  const shown = (status: 'offered' | 'dismissed') => app({ incomingShares: [{ ...base, peerId: CAROL_ID, status }] });
  const asked = (mine: boolean) => app({ asks: [{ id: itemId(1), peerId: CAROL_ID, mine, at: NOW }] });
  expect(attentionCount(carol, shown('offered'))).toBe(3);
  expect(attentionCount(carol, shown('dismissed'))).toBe(2);
  expect(attentionCount(carol, asked(false))).toBe(3);
  expect(attentionCount(carol, asked(true))).toBe(2);
  expect(attentionCount(peer(), shown('offered'))).toBe(0);
  expect(attentionCount(peer(), asked(false))).toBe(0);
});

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => chat(from + index, false, `line ${from + index}`));
const ids = (history: History) => history.items.map((item) => Number(item.id.replace(/\D+0*/, '')));
const range = (from: number, to: number) => lines(from, to).map((item) => Number(item.id.replace(/\D+0*/, '')));

describe('history', () => {
  test('what the state no longer carries stays on screen', () => {
    const first = withState(null, peer({ timeline: lines(1, SNAPSHOT_ITEMS) }));
    const second = withState(first, peer({ timeline: lines(11, SNAPSHOT_ITEMS + 10), hasOlder: true }));
    expect(ids(second)).toEqual(range(1, SNAPSHOT_ITEMS + 10));
    // All of it was seen: there is nothing to ask for.
    expect(second.hasOlder).toBe(false);
  });

  test('a page goes before what is there, and only once', () => {
    const start = withState(null, peer({ timeline: lines(51, 100), hasOlder: true }));
    expect(start.firstId).toBe(itemId(51));
    const paged = withPage(start, { items: lines(41, 51), hasOlder: true });
    expect(ids(paged)).toEqual(range(41, 100));
    expect(paged).toMatchObject({ firstId: itemId(41), hasOlder: true });
    expect(withPage(paged, { items: [], hasOlder: false })).toMatchObject({ firstId: itemId(41), hasOlder: false });
  });

  test('a page stays when something new comes', () => {
    const paged = withPage(withState(null, peer({ timeline: lines(51, 100), hasOlder: true })), {
      items: lines(1, 50),
      hasOlder: false,
    });
    const later = withState(paged, peer({ timeline: lines(52, 101), hasOlder: true }));
    expect(ids(later)).toEqual(range(1, 101));
    expect(later.hasOlder).toBe(false);
  });

  test('an unfinished item from long ago finds its place when its page is loaded', () => {
    const waiting = chat(7, true, 'still here', { mark: 'waiting' });
    const start = withState(null, peer({ timeline: [waiting, ...lines(51, 100)], hasOlder: true }));
    expect(ids(start)).toEqual([7, ...range(51, 100)]);
    expect(start.firstId).toBe(itemId(51));
    const page = [...lines(1, 6), waiting, ...lines(8, 50)];
    expect(ids(withPage(start, { items: page, hasOlder: false }))).toEqual(range(1, 100));
  });

  test('an unfinished item that was taken back is gone', () => {
    const waiting = chat(7, true, 'still here', { mark: 'waiting' });
    const start = withState(null, peer({ timeline: [waiting, ...lines(51, 100)], hasOlder: true }));
    expect(ids(withState(start, peer({ timeline: lines(51, 100), hasOlder: true })))).toEqual(range(51, 100));
  });

  test('items change where they stand', () => {
    const start = withState(null, peer({ timeline: [chat(1, true, 'a', { mark: 'sent' })] }));
    const later = withState(start, peer({ timeline: [chat(1, true, 'a', { mark: 'read' })] }));
    expect(later.items).toEqual([chat(1, true, 'a', { mark: 'read' })]);
  });

  test('after a wipe, for another peer, and after a gap it starts anew', () => {
    const start = withState(null, peer({ timeline: lines(1, 50) }));
    expect(withState(start, peer({ timeline: [] }))).toMatchObject({ items: [], firstId: null, hasOlder: false });
    expect(ids(withState(start, peer({ id: CAROL_ID, timeline: lines(60, 61) })))).toEqual([60, 61]);
    const gap = withState(start, peer({ timeline: lines(80, 129), hasOlder: true }));
    expect(ids(gap)).toEqual(range(80, 129));
    expect(gap.hasOlder).toBe(true);
  });
});
