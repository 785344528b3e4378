import { describe, expect, test } from 'vitest';
import { CHECKS, type Finding, gradeOf, type Outcomes } from '../../extension/core/doctor/findings.ts';
import { transportOf, turnOutcome } from '../../extension/core/doctor/ice-checks.ts';
import { type Verdict, verdictOf } from '../../extension/core/doctor/verdict.ts';

const WELL = {
  server: 'server-ours',
  clock: 'clock-right',
  socket: 'socket-open',
  webrtc: 'webrtc-free',
  stun: 'stun-answers',
  'turn-udp': 'turn-relays',
  'turn-tcp': 'turn-relays',
  'turn-tls': 'turn-relays',
  relay: 'relay-passes',
  storage: 'storage-roomy',
  permissions: 'permissions-all',
} satisfies Record<(typeof CHECKS)[number], Finding>;
const SILENT = {
  stun: 'stun-silent',
  'turn-udp': 'turn-silent',
  'turn-tcp': 'turn-silent',
  'turn-tls': 'turn-silent',
} as const;
const NO_TURN = { 'turn-udp': 'not-set-up', 'turn-tcp': 'not-set-up', 'turn-tls': 'not-set-up' } as const;

function found(change: Partial<Record<(typeof CHECKS)[number], Finding>>): Outcomes {
  return Object.fromEntries(Object.entries({ ...WELL, ...change }).map(([name, finding]) => [name, { finding }]));
}

const CASES: readonly [Verdict, Parameters<typeof found>[0]][] = [
  ['well', {}],
  ['well', NO_TURN],
  ['local-only', { ...NO_TURN, stun: 'not-set-up', relay: 'not-set-up' }],
  [
    'local-only',
    { ...NO_TURN, server: 'server-stock', clock: 'clock-untold', stun: 'not-set-up', relay: 'not-set-up' },
  ],
  ['no-network', { server: 'no-network', socket: 'needs-server' }],
  ['server-down', { server: 'server-unreachable', clock: 'needs-server', socket: 'needs-server' }],
  ['server-down', { relay: 'needs-server' }],
  ['broke', { server: 'broke' }],
  ['broke', { socket: 'broke' }],
  ['socket-blocked', { socket: 'socket-refused', stun: 'needs-server' }],
  ['webrtc-blocked', { webrtc: 'webrtc-off', relay: 'not-set-up' }],
  ['webrtc-relay', { webrtc: 'webrtc-no-udp' }],
  ['udp-blocked', { ...NO_TURN, stun: 'stun-silent', relay: 'not-set-up' }],
  ['ice-silent', { ...SILENT, relay: 'relay-silent' }],
  ['ice-silent', SILENT],
  ['ice-silent', { ...SILENT, 'turn-tcp': 'not-set-up' }],
  // Over TLS it is there, so UDP is what is missing.
  ['udp-relay', { ...SILENT, 'turn-tls': 'turn-refused' }],
  ['udp-relay', { ...SILENT, 'turn-tcp': 'not-set-up', 'turn-tls': 'not-set-up' }],
  ['udp-relay', { ...NO_TURN, stun: 'stun-silent' }],
  ['udp-turn', { stun: 'stun-silent', 'turn-udp': 'turn-silent' }],
  ['udp-turn', { ...SILENT, 'turn-tls': 'turn-partly' }],
  ['little-things', { 'turn-udp': 'turn-partly' }],
  ['turn-down', { ...SILENT, 'turn-udp': 'turn-open' }],
  ['turn-down', { 'turn-udp': 'turn-refused' }],
  ['turn-down', { 'turn-udp': 'turn-refused', stun: 'not-set-up' }],
  ['turn-down', { 'turn-udp': 'turn-refused', stun: 'stun-silent' }],
  ['turn-down', { ...NO_TURN, 'turn-udp': 'turn-refused', stun: 'stun-silent', relay: 'not-set-up' }],
  ['turn-down', { stun: 'stun-silent' }],
  ['relay-down', { relay: 'relay-refused' }],
  ['storage-closed', { storage: 'storage-closed' }],
  ['clock-wrong', { clock: 'clock-wrong' }],
  ['little-things', { permissions: 'notifications-off' }],
  ['little-things', { webrtc: 'local-denied' }],
];

describe('what all findings mean', () => {
  test.each(CASES)('%s: %o', (verdict, change) => {
    expect(verdictOf(found(change))).toBe(verdict);
  });

  test('with something wrong it is never all well', () => {
    for (const name of CHECKS) {
      for (const finding of ['broke', 'took-too-long'] as const) {
        expect(gradeOf({ finding })).toBe('bad');
        expect(verdictOf(found({ [name]: finding })), `${name} ${finding}`).not.toBe('well');
      }
    }
  });
});

test.each([
  ['turn:turn.example', 'udp'],
  ['turn:turn.example:3478?transport=udp', 'udp'],
  ['TURN:turn.example?transport=tcp', 'tcp'],
  ['turns:turn.example:5349', 'tls'],
  ['turns:turn.example:5349?transport=tcp', 'tls'],
  ['stun:turn.example', null],
])('%s is reached over %s', (url, transport) => {
  expect(transportOf(url)).toBe(transport);
});

describe('all TURN urls of one transport', () => {
  test('one that works hides no dead one', () => {
    expect(turnOutcome(['silent', 'relays', 'refused'], 7)).toEqual({
      finding: 'turn-partly',
      ms: 7,
      numbers: [1, 3],
    });
  });

  test.each([
    ['turn-relays', ['relays', 'relays']],
    ['turn-open', ['relays', 'open', 'silent']],
    ['turn-refused', ['refused', 'silent']],
    ['turn-silent', ['silent', 'silent']],
  ] as const)('%s: %o', (finding, answers) => {
    expect(turnOutcome(answers, 7).finding).toBe(finding);
  });
});
