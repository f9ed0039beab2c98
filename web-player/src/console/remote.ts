import { useEffect, useState } from 'preact/hooks';
import { asApiError, type ApiError } from '../api/http';
import { t } from '../messages';

/** What to say of a refusal that is about no field of a form. */
export const problemOf = (error: unknown): string =>
  asApiError(error).unreachable ? t('unreachable') : asApiError(error).message;

/** What is wrong with a field of a form, as the server said it. */
export const fieldProblem = (refusal: ApiError | null, field: string): string | null =>
  refusal?.field === field ? refusal.message : null;

export interface Remote<T> {
  /** `null` until it was read once. */
  value: T | null;
  problem: string | null;
  /** Does something, then reads again; what goes wrong is the page's problem. */
  run(action: () => Promise<unknown>): void;
  read(): void;
}

/** What the server has, read at first and again after everything that is done to it. */
export function useRemote<T>(get: () => Promise<T>, onRefused: (error: unknown) => void): Remote<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const failed = (error: unknown): void => {
    onRefused(error);
    setProblem(problemOf(error));
  };
  const read = (): Promise<void> => get().then(setValue, failed);
  useEffect(() => {
    void read();
  }, []);
  const run = (action: () => Promise<unknown>): void => {
    setProblem(null);
    action().then(read, failed);
  };
  return { value, problem, run, read: () => void read() };
}
