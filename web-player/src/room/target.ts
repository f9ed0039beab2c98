/** What the browser says of the display it is on. */
export interface Display {
  gamut: 'srgb' | 'p3' | 'rec2020';
  range: 'standard' | 'high';
}

type Matches = (query: string) => boolean;

const ask: Matches = (query) => window.matchMedia(query).matches;

/** Video may be shown in a range of its own, as on televisions; where that is not known, the display's counts. */
export function readDisplay(matches: Matches = ask): Display {
  const gamut = matches('(color-gamut: rec2020)') ? 'rec2020' : matches('(color-gamut: p3)') ? 'p3' : 'srgb';
  const high = matches('(video-dynamic-range: high)') || matches('(dynamic-range: high)');
  return { gamut, range: high ? 'high' : 'standard' };
}

const QUERIES = ['(color-gamut: p3)', '(color-gamut: rec2020)', '(video-dynamic-range: high)', '(dynamic-range: high)'];
/** Several answers change when a window comes to another display: they are one change. */
const SETTLE_MS = 500;

/** Calls when the window has come to another kind of display; the function that is returned ends that. */
export function watchDisplay(changed: () => void): () => void {
  let timer = 0;
  const soon = (): void => {
    window.clearTimeout(timer);
    timer = window.setTimeout(changed, SETTLE_MS);
  };
  const lists = QUERIES.map((query) => window.matchMedia(query));
  for (const list of lists) list.addEventListener('change', soon);
  return () => {
    window.clearTimeout(timer);
    for (const list of lists) list.removeEventListener('change', soon);
  };
}

/** The address of an offer that says so. */
export const withDisplay = (url: string, { gamut, range }: Display): string => `${url}?gamut=${gamut}&range=${range}`;
