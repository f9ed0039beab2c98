/**
 * QR codes (ISO/IEC 18004): bytes, error correction M, as large as it takes. Enough for an address that a camera reads from a screen.
 * A code is rows of modules, true where dark, without the quiet zone.
 */

/** Of level M, by version from 1: codewords of correction in a block, and blocks. */
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10];

type Modules = boolean[][];

/** Products in GF(256) with x^8 + x^4 + x^3 + x^2 + 1. */
function times(a: number, b: number): number {
  let product = 0;
  for (let bit = 7; bit >= 0; bit--) product = (product << 1) ^ ((product >> 7) * 0x11d) ^ (((b >> bit) & 1) * a);
  return product;
}

/** The remainder that makes `data` a Reed-Solomon word with `count` codewords of correction. */
function correction(data: readonly number[], count: number): number[] {
  let divisor = [1];
  for (let at = 0, root = 1; at < count; at++, root = times(root, 2)) divisor = [...divisor, 0].map((value, index) => value ^ times(divisor[index - 1] ?? 0, root));
  const rest = Array<number>(count).fill(0);
  for (const byte of data) {
    const factor = byte ^ (rest.shift() ?? 0);
    rest.push(0);
    divisor.slice(1).forEach((value, index) => (rest[index] = (rest[index] ?? 0) ^ times(value, factor)));
  }
  return rest;
}

/** Places of the alignment patterns along an edge. */
function alignment(version: number): number[] {
  if (version === 1) return [];
  const [count, last] = [Math.floor(version / 7) + 2, version * 4 + 10];
  const step = Math.ceil((last - 6) / (count - 1) / 2) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, index) => last - (count - 2 - index) * step)];
}

/** Modules that hold codewords: all but patterns and what says format and version. */
function room(version: number): number {
  const aligned = alignment(version).length;
  const patterns = aligned === 0 ? 0 : (25 * aligned - 10) * aligned - 55;
  return (16 * version + 128) * version + 64 - patterns - (version >= 7 ? 36 : 0);
}

const codewords = (version: number): number => Math.floor(room(version) / 8);
const capacity = (version: number): number => codewords(version) - (CORRECTION[version - 1] ?? 0) * (BLOCKS[version - 1] ?? 0);

const bitsOf = (value: number, length: number): number[] => Array.from({ length }, (_, index) => (value >> (length - 1 - index)) & 1);

/** What is written: mode, length, bytes, padding. */
function written(bytes: Uint8Array, version: number): number[] {
  const bits = [...bitsOf(4, 4), ...bitsOf(bytes.length, version < 10 ? 8 : 16), ...[...bytes].flatMap((byte) => bitsOf(byte, 8)), 0, 0, 0, 0];
  const data: number[] = [];
  for (let at = 0; at < bits.length && data.length < capacity(version); at += 8) data.push(bits.slice(at, at + 8).reduce((byte, bit, index) => byte | (bit << (7 - index)), 0));
  for (let pad = 0xec; data.length < capacity(version); pad ^= 0xec ^ 0x11) data.push(pad);
  return data;
}

/** In blocks with their correction, taken from all blocks in turn. */
function interleaved(data: readonly number[], version: number): number[] {
  const [count, extra] = [BLOCKS[version - 1] ?? 1, CORRECTION[version - 1] ?? 0];
  const short = Math.floor(data.length / count);
  const longer = data.length % count;
  const blocks = Array.from({ length: count }, (_, index) => {
    const from = index * short + Math.max(0, index - (count - longer));
    return data.slice(from, from + short + (index >= count - longer ? 1 : 0));
  });
  const turn = (words: number[][]): number[] => Array.from({ length: Math.max(...words.map(({ length }) => length)) }, (_, at) => words.flatMap((word) => word[at] ?? [])).flat();
  return [...turn(blocks), ...turn(blocks.map((block) => correction(block, extra)))];
}

/** A value with the remainder that protects it. */
function protectedBits(value: number, length: number, divisor: number, degree: number): number[] {
  let rest = value << degree;
  for (let bit = length + degree - 1; bit >= degree; bit--) if ((rest >> bit) & 1) rest ^= divisor << (bit - degree);
  return bitsOf((value << degree) | rest, length + degree);
}

const MASKS: readonly ((x: number, y: number) => boolean)[] = [
  (x, y) => (x + y) % 2 === 0,
  (_, y) => y % 2 === 0,
  (x) => x % 3 === 0,
  (x, y) => (x + y) % 3 === 0,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
  (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

/** The patterns that are the same whatever is written; undefined where codewords go. */
function patterns(version: number): (boolean | undefined)[][] {
  const size = version * 4 + 17;
  const grid = Array.from({ length: size }, () => Array<boolean | undefined>(size).fill(undefined));
  const put = (x: number, y: number, dark: boolean): void => {
    const row = grid[y];
    if (row && x >= 0 && x < size) row[x] = dark;
  };
  const square = (cx: number, cy: number, reach: number, light: readonly number[]): void => {
    for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) put(cx + dx, cy + dy, !light.includes(Math.max(Math.abs(dx), Math.abs(dy))));
  };
  for (let at = 0; at < size; at++) [[at, 6], [6, at]].forEach(([x = 0, y = 0]) => put(x, y, at % 2 === 0));
  const places = alignment(version);
  for (const x of places) for (const y of places) if (!((x === 6 && (y === 6 || y === size - 7)) || (y === 6 && x === size - 7))) square(x, y, 2, [1]);
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) square(x, y, 4, [2, 4]);
  if (version >= 7)
    protectedBits(version, 6, 0x1f25, 12).reverse().forEach((bit, index) => {
      const [a, b] = [size - 11 + (index % 3), Math.floor(index / 3)];
      put(a, b, bit === 1);
      put(b, a, bit === 1);
    });
  format(size, 0, put);
  return grid;
}

/** Level M and the mask, written twice. */
function format(size: number, mask: number, put: (x: number, y: number, dark: boolean) => void): void {
  const bits = protectedBits(mask, 5, 0x537, 10).map((bit, index) => bit ^ (bitsOf(0x5412, 15)[index] ?? 0)).reverse();
  bits.forEach((bit, index) => {
    const dark = bit === 1;
    if (index < 6) put(8, index, dark);
    else if (index < 8) put(8, index + 1, dark);
    else put(index === 8 ? 7 : 14 - index, 8, dark);
    if (index < 8) put(size - 1 - index, 8, dark);
    else put(8, size - 15 + index, dark);
  });
  put(8, size - 8, true);
}

/** Where codewords go, in their order: columns of two from the right, up and down in turn. */
function* path(grid: readonly (boolean | undefined)[][]): Generator<[number, number]> {
  const size = grid.length;
  let up = true;
  for (let right = size - 1; right > 0; right -= right === 8 ? 3 : 2, up = !up) {
    for (let step = 0; step < size; step++) {
      const y = up ? size - 1 - step : step;
      for (const x of [right, right - 1]) if (grid[y]?.[x] === undefined) yield [x, y];
    }
  }
}

/** How badly a camera takes it: long runs, and what looks like a finder pattern (the standard's rules 1 and 3). */
function penalty(modules: Modules): number {
  const line = (row: readonly boolean[]): string => row.map((dark) => (dark ? '1' : '0')).join('');
  const lines = [...modules.map(line), ...modules.map((_, x) => line(modules.map((row) => row[x] ?? false)))];
  const runs = lines.flatMap((text) => text.match(/0{5,}|1{5,}/g) ?? []).reduce((sum, { length }) => sum + length - 2, 0);
  const finders = lines.reduce((sum, text) => sum + [...text.matchAll(/(?=10111010000|00001011101)/g)].length, 0);
  return runs + 40 * finders;
}

/** The code of a text; null when it is too long (412 bytes of UTF-8). */
export function qrCode(text: string): Modules | null {
  const bytes = new TextEncoder().encode(text);
  const version = BLOCKS.findIndex((_, index) => capacity(index + 1) >= bytes.length + (index < 9 ? 2 : 3)) + 1;
  if (version === 0) return null;
  const blank = patterns(version);
  const bits = interleaved(written(bytes, version), version).flatMap((byte) => bitsOf(byte, 8));
  const masked = MASKS.map((mask, number) => {
    const modules = blank.map((row) => row.map((dark) => dark ?? false));
    let at = 0;
    for (const [x, y] of path(blank)) (modules[y] as boolean[])[x] = (bits[at++] === 1) !== mask(x, y);
    format(modules.length, number, (x, y, dark) => void ((modules[y] as boolean[])[x] = dark));
    return modules;
  });
  return masked.reduce((best, one) => (penalty(one) < penalty(best) ? one : best));
}
