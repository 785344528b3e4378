import { useEffect, useRef, useState } from 'preact/hooks';
import type { DoctorBrowser } from '../../core/doctor/browser-checks.ts';
import { examine } from '../../core/doctor/examine.ts';
import type { DoctorFacts } from '../../core/doctor/facts.ts';
import {
  CHECKS,
  type CheckName,
  type Grade,
  gradeOf,
  type Outcome,
  type Outcomes,
} from '../../core/doctor/findings.ts';
import { type Verdict, verdictOf } from '../../core/doctor/verdict.ts';
import { report } from '../../core/shared/report.ts';
import { type About, checkText, foundText, nextText, reportText, verdictText } from '../models/doctor-text.ts';
import { t } from '../text.ts';
import { Icon, type IconName, Mark } from './icon.tsx';

export interface DoctorPageProps {
  readonly browser: DoctorBrowser;
  readonly about: About;
  /** Asks the offscreen document. */
  askFacts(withRelay?: boolean): Promise<DoctorFacts>;
}

const ICONS: Readonly<Record<Grade, IconName>> = {
  ok: 'tick',
  odd: 'warning',
  bad: 'cross',
  off: 'dash',
  skipped: 'dash',
};

/** Checks the way to others, one step after the other, and says what to mend first. */
export function DoctorPage({ browser, about, askFacts }: DoctorPageProps) {
  const [outcomes, setOutcomes] = useState<Outcomes>({});
  const [running, setRunning] = useState<CheckName | null>('server');
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const ending = new AbortController();
    setOutcomes({});
    examine({
      askFacts,
      extension: browser,
      signal: ending.signal,
      onStart: setRunning,
      onOutcome: (name, outcome) => setOutcomes((before) => ({ ...before, [name]: outcome })),
    }).then(
      () => setRunning(null),
      (error) => ending.signal.aborted || report(error),
    );
    return () => ending.abort();
  }, [turn, askFacts, browser]);
  const again = () => {
    setRunning('server');
    setTurn(turn + 1);
  };
  return <Findings outcomes={outcomes} running={running} about={about} onAgain={again} />;
}

export interface FindingsProps {
  readonly outcomes: Outcomes;
  /** Null once all is checked. */
  readonly running: CheckName | null;
  readonly about: About;
  readonly onAgain: () => void;
}

/** What has been found so far, and what it means in the end. */
export function Findings({ outcomes, running, about, onAgain }: FindingsProps) {
  const verdict = running === null ? verdictOf(outcomes) : null;
  return (
    <main class="doctor-page">
      <h1>
        <Mark look="busy" />
        {t('doctor_title')}
      </h1>
      <VerdictCard verdict={verdict} />
      <ol class="doctor-rows" aria-label={t('doctor_rows')} aria-busy={running !== null}>
        {CHECKS.map((name) => (
          <Row key={name} name={name} outcome={outcomes[name] ?? null} isRunning={name === running} />
        ))}
      </ol>
      <Tools text={verdict && reportText(outcomes, about)} onAgain={onAgain} />
    </main>
  );
}

function VerdictCard({ verdict }: { verdict: Verdict | null }) {
  const { title, hint } = verdictText(verdict);
  const look = verdict === null ? 'busy' : verdict === 'well' ? 'ok' : 'warn';
  return (
    <section class="doctor-verdict" data-look={look} role="status">
      <span class="glyph" data-look={look}>
        <Icon name={look === 'ok' ? 'tick' : look === 'busy' ? 'clock' : 'cut'} />
      </span>
      <div class="grow">
        <h2>{title}</h2>
        <p>{hint}</p>
      </div>
    </section>
  );
}

function Row({ name, outcome, isRunning }: { name: CheckName; outcome: Outcome | null; isRunning: boolean }) {
  const { label, what } = checkText(name);
  const next = outcome && nextText(outcome);
  const state = isRunning ? 'running' : outcome ? gradeOf(outcome) : 'waiting';
  return (
    <li data-state={state} aria-current={isRunning ? 'step' : undefined}>
      {outcome ? <Icon name={ICONS[gradeOf(outcome)]} small /> : <span class="pending" aria-hidden="true" />}
      <div class="grow">
        <b>{label}</b>
        <small>{what}</small>
      </div>
      <span class="found">{isRunning ? t('doctor_checking') : outcome ? foundText(outcome) : t('doctor_waiting')}</span>
      {next && <p class="next">{next}</p>}
    </li>
  );
}

function Tools({ text, onAgain }: { text: string | null; onAgain: () => void }) {
  const [outcome, setOutcome] = useState<'copied' | 'failed' | null>(null);
  const shown = useRef<HTMLPreElement>(null);
  useEffect(() => setOutcome(null), [text]);
  const copy = (copied: string) =>
    navigator.clipboard.writeText(copied).then(
      () => setOutcome('copied'),
      () => {
        setOutcome('failed');
        // Selected, so that the keys for copying do it.
        if (shown.current) getSelection()?.selectAllChildren(shown.current);
      },
    );
  return (
    <>
      <div class="doctor-tools">
        <button type="button" class="btn primary" disabled={text === null} onClick={onAgain}>
          <Icon name="again" small />
          {t('doctor_again')}
        </button>
        <button type="button" class="btn" disabled={text === null} onClick={() => text !== null && copy(text)}>
          <Icon name={outcome === 'copied' ? 'tick' : 'copy'} small />
          {t('doctor_copy')}
        </button>
      </div>
      <p class="hint" role="status">
        {outcome === null ? t('doctor_privacy') : t(outcome === 'copied' ? 'doctor_copied' : 'doctor_copy_failed')}
      </p>
      {text !== null && (
        <details class="doctor-report" open={outcome === 'failed'}>
          <summary>{t('doctor_report')}</summary>
          <pre ref={shown}>{text}</pre>
        </details>
      )}
    </>
  );
}
