import { getJson, putJson, remove } from './http';

/** Comments by e-mail, to the account that asks. */

export const RHYTHMS = ['daily', 'review_end'] as const;
export type Rhythm = (typeof RHYTHMS)[number];

export interface Wish {
  email: string;
  rhythm: Rhythm;
  /** Full hour of UTC, 0 to 23, of a daily one. */
  hour_utc: number;
}

export interface Digest extends Wish {
  project: string;
  next_at: string;
  tries: number;
}

export interface Digests {
  /** Whether the house sends any. */
  sent: boolean;
  digests: Digest[];
}

const of = (project: string): string => `/api/projects/${encodeURIComponent(project)}/digest`;

export const listDigests = (): Promise<Digests> => getJson('/api/digests');
export const askDigest = (project: string, wish: Wish): Promise<Digest> => putJson(of(project), wish);
export const stopDigest = (project: string): Promise<void> => remove(of(project));
