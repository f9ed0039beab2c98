/** What a viewer of each target should get for a colour graded on BT.1886, in double precision from the definitions. */
import type { Codes } from "./color.ts";

type Rgb = [number, number, number];
type Matrix = [Rgb, Rgb, Rgb];

const PRIMARIES = {
  bt709: [[0.64, 0.33], [0.3, 0.6], [0.15, 0.06]],
  p3: [[0.68, 0.32], [0.265, 0.69], [0.15, 0.06]],
  bt2020: [[0.708, 0.292], [0.17, 0.797], [0.131, 0.046]],
} as const;
const D65 = [0.3127, 0.329] as const;

const times = (m: Matrix, v: Rgb): Rgb => m.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as Rgb;

function inverse([[a, b, c], [d, e, f], [g, h, i]]: Matrix): Matrix {
  const det = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    [(e * i - f * h) / det, (c * h - b * i) / det, (b * f - c * e) / det],
    [(f * g - d * i) / det, (a * i - c * g) / det, (c * d - a * f) / det],
    [(d * h - e * g) / det, (b * g - a * h) / det, (a * e - b * d) / det],
  ];
}

const xyz = ([x, y]: readonly [number, number]): Rgb => [x / y, 1, (1 - x - y) / y];

/** SMPTE RP 177: linear RGB to CIE XYZ. */
function toXyz(name: keyof typeof PRIMARIES): Matrix {
  const [r, g, b] = PRIMARIES[name].map(xyz) as [Rgb, Rgb, Rgb];
  const columns: Matrix = [[r[0], g[0], b[0]], [r[1], g[1], b[1]], [r[2], g[2], b[2]]];
  const gain = times(inverse(columns), xyz(D65));
  return columns.map((row) => row.map((value, column) => value * (gain[column] ?? 0))) as Matrix;
}

/** SMPTE ST 2084, of light in cd/m2. */
export function pq(light: number): number {
  const power = (Math.max(0, light) / 10_000) ** (2610 / 16384);
  return ((3424 / 4096 + (2413 / 128) * power) / (1 + (2392 / 128) * power)) ** ((2523 / 4096) * 128);
}

export function pqLight(signal: number): number {
  const power = Math.max(0, signal) ** (32 / 2523);
  return 10_000 * (Math.max(0, power - 3424 / 4096) / (2413 / 128 - (2392 / 128) * power)) ** (16384 / 2610);
}

/** ITU-R BT.2100 HLG on a display of 1,000 cd/m2 (gamma 1.2), of light in cd/m2. */
function hlg(light: Rgb): Rgb {
  const relative = light.map((value) => Math.max(0, value) / 1000) as Rgb;
  const luminance = 0.2627 * relative[0] + 0.678 * relative[1] + 0.0593 * relative[2];
  const gain = luminance > 0 ? luminance ** (1 / 1.2 - 1) : 0;
  const [a, b] = [0.17883277, 1 - 4 * 0.17883277];
  const c = 0.5 - a * Math.log(4 * a);
  return relative.map((value) => {
    const scene = value * gain;
    return scene <= 1 / 12 ? Math.sqrt(3 * scene) : a * Math.log(12 * scene - b) + c;
  }) as Rgb;
}

const srgb = (light: number): number => (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);
export const srgbLight = (signal: number): number =>
  signal <= 0.04045 ? signal / 12.92 : ((signal + 0.055) / 1.055) ** 2.4;

interface Target {
  primaries: keyof typeof PRIMARIES;
  /** Weights of red and blue in luma. */
  luma: [number, number];
  encode(light: Rgb): Rgb;
  /** Signal to light, 1 = white, or cd/m2 in HDR. */
  light(signal: number): number;
  /** As `VideoFrame.colorSpace` tells it. */
  tags: { primaries: string; transfer: string; matrix: string; fullRange: boolean };
}

const WHITE = 203;
const each = (curve: (light: number) => number) => (light: Rgb): Rgb => light.map(curve) as Rgb;
const BT709: [number, number] = [0.2126, 0.0722];
const BT2020: [number, number] = [0.2627, 0.0593];

export const TARGETS = {
  srgb709: {
    primaries: "bt709", luma: BT709, encode: each(srgb), light: srgbLight,
    tags: { primaries: "bt709", transfer: "iec61966-2-1", matrix: "bt709", fullRange: false },
  },
  reference709: {
    primaries: "bt709", luma: BT709, encode: each((light) => light ** (1 / 2.4)), light: (signal) => signal ** 2.4,
    tags: { primaries: "bt709", transfer: "bt709", matrix: "bt709", fullRange: false },
  },
  "display-p3": {
    primaries: "p3", luma: BT709, encode: each(srgb), light: srgbLight,
    tags: { primaries: "smpte432", transfer: "iec61966-2-1", matrix: "bt709", fullRange: false },
  },
  hdr10: {
    primaries: "bt2020", luma: BT2020, encode: each((light) => pq(light * WHITE)), light: pqLight,
    tags: { primaries: "bt2020", transfer: "pq", matrix: "bt2020-ncl", fullRange: false },
  },
  hlg: {
    primaries: "bt2020", luma: BT2020, encode: (light) => hlg(light.map((value) => value * WHITE) as Rgb), light: (signal) => signal,
    tags: { primaries: "bt2020", transfer: "hlg", matrix: "bt2020-ncl", fullRange: false },
  },
} as const satisfies Record<string, Target>;

export type TargetName = keyof typeof TARGETS;

const clip = (value: number): number => Math.min(1, Math.max(0, value));

/** R'G'B' of 10-bit limited codes. */
export function signalOf([y, cb, cr]: Codes, [kr, kb]: [number, number]): Rgb {
  const luma = (y - 64) / 876;
  const blue = ((cb - 512) / 896) * 2 * (1 - kb);
  const red = ((cr - 512) / 896) * 2 * (1 - kr);
  return [luma + red, luma - (kb * blue + kr * red) / (1 - kr - kb), luma + blue];
}

function codesOf(signal: Rgb, [kr, kb]: [number, number]): Codes {
  const [red, green, blue] = signal;
  const luma = kr * red + (1 - kr - kb) * green + kb * blue;
  return [64 + 876 * luma, 512 + (448 * (blue - luma)) / (1 - kb), 512 + (448 * (red - luma)) / (1 - kr)];
}

/** Unrounded 10-bit limited codes of a target for 10-bit limited codes graded on BT.1886. */
export function expectedCodes(graded: Codes, name: TargetName): Codes {
  const target: Target = TARGETS[name];
  const light = signalOf(graded, BT709).map((value) => clip(value) ** 2.4) as Rgb;
  const there = times(inverse(toXyz(target.primaries)), times(toXyz("bt709"), light)).map((value) => Math.max(0, value)) as Rgb;
  return codesOf(target.encode(there).map(clip) as Rgb, target.luma);
}

type Lab = Rgb;

function lab(codes: Codes, name: TargetName): Lab {
  const target: Target = TARGETS[name];
  const light = signalOf(codes, target.luma).map((value) => target.light(clip(value))) as Rgb;
  const [x, y, z] = times(toXyz(target.primaries), light);
  const [wx, wy, wz] = xyz(D65);
  const f = (value: number): number => (value > (6 / 29) ** 3 ? Math.cbrt(value) : value / (3 * (6 / 29) ** 2) + 4 / 29);
  const [fx, fy, fz] = [f(x / wx), f(y / wy), f(z / wz)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

/** CIEDE2000 (ISO/CIE 11664-6) of two SDR codes. */
export function deltaE2000(one: Codes, other: Codes, name: TargetName): number {
  const [l1, a1, b1] = lab(one, name);
  const [l2, a2, b2] = lab(other, name);
  const c7 = ((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2) ** 7;
  const g = 0.5 * (1 - Math.sqrt(c7 / (c7 + 25 ** 7)));
  const [p1, p2] = [a1 * (1 + g), a2 * (1 + g)];
  const [c1, c2] = [Math.hypot(p1, b1), Math.hypot(p2, b2)];
  const degrees = (a: number, b: number): number => (a === 0 && b === 0 ? 0 : ((Math.atan2(b, a) * 180) / Math.PI + 360) % 360);
  const [h1, h2] = [degrees(p1, b1), degrees(p2, b2)];
  let dh = h2 - h1;
  if (c1 * c2 === 0) dh = 0;
  else if (dh > 180) dh -= 360;
  else if (dh < -180) dh += 360;
  const rad = (angle: number): number => (angle * Math.PI) / 180;
  const dH = 2 * Math.sqrt(c1 * c2) * Math.sin(rad(dh / 2));
  const mean = (l1 + l2) / 2;
  const chroma = (c1 + c2) / 2;
  let hue = h1 + h2;
  if (c1 * c2 !== 0) hue = Math.abs(h1 - h2) <= 180 ? hue / 2 : hue < 360 ? (hue + 360) / 2 : (hue - 360) / 2;
  const t = 1 - 0.17 * Math.cos(rad(hue - 30)) + 0.24 * Math.cos(rad(2 * hue)) + 0.32 * Math.cos(rad(3 * hue + 6)) - 0.2 * Math.cos(rad(4 * hue - 63));
  const sl = 1 + (0.015 * (mean - 50) ** 2) / Math.sqrt(20 + (mean - 50) ** 2);
  const sc = 1 + 0.045 * chroma;
  const sh = 1 + 0.015 * chroma * t;
  const m7 = chroma ** 7;
  const rt = -Math.sin(rad(60 * Math.exp(-(((hue - 275) / 25) ** 2)))) * 2 * Math.sqrt(m7 / (m7 + 25 ** 7));
  const [dl, dc, dhh] = [(l2 - l1) / sl, (c2 - c1) / sc, dH / sh];
  return Math.sqrt(dl * dl + dc * dc + dhh * dhh + rt * dc * dhh);
}

/** Delta E ITP (ITU-R BT.2124) of two codes of PQ on Rec.2020. */
export function deltaEItp(one: Codes, other: Codes): number {
  const itp = (codes: Codes): Rgb => {
    const [r, g, b] = signalOf(codes, BT2020).map((value) => pqLight(clip(value))) as Rgb;
    const [l, m, s] = [
      (1688 * r + 2146 * g + 262 * b) / 4096,
      (683 * r + 2951 * g + 462 * b) / 4096,
      (99 * r + 309 * g + 3688 * b) / 4096,
    ].map(pq) as Rgb;
    return [0.5 * l + 0.5 * m, 0.5 * ((6610 * l - 13613 * m + 7003 * s) / 4096), (17933 * l - 17390 * m - 543 * s) / 4096];
  };
  const [i1, t1, p1] = itp(one);
  const [i2, t2, p2] = itp(other);
  return 720 * Math.hypot(i1 - i2, t1 - t2, p1 - p2);
}
