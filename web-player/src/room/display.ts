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

/** The address of an offer that says so. */
export const withDisplay = (url: string, { gamut, range }: Display): string => `${url}?gamut=${gamut}&range=${range}`;
