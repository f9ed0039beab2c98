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

/** Codes of 10 bits lie in every density, so nothing is asked here. */
function add({ width, counts }: Density, column: number, row: number): void {
  const at = row * width + column;
  counts[at] = (counts[at] as number) + 1;
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

/** What R'G'B' is made of: parts of Cr and Cb from the middle, in codes (ITU-R BT.709, BT.2020). */
interface Factors {
  red: number;
  greenRed: number;
  greenBlue: number;
  blue: number;
}

function factors(matrix: string): Factors {
  const [kr, kb] = weights(matrix);
  const kg = 1 - kr - kb;
  const [red, blue] = [(876 / 896) * 2 * (1 - kr), (876 / 896) * 2 * (1 - kb)];
  return { red, greenRed: (-kr * red) / kg, greenBlue: (-kb * blue) / kg, blue };
}

export type ToRgb = (y: number, cb: number, cr: number) => [red: number, green: number, blue: number];

/** R'G'B' in codes of Y'CbCr, neither clipped nor rounded: what lies outside is seen to. */
export function rgbCodes(matrix: string): ToRgb {
  const { red, greenRed, greenBlue, blue } = factors(matrix);
  return (y, cb, cr) => [y + red * (cr - 512), y + greenRed * (cr - 512) + greenBlue * (cb - 512), y + blue * (cb - 512)];
}

/** Rounded, and within 10 bits. */
const code = (value: number): number => (value < 0 ? 0 : value > 1023 ? 1023 : (value + 0.5) | 0);

/** Red, green and blue side by side, each as a waveform. Without an array for each point: this is drawn ten times a second. */
export function parade({ columns, y, cb, cr }: Grid, matrix: string): Density {
  const { red, greenRed, greenBlue, blue } = factors(matrix);
  const found = density(3 * columns, LEVELS);
  for (let point = 0; point < y.length; point++) {
    const luma = y[point] ?? 0;
    const u = (cb[point] ?? 0) - 512;
    const v = (cr[point] ?? 0) - 512;
    const column = point % columns;
    add(found, column, rowOf(code(luma + red * v)));
    add(found, columns + column, rowOf(code(luma + greenRed * v + greenBlue * u)));
    add(found, 2 * columns + column, rowOf(code(luma + blue * u)));
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
  const { red, greenRed, greenBlue, blue } = factors(matrix);
  const found = new Uint32Array(4 * BINS);
  const count = (row: number, value: number): void => {
    const at = row * BINS + (code(value) >> 2);
    found[at] = (found[at] ?? 0) + 1;
  };
  for (let point = 0; point < y.length; point++) {
    const luma = y[point] ?? 0;
    const u = (cb[point] ?? 0) - 512;
    const v = (cr[point] ?? 0) - 512;
    count(0, luma + red * v);
    count(1, luma + greenRed * v + greenBlue * u);
    count(2, luma + blue * u);
    count(3, luma);
  }
  return found;
}
