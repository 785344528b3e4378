import {
  CHECKS,
  type CheckName,
  type Finding,
  gradeOf,
  type Outcome,
  type Outcomes,
} from '../../core/doctor/findings.ts';
import { type Verdict, verdictOf } from '../../core/doctor/verdict.ts';
import { dotted, keyPart, type TextKey, t } from '../text.ts';
import { duration, milliseconds, size } from './format.ts';

/** What browser and extension this is, as far as a report needs it. */
export interface About {
  /** `0.1.0` */
  readonly version: string;
  readonly userAgent: string;
}

/** Findings that there is something to do about. */
const NEXT_KEYS = {
  'server-stock': 'doctor_next_server_stock',
  'server-unreachable': 'doctor_next_server_unreachable',
  'no-network': 'doctor_next_no_network',
  'clock-wrong': 'doctor_next_clock_wrong',
  'socket-refused': 'doctor_next_socket_refused',
  'webrtc-no-udp': 'doctor_next_webrtc_no_udp',
  'webrtc-off': 'doctor_next_webrtc_off',
  'local-denied': 'doctor_next_local_denied',
  'stun-silent': 'doctor_next_stun_silent',
  'turn-partly': 'doctor_next_turn_partly',
  'turn-open': 'doctor_next_turn_open',
  'turn-refused': 'doctor_next_turn_refused',
  'turn-silent': 'doctor_next_turn_silent',
  'relay-refused': 'doctor_next_relay_refused',
  'relay-silent': 'doctor_next_relay_silent',
  'storage-little': 'doctor_next_storage_little',
  'storage-closed': 'doctor_next_storage_closed',
  'permissions-missing': 'doctor_next_permissions_missing',
  'notifications-off': 'doctor_next_notifications_off',
  'microphone-off': 'doctor_next_microphone_off',
  'took-too-long': 'doctor_next_took_too_long',
  broke: 'doctor_next_broke',
} as const satisfies Partial<Record<Finding, TextKey>>;

/** What is checked: its name, and what it is for. */
export function checkText(name: CheckName): { label: string; what: string } {
  return { label: t(`doctor_check_${keyPart(name)}`), what: t(`doctor_check_${keyPart(name)}_what`) };
}

/** What was found, in a few words: `answers · 24 ms`. */
export function foundText(outcome: Outcome): string {
  const { finding, ms, bytes, numbers } = outcome;
  const found = t(`doctor_found_${keyPart(finding)}`, numbers?.join(', ') ?? (bytes === undefined ? '' : size(bytes)));
  // How far a clock is off is no waiting time, and told in the next step.
  const isTimed = ms !== undefined && gradeOf(outcome) !== 'bad' && !finding.startsWith('clock');
  return dotted(found, isTimed ? milliseconds(ms) : null);
}

/** What to do about it; null where there is nothing to be done. */
export function nextText({ finding, ms = 0 }: Outcome): string | null {
  return finding in NEXT_KEYS ? t(NEXT_KEYS[finding as keyof typeof NEXT_KEYS], duration(ms)) : null;
}

/** All of it in a title and a sentence. Null: still checking. */
export function verdictText(verdict: Verdict | null): { title: string; hint: string } {
  const name = keyPart(verdict ?? 'checking');
  return { title: t(`doctor_verdict_${name}`), hint: t(`doctor_verdict_${name}_hint`) };
}

/** Everything as plain text, for whoever can help. It is made of our own words and of numbers alone. */
export function reportText(outcomes: Outcomes, about: About): string {
  const rows = CHECKS.map((name) => {
    const outcome = outcomes[name];
    return `${checkText(name).label}: ${outcome ? foundText(outcome) : t('doctor_waiting')}`;
  });
  const system = /Windows|Mac|CrOS|Android|Linux/.exec(about.userAgent)?.[0] ?? t('doctor_system_other');
  const chromium = /Chrom(?:e|ium)\/(\d{1,4})/.exec(about.userAgent)?.[1] ?? '?';
  const version = /^[\d.]{1,20}/.exec(about.version)?.[0] ?? '?';
  const head = t('doctor_report_head', version, chromium, system);
  return [head, verdictText(verdictOf(outcomes)).title, '', ...rows].join('\n');
}
