import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { verifyRecord } from '../api/record';
import type { AuditState, AuditVerdict } from '../api/house';
import { CopyButton } from '../design/CopyButton';
import { tc } from '../messages/console';
import { inOurWords } from '../messages/server';
import { instant } from '../messages/time';
import { Facts, Panel, Status } from './Panel';
import { problemOf } from './remote';

interface VerifyProps {
  state: AuditState | null;
  onRefused(error: unknown): void;
}

/** Whether the record is whole, and what vouches for it to somebody who does not trust this machine. */
export function VerifyPanel({ state, onRefused }: VerifyProps): JSX.Element {
  const [verdict, setVerdict] = useState<AuditVerdict | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const verify = (): void => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    const failed = (error: unknown): void => {
      onRefused(error);
      setProblem(problemOf(error));
    };
    void verifyRecord().then(setVerdict, failed).finally(() => setBusy(false));
  };
  const last = state?.checkpoint ?? null;
  return (
    <Panel title={tc('verify')}>
      <div class="verify" aria-live="polite">
        {verdict && <Verdict verdict={verdict} />}
        {problem !== null && <p class="problem">{problem}</p>}
        <Facts
          rows={[
            [tc('checkpoint'), last === null ? tc('checkpoint_none') : tc('checkpoint_of', { count: last.entries, time: instant(last.made_at) })],
            [tc('checkpoint_key'), <span class="small">{state?.key ?? '–'}</span>],
          ]}
        />
        <p class="hint">{unbroken(tc('checkpoint_hint'))}</p>
        <span class="look-row">
          <button type="button" class="button compact" data-testid="verify" aria-busy={busy} onClick={verify}>
            {tc(busy ? 'verify_busy' : 'verify_now')}
          </button>
          {last !== null && <CopyButton text={last.note} label={tc('checkpoint_copy')} />}
        </span>
      </div>
    </Panel>
  );
}

const OPTION = '--checkpoint';

/** An option is read as one word only on one line. */
const unbroken = (text: string): JSX.Element[] =>
  text.split(OPTION).map((part, index) => (
    <>
      {index > 0 && <span class="unbroken">{OPTION}</span>}
      {part}
    </>
  ));

function Verdict({ verdict }: { verdict: AuditVerdict }): JSX.Element {
  const { ok, entries, signed, reason } = verdict;
  return (
    <p data-testid="verdict">
      <Status tone={ok ? 'good' : 'bad'}>
        {ok ? tc('verify_ok', { entries: entries ?? 0, signed: signed ?? 0 }) : tc('verify_bad', { reason: inOurWords(reason ?? verdict.verdict) })}
      </Status>
    </p>
  );
}
