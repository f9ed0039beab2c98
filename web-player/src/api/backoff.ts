export const FIRST_DELAY_MS = 500;
export const LAST_DELAY_MS = 5000;

/** Wait before try number `attempt` (0 = the first again): doubles from 0.5 s to 5 s, spread so that a full room
 * does not come back all at once. */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(LAST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.min(attempt, 10));
  return Math.max(FIRST_DELAY_MS, Math.round(ceiling * (0.7 + 0.3 * random())));
}
