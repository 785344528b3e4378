import type { Outcomes } from '../../../extension/core/doctor/findings.ts';

/** What the connection doctor finds in the situations that are looked at. */

const HOME: Outcomes = {
  storage: { finding: 'storage-roomy', bytes: 48.2e9 },
  permissions: { finding: 'permissions-all' },
};
const REACHED: Outcomes = {
  server: { finding: 'server-ours', ms: 24 },
  clock: { finding: 'clock-right', ms: 310 },
  socket: { finding: 'socket-open' },
  webrtc: { finding: 'webrtc-free' },
};

export const findings = {
  well: {
    ...REACHED,
    stun: { finding: 'stun-answers', ms: 31 },
    'turn-udp': { finding: 'turn-relays', ms: 62 },
    'turn-tcp': { finding: 'turn-relays', ms: 88 },
    'turn-tls': { finding: 'turn-relays', ms: 121 },
    relay: { finding: 'relay-passes', ms: 52 },
    ...HOME,
  },
  udp: {
    ...REACHED,
    stun: { finding: 'stun-silent' },
    'turn-udp': { finding: 'not-set-up' },
    'turn-tcp': { finding: 'not-set-up' },
    'turn-tls': { finding: 'not-set-up' },
    relay: { finding: 'not-set-up' },
    ...HOME,
  },
  'udp-relay': {
    ...REACHED,
    stun: { finding: 'stun-silent' },
    'turn-udp': { finding: 'turn-silent' },
    'turn-tcp': { finding: 'turn-silent' },
    'turn-tls': { finding: 'turn-refused' },
    relay: { finding: 'relay-passes', ms: 52 },
    storage: { finding: 'storage-little', bytes: 212e6 },
    permissions: { finding: 'notifications-off' },
  },
  turn: {
    ...REACHED,
    stun: { finding: 'stun-answers', ms: 31 },
    'turn-udp': { finding: 'turn-open' },
    'turn-tcp': { finding: 'turn-partly', ms: 88, numbers: [2, 3] },
    'turn-tls': { finding: 'turn-silent' },
    relay: { finding: 'relay-passes', ms: 52 },
    ...HOME,
  },
  'ice-silent': {
    ...REACHED,
    stun: { finding: 'stun-silent' },
    'turn-udp': { finding: 'turn-silent' },
    'turn-tcp': { finding: 'turn-silent' },
    'turn-tls': { finding: 'turn-silent' },
    relay: { finding: 'relay-passes', ms: 52 },
    ...HOME,
  },
  server: {
    server: { finding: 'server-unreachable' },
    clock: { finding: 'needs-server' },
    socket: { finding: 'needs-server' },
    webrtc: { finding: 'webrtc-free' },
    stun: { finding: 'needs-server' },
    'turn-udp': { finding: 'needs-server' },
    'turn-tcp': { finding: 'needs-server' },
    'turn-tls': { finding: 'needs-server' },
    relay: { finding: 'needs-server' },
    ...HOME,
  },
  stock: {
    ...REACHED,
    server: { finding: 'server-stock', ms: 24 },
    clock: { finding: 'clock-untold' },
    stun: { finding: 'not-set-up' },
    'turn-udp': { finding: 'not-set-up' },
    'turn-tcp': { finding: 'not-set-up' },
    'turn-tls': { finding: 'not-set-up' },
    relay: { finding: 'not-set-up' },
    ...HOME,
  },
  /** Halfway: what comes next is `stun`. */
  half: REACHED,
} satisfies Record<string, Outcomes>;
