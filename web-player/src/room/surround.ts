import { useState } from 'preact/hooks';

/** What lies around the picture: the room's near black, or the grey of a grading suite's wall. */
export type Surround = 'dark' | 'grey';

const KEPT = 'vitrine.surround';

function kept(): Surround {
  try {
    return localStorage.getItem(KEPT) === 'grey' ? 'grey' : 'dark';
  } catch {
    return 'dark';
  }
}

/** The surround of this browser, and how to change it; kept where the browser keeps anything. */
export function useSurround(): [Surround, () => void] {
  const [surround, setSurround] = useState(kept);
  const change = (): void => {
    const next = surround === 'dark' ? 'grey' : 'dark';
    setSurround(next);
    try {
      localStorage.setItem(KEPT, next);
    } catch {
      // For as long as the page lives, then.
    }
  };
  return [surround, change];
}
