/*
 * What a check may find, by name, and what that means. A finding carries numbers at most: neither page nor report can say an address, a
 * name or an id by mistake.
 */

/** In the order in which they run and are shown. */
export const CHECKS = [
  'server',
  'clock',
  'socket',
  'webrtc',
  'stun',
  'turn-udp',
  'turn-tcp',
  'turn-tls',
  'relay',
  'storage',
  'permissions',
] as const;
export type CheckName = (typeof CHECKS)[number];

/** ok · odd: works, though something is missing or in the way · bad · off: nobody set it up · skipped: can't be told now. */
export type Grade = 'ok' | 'odd' | 'bad' | 'off' | 'skipped';

const GRADES = {
  'server-ours': 'ok',
  'server-stock': 'odd',
  'server-unreachable': 'bad',
  'no-network': 'bad',
  'clock-right': 'ok',
  'clock-wrong': 'odd',
  'clock-untold': 'skipped',
  'socket-open': 'ok',
  'socket-refused': 'bad',
  'webrtc-free': 'ok',
  'webrtc-no-udp': 'bad',
  'webrtc-off': 'bad',
  'local-denied': 'odd',
  'stun-answers': 'ok',
  'stun-silent': 'bad',
  'turn-relays': 'ok',
  'turn-partly': 'odd',
  'turn-open': 'bad',
  'turn-refused': 'bad',
  'turn-silent': 'bad',
  'relay-passes': 'ok',
  'relay-refused': 'bad',
  'relay-silent': 'bad',
  'storage-roomy': 'ok',
  'storage-little': 'odd',
  'storage-closed': 'bad',
  'permissions-all': 'ok',
  'permissions-missing': 'bad',
  'notifications-off': 'odd',
  'microphone-off': 'odd',
  'not-set-up': 'off',
  'needs-server': 'skipped',
  'needs-network': 'skipped',
  'needs-webrtc': 'skipped',
  'took-too-long': 'bad',
  broke: 'bad',
} as const satisfies Record<string, Grade>;

export type Finding = keyof typeof GRADES;

export interface Outcome {
  readonly finding: Finding;
  /** How long the answer took; for the clock how far it is off, in milliseconds. */
  readonly ms?: number;
  /** Room that is left, in bytes. */
  readonly bytes?: number;
  /** Which of the server's TURN urls of this transport don't work, counted from 1. */
  readonly numbers?: readonly number[];
}

/** What has been found so far. */
export type Outcomes = Partial<Record<CheckName, Outcome>>;

/** What a finding means. */
export function gradeOf({ finding }: Outcome): Grade {
  return GRADES[finding];
}
