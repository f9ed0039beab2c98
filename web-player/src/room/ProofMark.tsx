import type { JSX } from 'preact';
import { t } from '../messages';
import type { Proof } from '../proof/prover';
import type { Reason } from '../proof/state';
import { useStore } from '../store';
import type { Player } from './player';

type Row = [label: string, value: string];

const figures = ({ mean, max }: { mean: number; max: number }): string => `${mean.toFixed(2)} / ${max.toFixed(2)}`;

function rows({ rendition, measure, codeError, deltaE }: Proof): Row[] {
  const found: Row[] = [];
  if (rendition !== '') found.push([t('proof_rendition'), rendition]);
  found.push([t('proof_measure'), t(`proof_measure_${measure}`)]);
  if (codeError) found.push([t('proof_codes'), figures(codeError)]);
  if (deltaE) found.push([deltaE.kind === 'itp' ? 'ΔE ITP' : 'ΔE2000', figures(deltaE)]);
  return found;
}

function ReasonItem({ reason }: { reason: Reason }): JSX.Element {
  return <li>{t(`proof_why_${reason}`)}</li>;
}

/** One word for what is proven of this picture; all that is known of it is one hover or one Tab away. */
export function ProofMark({ player }: { player: Player }): JSX.Element {
  const proof = useStore(player.proof);
  return (
    <div class="facts proof" data-testid="proof" data-proof={proof.state} data-reasons={proof.reasons.join(' ')}>
      <button type="button" class="facts-line proof-word" aria-describedby="proof-raw">
        {t(`proof_${proof.state}`)}
      </button>
      <div class="facts-raw figures" id="proof-raw">
        <p>{t(`proof_lead_${proof.state}`)}</p>
        {proof.reasons.length > 0 && (
          <ul>
            {proof.reasons.map((reason) => (
              <ReasonItem key={reason} reason={reason} />
            ))}
          </ul>
        )}
        <dl>
          {rows(proof).map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        <p class="quiet">{t('proof_limits')}</p>
      </div>
    </div>
  );
}
