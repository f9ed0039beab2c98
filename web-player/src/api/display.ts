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
