/** What the server is told (`POST /api/room/proof`). */
import type { TargetColor } from '../api/color';
import type { Difference, Spread } from './measure';
import type { Reading } from './reading';
import type { Reason, ProofState } from './state';

export interface ProofReport {
  viewing_id: string;
  state: ProofState;
  reasons: Reason[];
  rendition: string;
  measure: 'raw' | 'canvas' | 'none';
  code_error: Spread | null;
  delta_e: Difference | null;
  latency_ms: number | null;
  frames_checked: number;
  frames_disagreed: number;
  frame: { source_frame: number; rtp_timestamp: number } | null;
}

export const TARGET_NAMES: Readonly<Record<TargetColor, string>> = {
  srgb709: 'sRGB',
  reference709: 'BT.1886',
  'display-p3': 'Display P3',
  hdr10: 'HDR10',
  hlg: 'HLG',
};

/** "10-bit 4:4:4, sRGB target", from what was read; '' while nothing was. */
export function renditionOf(reading: Reading | undefined): string {
  const message = reading?.message;
  if (!message) return '';
  const { bits, chroma } = reading.raw ?? message;
  return `${bits}-bit ${chroma}, ${TARGET_NAMES[message.target]} target`;
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000;
export const roundedSpread = <S extends Spread>(spread: S | null): S | null =>
  spread && { ...spread, mean: rounded(spread.mean), max: rounded(spread.max) };
