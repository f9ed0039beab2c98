import type { DisplayCheck } from '../api/types';

/** What the display says of itself, by the browser's word. */
export type DisplayFacts = Omit<DisplayCheck, 'blacks' | 'whites' | 'greys' | 'patches'>;

const says = (query: string): boolean => window.matchMedia(query).matches;

function gamut(): DisplayFacts['gamut'] {
  if (says('(color-gamut: rec2020)')) return 'rec2020';
  if (says('(color-gamut: p3)')) return 'p3';
  return says('(color-gamut: srgb)') ? 'srgb' : 'unknown';
}

const within = (value: number, least: number, most: number): number => Math.min(most, Math.max(least, Math.round(value)));

/** Browsers give the depth of all three colours together (24, 30); some always say 24. */
export function readDisplay(): DisplayFacts {
  const ratio = window.devicePixelRatio || 1;
  return {
    gamut: gamut(),
    hdr: says('(dynamic-range: high)'),
    depth_bits: within(screen.colorDepth / 3, 1, 16),
    width: within(screen.width * ratio, 1, 32_768),
    height: within(screen.height * ratio, 1, 32_768),
    scale_percent: within(ratio * 100, 10, 1000),
  };
}

let early: DisplayCheck | null = null;

/** A check made before joining is kept here until there is somebody to keep it for. */
export function keepEarlyCheck(check: DisplayCheck): void {
  early = check;
}

export function takeEarlyCheck(): DisplayCheck | null {
  const check = early;
  early = null;
  return check;
}
