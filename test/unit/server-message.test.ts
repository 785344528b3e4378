import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nestsDeeperThan, parseClientMessage } from '../../peer-server/message.ts';

const MAX_DEPTH = 12;

function parse(value: unknown) {
  return parseClientMessage(JSON.stringify(value), MAX_DEPTH);
}

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test.each([
  ['a heartbeat', { type: 'HEARTBEAT' }],
  ['an offer', { type: 'OFFER', dst: 'bob', payload: { sdp: { type: 'offer', sdp: 'v=0' }, connectionId: 'dc_1' } }],
  ['an answer', { type: 'ANSWER', dst: 'bob', payload: {} }],
  ['a candidate', { type: 'CANDIDATE', dst: 'q9Z_-0aBcDeFgHiJkLmNoP', payload: { v: 1, s: 'x', n: 3, c: 'y' } }],
  ['a leave', { type: 'LEAVE', dst: 'bob' }],
  ['a nameplate wanted', { type: 'nameplate-open', n: 1, sidH: 'AAECAwQFBgcICQoLDA0ODw' }],
  ['a nameplate claimed', { type: 'nameplate-claim', n: 0, nameplate: '0042' }],
  ['a nameplate given up', { type: 'nameplate-close', n: Number.MAX_SAFE_INTEGER }],
  ['a ping', { type: 'ping', n: 1 }],
  ['a wish for ICE servers', { type: 'ice-servers', n: 1 }],
  [
    'a wish for a relay ticket',
    { type: 'relay-ticket', n: 1, peer: 'AAECAwQFBgcICQoLDA0ODw', session: 'AAECAwQFBgc', side: 1 },
  ],
])('%s passes unchanged', (_, message) => {
  expect(parse(message)).toEqual(message);
});

test('what we do not know is left behind, the forged sender too', () => {
  const message = { type: 'OFFER', dst: 'bob', payload: { a: 1 }, src: 'someone-else', extra: true };
  expect(parse(message)).toEqual({ type: 'OFFER', dst: 'bob', payload: { a: 1 } });
});

test.each([
  ['null', null],
  ['a number', 7],
  ['an array', [{ type: 'HEARTBEAT' }]],
  ['no type', { dst: 'bob', payload: {} }],
  ['EXPIRE', { type: 'EXPIRE', dst: 'bob' }],
  ['OPEN', { type: 'OPEN', dst: 'bob' }],
  ['ID-TAKEN', { type: 'ID-TAKEN', dst: 'bob' }],
  ['ERROR', { type: 'ERROR', dst: 'bob', payload: {} }],
  ['__proto__ as type', { type: '__proto__', dst: 'bob' }],
  ['LEAVE without dst', { type: 'LEAVE' }],
  ['LEAVE with empty dst', { type: 'LEAVE', dst: '' }],
  ['OFFER without dst', { type: 'OFFER', payload: {} }],
  ['dst that breaks string conversion', { type: 'OFFER', dst: { toString: 1, valueOf: 1 }, payload: {} }],
  ['dst as array', { type: 'OFFER', dst: ['bob'], payload: {} }],
  ['dst of 65 characters', { type: 'OFFER', dst: 'x'.repeat(65), payload: {} }],
  ['dst with a space', { type: 'OFFER', dst: 'bob ', payload: {} }],
  ['payload null', { type: 'OFFER', dst: 'bob', payload: null }],
  ['payload array', { type: 'OFFER', dst: 'bob', payload: [] }],
  ['payload text', { type: 'OFFER', dst: 'bob', payload: 'x' }],
  ['no payload', { type: 'OFFER', dst: 'bob' }],
  ['sidH of 15 bytes', { type: 'nameplate-open', n: 1, sidH: 'AAECAwQFBgcICQoLDA0O' }],
  ['sidH with stray bits', { type: 'nameplate-open', n: 1, sidH: 'AAECAwQFBgcICQoLDA0ODx' }],
  ['a negative n', { type: 'nameplate-close', n: -1 }],
  ['a broken n', { type: 'nameplate-close', n: 1.5 }],
  ['n beyond what JSON keeps', { type: 'nameplate-close', n: 2 ** 53 }],
  ['no n', { type: 'nameplate-close' }],
  ['a ping without n', { type: 'ping' }],
  ['a ticket for nobody', { type: 'relay-ticket', n: 1, session: 'AAECAwQFBgc' }],
  ['a ticket for a name', { type: 'relay-ticket', n: 1, peer: 'bob', session: 'AAECAwQFBgc' }],
  ['a session of 7 bytes', { type: 'relay-ticket', n: 1, peer: 'AAECAwQFBgcICQoLDA0ODw', session: 'AAECAwQFBg' }],
  ['a session with stray bits', { type: 'relay-ticket', n: 1, peer: 'AAECAwQFBgcICQoLDA0ODw', session: 'AAECAwQFBgd' }],
  ['a third side', { type: 'relay-ticket', n: 1, peer: 'AAECAwQFBgcICQoLDA0ODw', session: 'AAECAwQFBgc', side: 2 }],
  ['a nameplate as number', { type: 'nameplate-claim', n: 1, nameplate: 4821 }],
  ['a nameplate of five digits', { type: 'nameplate-claim', n: 1, nameplate: '48210' }],
  ['a nameplate of letters', { type: 'nameplate-claim', n: 1, nameplate: '48z1' }],
  [
    'the server’s own answer',
    { type: 'nameplate-claimed', n: 1, hostId: 'AAECAwQFBgcICQoLDA0ODw', sidH: 'AAECAwQFBgcICQoLDA0ODw' },
  ],
  ['a list of nameplates', { type: 'nameplate-list', n: 1 }],
])('%s is refused', (_, message) => {
  expect(parse(message)).toBeUndefined();
});

test.each(['', '{', 'nul', '{"type":"HEARTBEAT"', '\u0000', '{"type":"HEARTBEAT"}}'])('%j is refused', (text) => {
  expect(parseClientMessage(text, MAX_DEPTH)).toBeUndefined();
});

test('a dst of 64 characters is the longest', () => {
  const message = { type: 'LEAVE', dst: 'x'.repeat(64) };
  expect(parse(message)).toEqual(message);
});

test('depth 12 passes, 13 is refused, 200,000 costs no more', () => {
  const nested = (depth: number) =>
    `{"type":"OFFER","dst":"b","payload":${'{"a":'.repeat(depth - 2)}{}${'}'.repeat(depth - 1)}`;
  expect(parseClientMessage(nested(12), MAX_DEPTH)).toMatchObject({ type: 'OFFER' });
  expect(parseClientMessage(nested(13), MAX_DEPTH)).toBeUndefined();
  expect(parseClientMessage('['.repeat(200_000), MAX_DEPTH)).toBeUndefined();
});

test('brackets inside strings are no nesting', () => {
  expect(nestsDeeperThan(JSON.stringify({ a: '[[[[{{{{"\\"[[[[' }), 1)).toBe(false);
});

test('depth is measured exactly, whatever the JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
      const depth = depthOf(value);
      const json = JSON.stringify(value);
      expect(nestsDeeperThan(json, depth)).toBe(false);
      if (depth > 0) expect(nestsDeeperThan(json, depth - 1)).toBe(true);
    }),
  );
});

test('never throws, and lets nothing through but the known fields', () => {
  const messages = fc.record({
    type: fc.constantFrom('OFFER', 'LEAVE', 'HEARTBEAT', 'EXPIRE'),
    dst: fc.oneof(fc.constant('bob'), fc.jsonValue()),
    payload: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
    src: fc.string(),
  });
  let passed = 0;
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        messages.map((m) => JSON.stringify(m)),
      ),
      (text) => {
        const message = parseClientMessage(text, MAX_DEPTH);
        if (!message) return;
        passed++;
        expect(['type', 'dst', 'payload']).toEqual(expect.arrayContaining(Object.keys(message)));
        if ('dst' in message) expect(message.dst).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
      },
    ),
    { numRuns: 500 },
  );
  expect(passed).toBeGreaterThan(20);
});
