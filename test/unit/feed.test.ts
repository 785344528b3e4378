import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { AppState, PeerState } from '../../extension/core/session/state.ts';
import { newId } from '../../extension/core/shared/ids.ts';
import { apply, difference, FeedMessage } from '../../extension/messaging/feed.ts';

const ids = Array.from({ length: 4 }, newId);
const peer = (id: string, unread: number): PeerState => ({
  id,
  name: `Peer ${unread}`,
  presence: 'offline',
  lastSeenAt: null,
  connection: { state: 'offline' },
  typing: false,
  unread,
  words: ['river', 'candle', 'orbit', 'velvet', 'ladder', 'pepper'],
  blocked: false,
  acceptUpToBytes: null,
  timeline: [],
  hasOlder: false,
});
const base: AppState = {
  me: { id: newId(), name: 'Alice' },
  settings: { downloadFolder: 'Pairwise', keepPartialsDays: 7, pauseOnPassword: true, pauseOnNavigation: false },
  server: { url: 'http://127.0.0.1:9000', status: 'online', kind: 'pairwise', problem: null, services: null },
  pairing: { step: 'idle' },
  peers: [],
  outgoingShare: null,
  incomingShares: [],
  asks: [],
  fetches: [],
  notices: [],
};

/** One step from a state to the next, replaced where it changes as the store does it. */
const step = fc.oneof(
  fc.record({ what: fc.constant('pairing' as const), code: fc.constantFrom('idle', 'joining') }),
  fc.record({ what: fc.constant('name' as const), name: fc.string({ minLength: 1, maxLength: 10 }) }),
  fc.record({ what: fc.constant('peers' as const), order: fc.shuffledSubarray(ids), unread: fc.nat({ max: 99 }) }),
  fc.record({ what: fc.constant('one' as const), id: fc.constantFrom(...ids), unread: fc.nat({ max: 99 }) }),
);

function next(state: AppState, change: typeof step extends fc.Arbitrary<infer Step> ? Step : never): AppState {
  switch (change.what) {
    case 'pairing':
      return { ...state, pairing: { step: change.code === 'idle' ? 'idle' : 'joining' } };
    case 'name':
      return { ...state, me: { ...state.me, name: change.name } };
    case 'peers':
      return {
        ...state,
        peers: change.order.map((id) => state.peers.find((entry) => entry.id === id) ?? peer(id, change.unread)),
      };
    case 'one':
      return {
        ...state,
        peers: state.peers.map((entry) => (entry.id === change.id ? peer(change.id, change.unread) : entry)),
      };
  }
}

test('a view that applies every update shows what the document has', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), fc.nat({ max: 3 }), (steps, batch) => {
      let state = base;
      let told = base;
      let view = apply(null, { type: 'snapshot', state: base });
      for (const [index, change] of steps.entries()) {
        state = next(state, change);
        if (index % (batch + 1) !== 0) continue; // Several changes go out as one.
        const message = difference(told, state);
        told = state;
        if (message) view = apply(view, v.parse(FeedMessage, JSON.parse(JSON.stringify(message))));
      }
      const message = difference(told, state);
      if (message) view = apply(view, v.parse(FeedMessage, JSON.parse(JSON.stringify(message))));
      expect(view).toEqual(state);
    }),
  );
});

test('nothing is told when nothing changed', () => {
  expect(difference(base, base)).toBeNull();
  expect(difference(base, { ...base })).toBeNull();
});

test('a change of one peer carries only that peer', () => {
  const [a, b] = [peer(ids[0] ?? '', 0), peer(ids[1] ?? '', 0)];
  const before = { ...base, peers: [a, b] };
  const changed = { ...b, unread: 1 };
  expect(difference(before, { ...before, peers: [a, changed] })).toEqual({
    type: 'update',
    change: {},
    order: [a.id, b.id],
    peers: [changed],
  });
});

test('a new order alone is told', () => {
  const [a, b] = [peer(ids[0] ?? '', 0), peer(ids[1] ?? '', 0)];
  expect(difference({ ...base, peers: [a, b] }, { ...base, peers: [b, a] })).toMatchObject({
    order: [b.id, a.id],
    peers: [],
  });
});

test('an update without a snapshot before it shows nothing', () => {
  expect(apply(null, { type: 'update', change: {}, order: [], peers: [] })).toBeNull();
});
