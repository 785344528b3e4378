import { expect, test } from 'vitest';
import { receiversOf, shortcutPeer } from '../../extension/core/session/receivers.ts';
import type { AppState, PeerState } from '../../extension/core/session/state.ts';
import { app, BOB_ID, CAROL_ID, chat, peer, states } from '../browser/ui/states.ts';

const names = (state: AppState, max = 20) => receiversOf(state, max).map(({ name }) => name);
const bob = (change: Partial<PeerState> = {}) => peer({ id: BOB_ID, ...change });
const carol = (change: Partial<PeerState> = {}) => peer({ id: CAROL_ID, name: 'Carol', ...change });

test('whom something was sent to last comes first, whoever wrote last', () => {
  const toCarol = carol({ timeline: [chat(1, true, 'Hi', { at: 2_000 }), chat(2, false, 'Hello', { at: 2_500 })] });
  const toBob = bob({ timeline: [chat(3, true, 'Hi', { at: 1_000 }), chat(4, false, 'Hello', { at: 9_000 })] });
  expect(names(app({ peers: [toBob, toCarol] }))).toEqual(['Carol', 'Bob']);
});

test('without anything sent the order stays', () => {
  expect(names(app({ peers: [bob(), carol()] }))).toEqual(['Bob', 'Carol']);
});

test('somebody who is away is there, somebody who is blocked or gone is not', () => {
  const offline = bob({ presence: 'offline', connection: { state: 'offline' } });
  expect(names(app({ peers: [offline, carol({ blocked: true })] }))).toEqual(['Bob']);
  const gone = carol({ connection: { state: 'failed', code: 'peer-unpaired' } });
  const unreached = bob({ connection: { state: 'failed', code: 'peer-unreachable' } });
  expect(names(app({ peers: [gone, unreached] }))).toEqual(['Bob']);
});

test('no more than asked for', () => {
  expect(names(app({ peers: [bob(), carol()] }), 1)).toEqual(['Bob']);
});

test('a shortcut means who was last shown or sent to, of those that are connected', () => {
  const connected = { connection: { state: 'connected', path: 'direct', rttMs: null } } as const;
  const toBob = bob({ ...connected, timeline: [chat(1, true, 'Hi', { at: 1_000 })] });
  const toCarol = carol({ ...connected, timeline: [chat(2, true, 'Hi', { at: 2_000 })] });
  expect(shortcutPeer(app({ peers: [toBob, toCarol] }))).toBe(CAROL_ID);
  const away = { connection: { state: 'offline' } } as const;
  expect(shortcutPeer(app({ peers: [toBob, { ...toCarol, ...away }] }))).toBe(BOB_ID);
  expect(shortcutPeer(app({ peers: [{ ...toBob, ...away }] }))).toBeNull();
  expect(shortcutPeer(app({ peers: [{ ...toBob, blocked: true }] }))).toBeNull();
  expect(shortcutPeer(app({ peers: [] }))).toBeNull();
});

test('a shortcut means who is shown something now, whoever was sent to since', () => {
  const connected = { connection: { state: 'connected', path: 'direct', rttMs: null } } as const;
  const toCarol = carol({ ...connected, timeline: [chat(1, true, 'Hi', { at: 2_000 })] });
  const shown = states.g?.outgoingShare;
  expect(shown?.peerId).toBe(BOB_ID);
  expect(shortcutPeer(app({ peers: [bob(connected), toCarol], outgoingShare: shown ?? null }))).toBe(BOB_ID);
});
