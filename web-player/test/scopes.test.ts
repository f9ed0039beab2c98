/** Scopes of pictures whose every value is known. */
import { describe, expect, it } from 'vitest';
import type { RawFormat } from '../src/proof/samples';
import { BINS, histogram, LEVELS, parade, rgbCodes, vectorscope, waveform, type Density } from '../src/scopes/density';
import { barTargets, hlgSignal, levelMarks, pqSignal } from '../src/scopes/graticule';
import { COLUMNS_MOST, emptyGrid, gridOfCanvas, gridOfPlanes, ROWS_MOST, type Grid } from '../src/scopes/grid';
import { paint, paintHistogram } from '../src/scopes/paint';

/** 75 % bars in 10-bit codes, ITU-R BT.709 (SMPTE RP 219). */
const BARS: readonly (readonly [string, number, number, number])[] = [
  ['Yl', 674, 176, 543],
  ['Cy', 581, 589, 176],
  ['G', 534, 253, 207],
  ['Mg', 251, 771, 817],
  ['R', 204, 435, 848],
  ['B', 111, 848, 481],
];

function gridOf(columns: number, rows: number, at: (x: number, y: number) => readonly [number, number, number]): Grid {
  const grid = { ...emptyGrid({ width: columns, height: rows }) };
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) [grid.y[y * columns + x], grid.cb[y * columns + x], grid.cr[y * columns + x]] = at(x, y);
  }
  return grid;
}

const at = ({ width, counts }: Density, column: number, row: number): number => counts[row * width + column] ?? -1;

const planar = (bits: number, across: 1 | 2 = 1, down: 1 | 2 = 1): RawFormat => ({ bits, across, down, interleaved: false });

describe('a grid', () => {
  it('takes 10-bit codes as they are, row by row, through whatever stride', () => {
    const [width, height, stride] = [4, 2, 12];
    const bytes = new Uint8Array(3 * stride * height);
    const view = new DataView(bytes.buffer);
    for (let plane = 0; plane < 3; plane++)
      for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) view.setUint16((plane * height + y) * stride + 2 * x, 100 * plane + 10 * y + x, true);
    const layout = [0, 1, 2].map((plane) => ({ offset: plane * height * stride, stride }));
    const grid = gridOfPlanes(bytes, layout, planar(10), { width, height });
    expect([...grid.y]).toEqual([0, 1, 2, 3, 10, 11, 12, 13]);
    expect([...grid.cb]).toEqual([100, 101, 102, 103, 110, 111, 112, 113]);
    expect([...grid.cr]).toEqual([200, 201, 202, 203, 210, 211, 212, 213]);
  });

  it('makes 8-bit codes comparable, and shares chroma of 4:2:0 among four', () => {
    const bytes = Uint8Array.of(16, 17, 18, 19, 20, 21, 22, 23, 128, 130, 64, 66);
    const layout = [{ offset: 0, stride: 4 }, { offset: 8, stride: 2 }, { offset: 10, stride: 2 }];
    const grid = gridOfPlanes(bytes, layout, planar(8, 2, 2), { width: 4, height: 2 });
    expect([...grid.y]).toEqual([64, 68, 72, 76, 80, 84, 88, 92]);
    expect([...grid.cb]).toEqual([512, 512, 520, 520, 512, 512, 520, 520]);
    expect([...grid.cr]).toEqual([256, 256, 264, 264, 256, 256, 264, 264]);
  });

  it('reads the interleaved chroma of NV12', () => {
    const bytes = Uint8Array.of(16, 16, 16, 16, 128, 64);
    const layout = [{ offset: 0, stride: 2 }, { offset: 4, stride: 2 }];
    const grid = gridOfPlanes(bytes, layout, { bits: 8, across: 2, down: 2, interleaved: true }, { width: 2, height: 2 });
    expect([grid.cb[0], grid.cr[0]]).toEqual([512, 256]);
  });

  it('thins a large picture out evenly', () => {
    const [width, height] = [1280, 696];
    const bytes = new Uint8Array(2 * width * height);
    new Uint16Array(bytes.buffer).forEach((_, index, all) => (all[index] = index % width));
    const grid = gridOfPlanes(bytes, [{ offset: 0, stride: 2 * width }], planar(10), { width, height });
    expect([grid.columns, grid.rows]).toEqual([COLUMNS_MOST, ROWS_MOST]);
    expect([grid.y[0], grid.y[COLUMNS_MOST - 1]]).toEqual([1, 1278]);
  });

  it('of a canvas knows white, black and red', () => {
    const grid = gridOfCanvas(Uint8ClampedArray.of(255, 255, 255, 255, 0, 0, 0, 255, 255, 0, 0, 255), { width: 3, height: 1 });
    expect([...grid.y]).toEqual([940, 64, 250]);
    expect([...grid.cr]).toEqual([512, 512, 960]);
  });
});

describe('the waveform', () => {
  it('shows a ramp as its diagonal: each column at its own code and nowhere else', () => {
    const grid = gridOf(256, 3, (x) => [4 * x, 512, 512]);
    const found = waveform(grid);
    expect([found.width, found.height]).toEqual([256, LEVELS]);
    for (let x = 0; x < 256; x++) {
      expect(at(found, x, LEVELS - 1 - 2 * x)).toBe(3);
      expect(found.counts.filter((count, index) => index % 256 === x && count > 0)).toHaveLength(1);
    }
  });

  it('tells two 10-bit codes apart that are one in eight bits', () => {
    const found = waveform(gridOf(2, 1, (x) => [x === 0 ? 500 : 502, 512, 512]));
    expect(at(found, 0, LEVELS - 1 - 250)).toBe(1);
    expect(at(found, 1, LEVELS - 1 - 251)).toBe(1);
  });
});

describe('the parade', () => {
  it('shows 75 % bars at 721 or black, each channel in its third', () => {
    const found = parade(gridOf(6, 4, (x) => (BARS[x] as (typeof BARS)[number]).slice(1) as [number, number, number]), 'bt709');
    const on = LEVELS - 1 - (721 >> 1);
    const off = LEVELS - 1 - (64 >> 1);
    const channels = { Yl: '110', Cy: '011', G: '010', Mg: '101', R: '100', B: '001' } as const;
    BARS.forEach(([name], column) => {
      for (let channel = 0; channel < 3; channel++) {
        const row = channels[name as keyof typeof channels][channel] === '1' ? on : off;
        // Codes are rounded, so a channel may miss by one row.
        const near = [row - 1, row, row + 1].reduce((sum, each) => sum + at(found, 6 * channel + column, each), 0);
        expect(near, `${name} ${channel}`).toBe(4);
      }
    });
  });

  it('is grey where there is no chroma, and sees what lies outside', () => {
    const toRgb = rgbCodes('bt709');
    expect(toRgb(721, 512, 512)).toEqual([721, 721, 721]);
    expect(toRgb(900, 512, 900)[0]).toBeGreaterThan(1023);
  });
});

describe('the vectorscope', () => {
  it('has 75 % bars of BT.709 in their boxes', () => {
    const found = vectorscope(gridOf(6, 1, (x) => (BARS[x] as (typeof BARS)[number]).slice(1) as [number, number, number]));
    for (const [name, , cb, cr] of BARS) {
      expect(at(found, cb >> 2, BINS - 1 - (cr >> 2)), name).toBe(1);
      expect(barTargets('srgb709')).toContainEqual({ name, cb, cr });
    }
  });

  it('has grey in the middle', () => {
    expect(at(vectorscope(gridOf(2, 2, () => [500, 512, 512])), 128, 127)).toBe(4);
  });
});

describe('the histogram', () => {
  it('counts every point once in each row', () => {
    const bins = histogram(gridOf(8, 8, (x) => [64 + 100 * x, 512, 512]), 'bt709');
    for (let row = 0; row < 4; row++) expect(bins.subarray(row * BINS, (row + 1) * BINS).reduce((sum, count) => sum + count, 0)).toBe(64);
    expect(bins[3 * BINS + 16]).toBe(8);
  });
});

describe('the graticule', () => {
  it('names codes of SDR, and light of HDR where its curve puts it', () => {
    expect(levelMarks('srgb709').map(({ code }) => code)).toEqual([64, 283, 502, 721, 940]);
    const pq = Object.fromEntries(levelMarks('hdr10').map(({ code, label }) => [label, code]));
    expect([pq['100'], pq['203'], pq['1k'], pq['10k']]).toEqual([509, 573, 723, 940]);
    const hlg = Object.fromEntries(levelMarks('hlg').map(({ code, label }) => [label, code]));
    // ITU-R BT.2408: reference white, 203 cd/m2, is 75 % of HLG.
    expect([hlg['203'], hlg['1k']]).toEqual([721, 940]);
    expect(pqSignal(10_000)).toBeCloseTo(1, 9);
    expect(hlgSignal(1000)).toBeCloseTo(1, 6);
  });
});

describe('what is painted', () => {
  it('is grey, the more points the brighter, nothing the ground', () => {
    const pixels = paint({ width: 3, height: 1, counts: Uint16Array.of(0, 1, 100) }, 40);
    const [none, one, many] = [0, 4, 8].map((index) => [...pixels.subarray(index, index + 4)]);
    expect(none).toEqual([16, 16, 16, 255]);
    for (const [red, green, blue] of [one ?? [], many ?? []]) expect([green, blue]).toEqual([red, red]);
    expect(one?.[0]).toBeGreaterThan(60);
    expect(many?.[0]).toBeGreaterThan(one?.[0] ?? 0);
  });

  it('of a histogram has bars from below', () => {
    const bins = new Uint32Array(4 * BINS);
    bins[100] = 5;
    const pixels = paintHistogram(bins);
    const grey = (x: number, y: number): number => pixels[4 * (y * BINS + x)] ?? -1;
    expect([grey(100, 63), grey(101, 63), grey(100, 0)]).toEqual([0xb0, 16, 16]);
  });
});
