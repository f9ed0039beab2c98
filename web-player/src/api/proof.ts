/** Proof of picture as the house sees it. */
import type { ProofState, Reason } from '../proof/state';

export type { ProofState } from '../proof/state';

/** Those of the page, and the server's own. */
export type ProofReason = Reason | 'not_reported';

export interface ProofNow {
  /** When the page reported last. */
  at: string;
  state: ProofState;
  reasons: ProofReason[];
  rendition: string;
  measure: 'raw' | 'canvas' | 'none';
  /** In steps of 10 bits. */
  code_error: { mean: number; max: number } | null;
  delta_e: { mean: number; max: number; kind: '2000' | 'itp' } | null;
  latency_ms: number | null;
}

export interface Proof {
  /** While they watch. */
  now: ProofNow | null;
  /** The worst of all their viewings; null before the first report. */
  worst: ProofState | null;
  worst_reasons: ProofReason[];
  frames_checked: number;
  frames_disagreed: number;
}
