import type { Comment, ListedSource } from '../api/types';

/** Comments of which there is a still, in the order of sources and of frames in each. */
export function stillsOf(comments: readonly Comment[], sources: readonly ListedSource[]): Comment[] {
  const place = (id: string): number => sources.findIndex((source) => source.id === id);
  return comments
    .filter(({ has_still, deleted }) => has_still && !deleted)
    .sort(
      (a, b) =>
        place(a.source_id) - place(b.source_id) || a.source_frame - b.source_frame || a.created_at.localeCompare(b.created_at),
    );
}

/** The place to go to from a still by an arrow key, in a grid of so many columns; the same when there is none. */
export function stepTo(key: string, at: number, count: number, columns: number): number {
  const steps: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const to = at + (steps[key] ?? 0);
  return to < 0 || to >= count ? at : to;
}

/** So many rem in pixels of the page: a still grows with the letters beside it. */
export const rem = (count: number): number => count * parseFloat(getComputedStyle(document.documentElement).fontSize);
