import { getJson } from './http';
import type { Rounds } from './types';

/** A review among the versions of its work. */
export const getRounds = (review: string): Promise<Rounds> => getJson(`/api/reviews/${encodeURIComponent(review)}/rounds`);
