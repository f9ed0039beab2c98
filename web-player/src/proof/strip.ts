/** Where the signal strip lies under a picture and what its cells say (`pipelines/src/strip`). */
import type { TargetColor } from '../api/color';

export const GUARD = 8;
export const CELL = 8;
export const BITS = 64;
export const SLOTS = 8;
const COLUMNS = BITS + 2 * SLOTS;
const VERSION = 3;
/** Bits of the frame number that change from frame to frame: a parity bit checks them, and not the CRC. */
const FAST = 0x3f;
const TARGETS: readonly TargetColor[] = ['srgb709', 'reference709', 'display-p3', 'hdr10', 'hlg'];

const columnsIn = (width: number): number => 2 * Math.max(1, Math.floor(width / (2 * CELL)));

/** Rows of the strip under a picture of `width` luma samples. */
export const stripRows = (width: number): number => GUARD + CELL * Math.ceil(COLUMNS / columnsIn(width));

/** What people see of a coded picture. */
export const visibleHeight = (width: number, height: number): number => Math.max(0, height - stripRows(width));

export interface Place {
  left: number;
  top: number;
}

/** Upper left corner of a column, from the first row of cells. */
export function placeOf(column: number, width: number): Place {
  const across = columnsIn(width);
  return { left: (column % across) * CELL, top: Math.floor(column / across) * CELL };
}

/** The middle of a cell, which its neighbours do not reach: 4 by 4 luma samples. */
export const CELL_MIDDLE = { left: 2, top: 2, width: 4, height: 4 } as const;
/** The same of a patch, 16 by 8, below what a deblocking filter takes from above. */
export const PATCH_MIDDLE = { left: 4, top: 4, width: 8, height: 3 } as const;

/** What a picture says of itself. */
export interface Message {
  target: TargetColor;
  bits: 8 | 10;
  chroma: '4:2:0' | '4:4:4';
  frame: number;
  step: number;
}

/** CRC-16/CCITT-FALSE. */
export function crc16(bytes: ArrayLike<number>): number {
  let crc = 0xffff;
  for (let index = 0; index < bytes.length; index++) {
    crc ^= (bytes[index] ?? 0) << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  }
  return crc;
}

/** How far from the middle between black and white a cell must be to be read. */
const MARGIN = 0.15;

/** The number that a Gray code stands for; odd when an odd number of its bits are set. */
function fold(gray: number): number {
  for (let shift = 16; shift > 0; shift >>= 1) gray ^= gray >>> shift;
  return gray >>> 0;
}

/** The bytes of 64 cells, each 0 for black to 1 for white; null when one of them is neither. */
function bytesOf(cells: ArrayLike<number>): Uint8Array<ArrayBuffer> | null {
  const bytes = new Uint8Array(BITS / 8);
  for (let index = 0; index < BITS; index++) {
    const value = cells[index] ?? 0.5;
    if (!(Math.abs(value - 0.5) >= MARGIN)) return null;
    if (value > 0.5) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (0x80 >> (index & 7));
  }
  return bytes;
}

/** The message of 64 cells; null when it cannot be read without doubt. */
export function readMessage(cells: ArrayLike<number>): Message | null {
  const bytes = bytesOf(cells);
  if (!bytes) return null;
  const [layout = 0, , , , last = 0, steps = 0] = bytes;
  const view = new DataView(bytes.buffer);
  const frame = fold(view.getUint32(1));
  if (fold(last & FAST) % 2 !== (steps & 1)) return null;
  bytes[4] = last & ~FAST;
  bytes[5] = steps & ~1;
  if (crc16(bytes.subarray(0, 6)) !== view.getUint16(6) || layout >> 5 !== VERSION) return null;
  const target = TARGETS[(layout >> 2) & 7];
  if (!target) return null;
  return { target, bits: layout & 2 ? 10 : 8, chroma: layout & 1 ? '4:4:4' : '4:2:0', frame, step: fold(steps >> 1) };
}

/** Steps since a slot got the colour it has: it is exact some frames after that, not at once. */
export const ageOf = (slot: number, step: number): number => (step - slot + 256) % SLOTS;
