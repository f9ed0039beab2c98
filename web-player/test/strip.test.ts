/** The strip's reader against vectors of its writer (`pipelines/src/strip`), and against pictures that a codec has spoiled. */
import { describe, expect, it } from 'vitest';
import { canvasOf, codesOf, tagsOf, type Tags } from '../src/proof/color';
import { shown, signalOf, type Triple } from '../src/proof/patches';
import { measureCanvas, measureRaw } from '../src/proof/measure';
import { rawFormat, readPlanes } from '../src/proof/samples';
import { BITS, CELL, crc16, placeOf, readMessage, SLOTS, stripRows, visibleHeight } from '../src/proof/strip';
import vectors from '../../pipelines/tests/data/strip.json' with { type: 'json' };

const cellsOf = (text: string): number[] => [...text].map(Number);

/** Numbers that look random and are the same each time. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('the reader', () => {
  it('reads every message that the server writes', () => {
    for (const { cells, ...message } of vectors.messages) expect(readMessage(cellsOf(cells))).toEqual(message);
  });

  it('knows the same rows, colours and turns', () => {
    for (const [width, rows] of vectors.rows) expect(stripRows(width as number)).toBe(rows);
    for (const [step, slots] of vectors.shown as [number, number[]][])
      expect(Array.from({ length: SLOTS }, (_, slot) => shown(slot, step))).toEqual(slots);
    for (const target of ['srgb709', 'hdr10'] as const) {
      const codes = vectors.codes[target] as Triple[];
      codes.forEach((code, color) => {
        const found = codesOf(signalOf(color), tagsOf(target));
        for (const plane of [0, 1, 2]) expect(found[plane]).toBeCloseTo(code[plane] ?? NaN, 2);
      });
    }
  });

  it('reads none with a cell turned over, and none in doubt', () => {
    const next = random(1);
    for (const { cells } of vectors.messages) {
      const turned = cellsOf(cells);
      const at = Math.floor(next() * BITS);
      turned[at] = 1 - (turned[at] ?? 0);
      expect(readMessage(turned)).toBeNull();
      const grey = cellsOf(cells);
      grey[at] = 0.5 + 0.2 * (next() - 0.5);
      expect(readMessage(grey)).toBeNull();
    }
  });

  it('takes no noise for a message', () => {
    const next = random(2);
    let read = 0;
    for (let round = 0; round < 20_000; round++) if (readMessage(Array.from({ length: BITS }, () => (next() < 0.5 ? 0 : 1)))) read++;
    // 16 bits of CRC, 3 of version, 5 targets of 8: about one in 840,000.
    expect(read).toBeLessThanOrEqual(1);
  });
});

interface Planes {
  bytes: Uint8Array;
  layout: { offset: number; stride: number }[];
}

/** The rows of cells as a codec might leave them: each sample off by up to `noise` codes of its own depth. */
function painted(name: string, width: number, cells: string, step: number, noise: number, seed: number): Planes {
  const format = rawFormat(name);
  if (!format) throw new Error(name);
  const rows = stripRows(width) - CELL;
  const size = format.bits > 8 ? 2 : 1;
  const layout = [0, 1, 2].map((plane) => {
    const stride = (plane === 0 ? width : width / format.across) * size;
    return { stride, height: plane === 0 ? rows : rows / format.down };
  });
  const places = layout.map(({ stride }, plane) => ({
    stride,
    offset: layout.slice(0, plane).reduce((sum, { stride, height }) => sum + stride * height, 0),
  }));
  const bytes = new Uint8Array(layout.reduce((sum, { stride, height }) => sum + stride * height, 0));
  const view = new DataView(bytes.buffer);
  const next = random(seed);
  const scale = 2 ** (10 - format.bits);
  const fill = (column: number, wide: number, code: Triple): void => {
    const { left, top } = placeOf(column, width);
    code.forEach((value, plane) => {
      const [across, down] = plane === 0 ? [1, 1] : [format.across, format.down];
      for (let y = top / down; y < (top + CELL) / down; y++) {
        for (let x = left / across; x < (left + wide * CELL) / across; x++) {
          const sample = Math.round(value / scale) + Math.round((2 * next() - 1) * noise);
          const at = (places[plane]?.offset ?? 0) + y * (places[plane]?.stride ?? 0) + x * size;
          if (size === 2) view.setUint16(at, sample, true);
          else view.setUint8(at, sample);
        }
      }
    });
  };
  cellsOf(cells).forEach((bit, column) => fill(column, 1, [bit ? 940 : 64, 512, 512]));
  for (let slot = 0; slot < SLOTS; slot++)
    fill(BITS + 2 * slot, 2, codesOf(signalOf(shown(slot, step)), tagsOf('srgb709')));
  return { bytes, layout: places };
}

const OF_SRGB = vectors.messages.filter(({ target }) => target === 'srgb709');

describe.each([
  ['I444P10', 10, '4:4:4'],
  ['I420P10', 10, '4:2:0'],
  ['I444', 8, '4:4:4'],
  ['I420', 8, '4:2:0'],
] as const)('a picture in %s', (name, bits, chroma) => {
  const sent = OF_SRGB.find((message) => message.bits === bits && message.chroma === chroma);
  const format = rawFormat(name);
  if (!sent || !format) throw new Error(name);

  it.each([1920, 640, 320, 64])('%i wide is exact when it arrives exactly', (width) => {
    const { bytes, layout } = painted(name, width, sent.cells, sent.step, 0, 3);
    const found = measureRaw(readPlanes(bytes, layout, format, width), tagsOf('srgb709'));
    expect(found.message?.frame).toBe(sent.frame);
    expect(found.codeError).toEqual({ mean: 0, max: 0 });
    // What rounding to the depth leaves.
    expect(found.deltaE?.max).toBeLessThan(bits === 10 ? 0.5 : 1.6);
  });

  it('is read through noise, which is measured', () => {
    for (let seed = 0; seed < 50; seed++) {
      const { bytes, layout } = painted(name, 640, sent.cells, sent.step, bits === 10 ? 40 : 10, seed);
      const found = measureRaw(readPlanes(bytes, layout, format, 640), tagsOf('srgb709'));
      expect(found.message?.frame).toBe(sent.frame);
      expect(found.codeError?.max).toBeGreaterThan(0);
      expect(found.codeError?.mean).toBeLessThan(24);
    }
  });

  it('has a great colour difference when it is taken for something else', () => {
    const { bytes, layout } = painted(name, 640, sent.cells, sent.step, 0, 5);
    const samples = readPlanes(bytes, layout, format, 640);
    const right = tagsOf('srgb709');
    for (const wrong of [{ ...right, fullRange: true }, { ...right, transfer: 'pq' }])
      expect(measureRaw(samples, wrong).deltaE?.max).toBeGreaterThan(1.5);
  });
});

describe('a coded picture', () => {
  it('is taller than what people see', () => {
    expect(visibleHeight(1280, 736)).toBe(720);
    expect(visibleHeight(0, 0)).toBe(0);
  });
});

/** Cells of a message for sRGB in 10-bit 4:4:4 with frame 0. */
function cellsAt(step: number): Float64Array {
  const bytes = new Uint8Array([(3 << 5) | 3, 0, 0, 0, 0, (step ^ (step >> 1)) << 1, 0, 0]);
  new DataView(bytes.buffer).setUint16(6, crc16(bytes.subarray(0, 6)));
  return Float64Array.from({ length: BITS }, (_, index) => ((bytes[index >> 3] ?? 0) >> (7 - (index & 7))) & 1);
}

describe('what a canvas shows', () => {
  const right = tagsOf('srgb709');
  const taken = (step: number, tags: Tags): Triple[] =>
    Array.from({ length: SLOTS }, (_, slot) => canvasOf(codesOf(signalOf(shown(slot, step)), right), tags));

  it('is right in Chromium, whose software conversion falls short in blue', () => {
    // Read from Chromium 156: full red, green, blue, cyan, magenta, yellow; red and green of three quarters.
    const found = [[255, 0, 2], [0, 255, 8], [0, 0, 242], [0, 254, 250], [254, 0, 244], [254, 255, 12], [192, 0, 1], [0, 191, 6]];
    const patches = found.map((rgb) => rgb.map((value) => value / 255) as Triple);
    expect(measureCanvas({ cells: cellsAt(31), patches }).codeError?.max).toBeLessThan(8);
  });

  it.each<[string, Partial<Tags>, number]>([
    ['full range', { fullRange: true }, 32],
    ['the matrix of standard definition', { matrix: 'smpte170m' }, 8],
  ])('is far off for seconds in each turn when it is taken for %s', (_, wrong, steps) => {
    const mean = (step: number): number =>
      measureCanvas({ cells: cellsAt(step), patches: taken(step, { ...right, ...wrong }) }).codeError?.mean ?? 0;
    expect(Array.from({ length: 64 }, (_, step) => step).filter((step) => mean(step) > 24).length).toBeGreaterThan(steps);
  });
});
