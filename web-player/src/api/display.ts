/** What a viewer found when they checked their display. */

export interface DisplayCheck {
  gamut: 'srgb' | 'p3' | 'rec2020' | 'unknown';
  hdr: boolean;
  depth_bits: number;
  width: number;
  height: number;
  scale_percent: number;
  blacks: boolean;
  whites: boolean;
  greys: boolean;
  patches: boolean;
}

export type ProbeTarget = 'srgb' | 'bt1886' | 'display-p3';

/** What a probe measured on a viewer's display. */
export interface Probe {
  name: string;
  sha256: string;
  instrument: string | null;
  created: string | null;
  target: ProbeTarget;
  patches: number;
  /** CIEDE2000 against the target at the measured luminance. */
  delta_mean: number;
  delta_max: number;
  white_x: number;
  white_y: number;
  /** Kelvin, and the distance from the Planckian locus in CIE 1960 uv. */
  cct: number;
  duv: number;
  gamma: number | null;
  peak_cdm2: number | null;
  black_cdm2: number | null;
}
