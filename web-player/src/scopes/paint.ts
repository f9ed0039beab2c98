/** Densities as pictures, in greys alone: nothing beside the picture has a colour. */
import { BINS, type Density } from './density';

/** The brightest grey. */
const BRIGHT = 235;
const GROUND = 16;

/** Greys of counts from 0 on: few points are seen, many do not glare. */
function curve(gain: number): Uint8ClampedArray {
  return Uint8ClampedArray.from({ length: 256 }, (_, count) => GROUND + (BRIGHT - GROUND) * (1 - Math.exp(-gain * count)));
}

/** RGBA of a density; `rows`: points of the picture that could lie in one column. */
export function paint({ width, height, counts }: Density, rows: number): Uint8ClampedArray<ArrayBuffer> {
  const greys = curve(40 / Math.max(40, rows));
  const pixels = new Uint8ClampedArray(width * height * 4);
  const words = new Uint32Array(pixels.buffer);
  for (let at = 0; at < counts.length; at++) {
    const grey = greys[Math.min(255, counts[at] ?? 0)] ?? GROUND;
    words[at] = 0xff000000 | (grey << 16) | (grey << 8) | grey;
  }
  return pixels;
}

/** Height of a row of a histogram. */
export const HISTOGRAM_ROW = 64;

/** RGBA of a histogram's four rows, `BINS` wide. A row's height is its fullest bin, black and white left aside. */
export function paintHistogram(bins: Uint32Array): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(BINS * 4 * HISTOGRAM_ROW * 4);
  const words = new Uint32Array(pixels.buffer);
  words.fill(0xff000000 | (GROUND << 16) | (GROUND << 8) | GROUND);
  const bright = 0xff000000 | (0xb0 << 16) | (0xb0 << 8) | 0xb0;
  for (let row = 0; row < 4; row++) {
    const counts = bins.subarray(row * BINS, (row + 1) * BINS);
    const most = Math.max(1, ...counts.subarray(17, 235));
    for (let bin = 0; bin < BINS; bin++) {
      const high = Math.min(HISTOGRAM_ROW - 2, Math.ceil(((counts[bin] ?? 0) / most) * (HISTOGRAM_ROW - 2)));
      for (let up = 0; up < high; up++) words[((row + 1) * HISTOGRAM_ROW - 1 - up) * BINS + bin] = bright;
    }
  }
  return pixels;
}
