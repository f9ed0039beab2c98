/** Proof of picture as the house sees it. */
import type { ProofState, Reason } from '../proof/state';
import { getJson } from './http';

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

export interface ProofSample extends Omit<ProofNow, 'at'> {
  at: string;
  /** Whether the state changed. */
  change: boolean;
  frames_checked: number;
  frames_disagreed: number;
}

/** One viewing over time. */
export interface ProofCourse {
  viewing_id: string;
  viewer_id: string;
  name: string;
  browser: string;
  session_code: string;
  started_at: string;
  ended_at: string | null;
  worst: ProofState | null;
  worst_reasons: ProofReason[];
  /** How long it stood in which state. */
  seconds: Record<ProofState, number>;
  code_error: ProofNow['code_error'];
  /** For each formula that was used. */
  delta_e: NonNullable<ProofNow['delta_e']>[];
  latency_ms: number | null;
  frames_checked: number;
  frames_disagreed: number;
  samples: ProofSample[];
}

export interface ProofReport {
  review: string;
  title: string;
  host: string;
  made_at: string;
  viewings: ProofCourse[];
}

const proof = (review: string): string => `/api/reviews/${encodeURIComponent(review)}/proof`;
export const getProof = (review: string): Promise<ProofReport> => getJson(proof(review));
export const proofPdfUrl = (review: string): string => `${proof(review)}.pdf`;
