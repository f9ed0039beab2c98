/** Samples of a picture, thinned out for scopes: enough to see everything, few enough to draw ten times a second. */
import type { RawFormat } from '../proof/samples';

/** Points of a picture in 10-bit codes of Y'CbCr, row by row. */
export interface Grid {
  columns: number;
  rows: number;
  y: Uint16Array;
  cb: Uint16Array;
  cr: Uint16Array;
}

/** At most so many; a waveform has a column for each. */
export const COLUMNS_MOST = 384;
export const ROWS_MOST = 216;

interface Size {
  width: number;
  height: number;
}

export function emptyGrid({ width, height }: Size): Grid {
  const [columns, rows] = [Math.min(width, COLUMNS_MOST), Math.min(height, ROWS_MOST)];
  const plane = (): Uint16Array => new Uint16Array(columns * rows);
  return { columns, rows, y: plane(), cb: plane(), cr: plane() };
}

/** Where each of `count` points lies among `of` samples: evenly, in the middle of its part. */
const places = (count: number, of: number): Uint32Array =>
  Uint32Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * of) / count));

type Plane = { offset: number; stride: number };

/** Reads points of the upper `size` of a picture whose planes lie in `bytes` as `layout` says. */
export function gridOfPlanes(bytes: Uint8Array<ArrayBuffer>, layout: readonly Plane[], format: RawFormat, size: Size): Grid {
  const grid = emptyGrid(size);
  const wide = format.bits > 8;
  const samples = wide ? new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 1) : bytes;
  const shift = wide ? 1 : 0;
  const scale = 2 ** (10 - format.bits);
  const across = places(grid.columns, size.width);
  const down = places(grid.rows, size.height);
  const read = (into: Uint16Array, plane: Plane | undefined, part: { across: number; down: number; step: number; first: number }): void => {
    if (!plane) return;
    let point = 0;
    for (const row of down) {
      const line = (plane.offset + Math.floor(row / part.down) * plane.stride) >> shift;
      for (const column of across) {
        into[point++] = (samples[line + Math.floor(column / part.across) * part.step + part.first] ?? 0) * scale;
      }
    }
  };
  const chroma = { across: format.across, down: format.down };
  read(grid.y, layout[0], { across: 1, down: 1, step: 1, first: 0 });
  if (format.interleaved) {
    read(grid.cb, layout[1], { ...chroma, step: 2, first: 0 });
    read(grid.cr, layout[1], { ...chroma, step: 2, first: 1 });
  } else {
    read(grid.cb, layout[1], { ...chroma, step: 1, first: 0 });
    read(grid.cr, layout[2], { ...chroma, step: 1, first: 0 });
  }
  return grid;
}

/** Points of 8-bit RGBA of exactly the grid's size, as what a canvas shows: BT.709, no finer than 8 bits. */
export function gridOfCanvas(rgba: Uint8ClampedArray, size: Size): Grid {
  const grid = emptyGrid(size);
  for (let point = 0; point < grid.y.length; point++) {
    const [red, green, blue] = [rgba[4 * point] ?? 0, rgba[4 * point + 1] ?? 0, rgba[4 * point + 2] ?? 0];
    const luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    grid.y[point] = Math.round(64 + (876 * luma) / 255);
    grid.cb[point] = Math.round(512 + (896 * (blue - luma)) / (255 * 1.8556));
    grid.cr[point] = Math.round(512 + (896 * (red - luma)) / (255 * 1.5748));
  }
  return grid;
}
