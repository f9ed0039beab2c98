import type { JSX } from 'preact';
import type { Proof, ProofNow, ProofReason, ProofState } from '../api/proof';
import { t } from '../messages';
import { tc } from '../messages/console';
import { Status } from './Panel';

/** How a state looks in the console; the word alone says it. */
export const PROOF_TONES = { true: 'good', reduced: 'warn', wrong: 'bad', unknown: 'off' } as const satisfies Record<ProofState, string>;

/** The very sentence their page shows them: what is wrong, and what to do. */
export const reasonText = (reason: ProofReason): string =>
  reason === 'not_reported' ? tc('p_why_not_reported') : t(`proof_why_${reason}`);

const two = (value: number): string => value.toFixed(2);

/** Figures as far as they were measured: rendition, code error, colour difference, latency. */
export function proofFigures({ rendition, code_error: code, delta_e: delta, latency_ms: latency }: ProofNow): string[] {
  return [
    ...(rendition === '' ? [] : [rendition]),
    ...(code ? [tc('p_codes', { mean: two(code.mean), max: two(code.max) })] : []),
    ...(delta ? [`${delta.kind === 'itp' ? 'ΔE ITP' : 'ΔE2000'} ${two(delta.mean)} / ${two(delta.max)}`] : []),
    ...(latency === null ? [] : [tc('p_latency', { ms: Math.round(latency) })]),
  ];
}

/** Whether this person sees the true signal, why not, and the worst it ever was. */
export function ProofLine({ proof }: { proof: Proof }): JSX.Element | null {
  const { now, worst, frames_checked: checked, frames_disagreed: disagreed } = proof;
  if (!now && worst === null) return null;
  const told = worst !== null && worst !== 'true' && worst !== now?.state;
  return (
    <div class="small" data-testid="proof-line" data-proof={now?.state} data-worst={worst ?? undefined}>
      {now && <Now now={now} />}
      {told && (
        <p class="quiet" title={proof.worst_reasons.map(reasonText).join(' ')}>
          {tc('p_worst', { state: t(`proof_${worst}`) })}
        </p>
      )}
      {disagreed > 0 && (
        <p>
          <Status tone="warn">{tc('p_frames', { count: disagreed, checked })}</Status>
        </p>
      )}
    </div>
  );
}

function Now({ now }: { now: ProofNow }): JSX.Element {
  return (
    <>
      <p>
        <Status tone={PROOF_TONES[now.state]}>{t(`proof_${now.state}`)}</Status>
      </p>
      {now.reasons.map((reason) => (
        <p key={reason} title={tc('p_told')}>
          {reasonText(reason)}
        </p>
      ))}
      <p class="quiet figures parts" title={tc('p_codes_hint')}>
        {proofFigures(now).map((figure) => (
          <span key={figure}>{figure} </span>
        ))}
      </p>
    </>
  );
}
