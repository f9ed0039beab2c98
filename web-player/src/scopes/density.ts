/** How many points of a picture lie where: what each scope shows. Codes are 10-bit, limited range, 0 to 1023. */
import type { Grid } from './grid';

/** Rows of a waveform: two codes each. */
export const LEVELS = 512;
/** Columns and rows of a vectorscope, and bins of a histogram: four codes each. */
export const BINS = 256;

/** Counts, row by row from the top. */
export interface Density {
  width: number;
  height: number;
  counts: Uint16Array;
}

const density = (width: number, height: number): Density => ({ width, height, counts: new Uint16Array(width * height) });

function add({ width, height, counts }: Density, column: number, row: number): void {
  if (row < 0 || row >= height || column < 0 || column >= width) return;
  const at = row * width + column;
  counts[at] = (counts[at] ?? 0) + 1;
}

const rowOf = (code: number): number => LEVELS - 1 - ((code * LEVELS) >> 10);

/** Luma of each column of the picture, black below. */
export function waveform({ columns, y }: Grid): Density {
  const found = density(columns, LEVELS);
  for (let point = 0; point < y.length; point++) add(found, point % columns, rowOf(y[point] ?? 0));
  return found;
}

/** Weights of red and blue in luma, by the name of the matrix in `VideoFrame.colorSpace`. */
const weights = (matrix: string): [number, number] => (matrix === 'bt2020-ncl' ? [0.2627, 0.0593] : [0.2126, 0.0722]);

export type ToRgb = (y: number, cb: number, cr: number) => [red: number, green: number, blue: number];

/** R'G'B' in codes of Y'CbCr, neither clipped nor rounded (ITU-R BT.709, BT.2020): what lies outside is seen to. */
export function rgbCodes(matrix: string): ToRgb {
  const [kr, kb] = weights(matrix);
  const kg = 1 - kr - kb;
  const [red, blue] = [(876 / 896) * 2 * (1 - kr), (876 / 896) * 2 * (1 - kb)];
  return (y, cb, cr) => {
    const [r, b] = [red * (cr - 512), blue * (cb - 512)];
    return [y + r, y - (kr * r + kb * b) / kg, y + b];
  };
}

/** Red, green and blue side by side, each as a waveform. */
export function parade({ columns, y, cb, cr }: Grid, matrix: string): Density {
  const toRgb = rgbCodes(matrix);
  const found = density(3 * columns, LEVELS);
  for (let point = 0; point < y.length; point++) {
    const rgb = toRgb(y[point] ?? 0, cb[point] ?? 0, cr[point] ?? 0);
    const column = point % columns;
    for (let channel = 0; channel < 3; channel++) {
      const code = Math.min(1023, Math.max(0, Math.round(rgb[channel] ?? 0)));
      add(found, channel * columns + column, rowOf(code));
    }
  }
  return found;
}

/** Cb to the right, Cr upwards. */
export function vectorscope({ y, cb, cr }: Grid): Density {
  const found = density(BINS, BINS);
  for (let point = 0; point < y.length; point++) add(found, (cb[point] ?? 0) >> 2, BINS - 1 - ((cr[point] ?? 0) >> 2));
  return found;
}

/** Points in each bin of red, green, blue and luma: four times `BINS`, dark to bright. */
export function histogram({ y, cb, cr }: Grid, matrix: string): Uint32Array {
  const toRgb = rgbCodes(matrix);
  const found = new Uint32Array(4 * BINS);
  const count = (row: number, code: number): void => {
    const at = row * BINS + (Math.min(1023, Math.max(0, Math.round(code))) >> 2);
    found[at] = (found[at] ?? 0) + 1;
  };
  for (let point = 0; point < y.length; point++) {
    const luma = y[point] ?? 0;
    const [red, green, blue] = toRgb(luma, cb[point] ?? 0, cr[point] ?? 0);
    count(0, red);
    count(1, green);
    count(2, blue);
    count(3, luma);
  }
  return found;
}
