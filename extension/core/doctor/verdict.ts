import { type CheckName, type Finding, gradeOf, type Outcomes } from './findings.ts';

/** What all findings together mean: what to mend first. `well` and `local-only` need nothing. */
export type Verdict =
  | 'broke'
  | 'no-network'
  | 'server-down'
  | 'socket-blocked'
  | 'webrtc-blocked'
  | 'webrtc-relay'
  | 'udp-blocked'
  | 'udp-turn'
  | 'udp-relay'
  | 'ice-silent'
  | 'turn-down'
  | 'relay-down'
  | 'storage-closed'
  | 'clock-wrong'
  | 'little-things'
  | 'local-only'
  | 'well';

const TURN: readonly CheckName[] = ['turn-udp', 'turn-tcp', 'turn-tls'];
const WAYS_AROUND: readonly CheckName[] = ['stun', ...TURN, 'relay'];

/** Reads the findings of a whole examination. */
export function verdictOf(outcomes: Outcomes): Verdict {
  const is = (name: CheckName, ...findings: Finding[]) => {
    const outcome = outcomes[name];
    return outcome !== undefined && findings.includes(outcome.finding);
  };
  const grade = (name: CheckName) => {
    const outcome = outcomes[name];
    return outcome && gradeOf(outcome);
  };
  const works = (name: CheckName) => grade(name) === 'ok' || grade(name) === 'odd';
  const isBad = (name: CheckName) => grade(name) === 'bad';

  if (is('server', 'no-network')) return 'no-network';
  if (is('server', 'broke', 'took-too-long') || is('socket', 'broke')) return 'broke';
  if (isBad('server')) return 'server-down';
  if (isBad('socket')) return 'socket-blocked';
  // It was there when this began.
  if (WAYS_AROUND.some((name) => is(name, 'needs-server'))) return 'server-down';
  if (isBad('webrtc')) return works('relay') ? 'webrtc-relay' : 'webrtc-blocked';
  // A TURN server that refuses has answered, and so has one that asks for no password.
  const hasUdpAnswered = works('stun') || works('turn-udp') || is('turn-udp', 'turn-refused', 'turn-open');
  if (!hasUdpAnswered && (isBad('stun') || isBad('turn-udp'))) {
    if (works('turn-tcp') || works('turn-tls')) return 'udp-turn';
    // Where TCP or TLS to the same servers is silent too, UDP needn't be what is wrong.
    const isTurnSilent = (name: CheckName) => is(name, 'turn-silent', 'took-too-long');
    const isTurnThere = is('turn-tcp', 'turn-refused') || is('turn-tls', 'turn-refused');
    if (!isTurnThere && (isTurnSilent('turn-tcp') || isTurnSilent('turn-tls'))) return 'ice-silent';
    return works('relay') ? 'udp-relay' : 'udp-blocked';
  }
  if (TURN.some(isBad) || isBad('stun')) return 'turn-down';
  if (isBad('relay')) return 'relay-down';
  if (isBad('storage')) return 'storage-closed';
  if (is('clock', 'clock-wrong')) return 'clock-wrong';
  if (WAYS_AROUND.every((name) => is(name, 'not-set-up'))) return 'local-only';
  // A server of the stock kind has no relay, and that is said in its row.
  const all = Object.keys(outcomes) as CheckName[];
  return all.some((name) => grade(name) === 'odd' || isBad(name)) ? 'little-things' : 'well';
}
