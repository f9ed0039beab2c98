import { useState } from 'preact/hooks';

/** What lies around the picture: the room's near black, or the grey of a grading suite's wall. */
export type Surround = 'dark' | 'grey';

/** The surround, for as long as the page is open, and how to change it: nothing is kept in a guest's browser. */
export function useSurround(): [Surround, () => void] {
  const [surround, setSurround] = useState<Surround>('dark');
  return [surround, () => setSurround(surround === 'dark' ? 'grey' : 'dark')];
}
