/** Cells and patches out of a picture's own samples, or out of what a canvas shows of them. */
import type { Triple } from './patches';
import { BITS, CELL_MIDDLE, PATCH_MIDDLE, placeOf, SLOTS } from './strip';

/** What was read, before it is understood. */
export interface Samples {
  /** 64 cells, 0 black to 1 white. */
  cells: Float64Array;
  /** Each slot's middle: Y'CbCr in 10-bit codes, or R'G'B' 0..1 of a canvas. */
  patches: Triple[];
}

/** Layout of a raw format: bits of a sample, and luma samples in a chroma sample each way. */
export interface RawFormat {
  bits: number;
  across: 1 | 2;
  down: 1 | 2;
  /** Cb and Cr lie in turn in one plane. */
  interleaved: boolean;
}

/** `VideoFrame.format` of planar Y'CbCr; null for what has been converted or is not told. */
export function rawFormat(name: string | null): RawFormat | null {
  if (name === 'NV12') return { bits: 8, across: 2, down: 2, interleaved: true };
  const match = /^I(420|422|444)(?:P(10|12))?$/.exec(name ?? '');
  if (!match) return null;
  return { bits: Number(match[2] ?? 8), across: match[1] === '444' ? 1 : 2, down: match[1] === '420' ? 2 : 1, interleaved: false };
}

export const chromaName = (format: RawFormat): string =>
  format.across === 1 ? '4:4:4' : format.down === 1 ? '4:2:2' : '4:2:0';

interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

type Sample = (plane: number, x: number, y: number) => number;

function mean(sample: Sample, plane: number, { left, top, width, height }: Area): number {
  let sum = 0;
  for (let y = top; y < top + height; y++) for (let x = left; x < left + width; x++) sum += sample(plane, x, y);
  return sum / (width * height);
}

/** An area in the samples of a plane with fewer of them. */
const reduced = ({ left, top, width, height }: Area, across: number, down: number): Area => ({
  left: Math.ceil(left / across),
  top: Math.ceil(top / down),
  width: Math.max(1, Math.floor(width / across)),
  height: Math.max(1, Math.floor(height / down)),
});

function areasOf(width: number): { cells: Area[]; patches: Area[] } {
  const at = (column: number, middle: Area): Area => {
    const { left, top } = placeOf(column, width);
    return { ...middle, left: left + middle.left, top: top + middle.top };
  };
  return {
    cells: Array.from({ length: BITS }, (_, column) => at(column, CELL_MIDDLE)),
    patches: Array.from({ length: SLOTS }, (_, slot) => at(BITS + 2 * slot, PATCH_MIDDLE)),
  };
}

/** Reads the rows of cells of a picture `width` wide, whose planes lie in `bytes` as `layout` says. */
export function readPlanes(
  bytes: Uint8Array,
  layout: readonly { offset: number; stride: number }[],
  format: RawFormat,
  width: number,
): Samples {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const size = format.bits > 8 ? 2 : 1;
  const scale = 2 ** (10 - format.bits);
  const sample: Sample = (plane, x, y) => {
    const interleaved = format.interleaved && plane > 0;
    const at = layout[interleaved ? 1 : plane];
    if (!at) return 0;
    const byte = at.offset + y * at.stride + (interleaved ? 2 * x + plane - 1 : x) * size;
    return (size === 2 ? view.getUint16(byte, true) : view.getUint8(byte)) * scale;
  };
  const { cells, patches } = areasOf(width);
  return {
    cells: Float64Array.from(cells, (area) => (mean(sample, 0, area) - 64) / 876),
    patches: patches.map((area) => {
      const chroma = reduced(area, format.across, format.down);
      return [mean(sample, 0, area), mean(sample, 1, chroma), mean(sample, 2, chroma)];
    }),
  };
}

/** The same of 8-bit RGBA, in R'G'B' 0..1. */
export function readCanvas(rgba: Uint8ClampedArray, stride: number, width: number): Samples {
  const sample: Sample = (plane, x, y) => (rgba[4 * (y * stride + x) + plane] ?? 0) / 255;
  const { cells, patches } = areasOf(width);
  return {
    cells: Float64Array.from(cells, (area) => mean(sample, 1, area)),
    patches: patches.map((area) => [mean(sample, 0, area), mean(sample, 1, area), mean(sample, 2, area)]),
  };
}
