/** Colour in double precision, for a handful of patches (ITU-R BT.709, BT.2020, BT.2100, BT.2124; IEC 61966-2-1; CIE 15). */
import type { TargetColor } from '../api/color';
import type { Triple } from './patches';

type Matrix3 = [Triple, Triple, Triple];

/** What code values mean, in the words of `VideoFrame.colorSpace`. */
export interface Tags {
  primaries: string;
  transfer: string;
  matrix: string;
  fullRange: boolean;
}

const TAGS: Readonly<Record<TargetColor, Tags>> = {
  srgb709: { primaries: 'bt709', transfer: 'iec61966-2-1', matrix: 'bt709', fullRange: false },
  reference709: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false },
  'display-p3': { primaries: 'smpte432', transfer: 'iec61966-2-1', matrix: 'bt709', fullRange: false },
  hdr10: { primaries: 'bt2020', transfer: 'pq', matrix: 'bt2020-ncl', fullRange: false },
  hlg: { primaries: 'bt2020', transfer: 'hlg', matrix: 'bt2020-ncl', fullRange: false },
};

/** How pictures of a target are tagged. */
export const tagsOf = (target: TargetColor): Tags => TAGS[target];

export const isHdr = (target: TargetColor): boolean => target === 'hdr10' || target === 'hlg';

/** Weights of red and blue in luma. */
function weights(matrix: string): [number, number] {
  if (matrix === 'bt2020-ncl') return [0.2627, 0.0593];
  return matrix === 'bt470bg' || matrix === 'smpte170m' ? [0.299, 0.114] : [0.2126, 0.0722];
}

/** Y'CbCr in 10-bit codes, not rounded, of R'G'B' 0..1. */
export function codesOf([red, green, blue]: Triple, { matrix, fullRange }: Tags): Triple {
  const [kr, kb] = weights(matrix);
  const luma = kr * red + (1 - kr - kb) * green + kb * blue;
  const [black, range, chroma] = fullRange ? [0, 1023, 1023] : [64, 876, 896];
  return [black + range * luma, 512 + (chroma / 2) * ((blue - luma) / (1 - kb)), 512 + (chroma / 2) * ((red - luma) / (1 - kr))];
}

/** R'G'B' of 10-bit codes. */
export function rgbOf([y, cb, cr]: Triple, { matrix, fullRange }: Tags): Triple {
  const [kr, kb] = weights(matrix);
  const [black, range, chroma] = fullRange ? [0, 1023, 1023] : [64, 876, 896];
  const luma = (y - black) / range;
  const blue = ((cb - 512) / chroma) * 2 * (1 - kb);
  const red = ((cr - 512) / chroma) * 2 * (1 - kr);
  return [luma + red, luma - (kb * blue + kr * red) / (1 - kr - kb), luma + blue];
}

const clip = (value: number): number => Math.min(1, Math.max(0, value));
/** Light of SDR white in cd/m2 (ITU-R BT.2408), so that SDR and HDR can be compared. */
const WHITE = 203;

export const srgbLight = (signal: number): number => (signal <= 0.04045 ? signal / 12.92 : ((signal + 0.055) / 1.055) ** 2.4);
export const srgbSignal = (light: number): number => (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055);

/** SMPTE ST 2084, of light in cd/m2. */
function pq(light: number): number {
  const power = (Math.max(0, light) / 10_000) ** (2610 / 16384);
  return ((3424 / 4096 + (2413 / 128) * power) / (1 + (2392 / 128) * power)) ** ((2523 / 4096) * 128);
}

function pqLight(signal: number): number {
  const power = Math.max(0, signal) ** (32 / 2523);
  return 10_000 * (Math.max(0, power - 3424 / 4096) / (2413 / 128 - (2392 / 128) * power)) ** (16384 / 2610);
}

/** ITU-R BT.2100 HLG on a display of 1,000 cd/m2, whose light depends on all three. */
function hlgLight(signal: Triple): Triple {
  const [a, b] = [0.17883277, 1 - 4 * 0.17883277];
  const c = 0.5 - a * Math.log(4 * a);
  const scene = signal.map((v) => (v <= 0.5 ? (v * v) / 3 : (Math.exp((v - c) / a) + b) / 12)) as Triple;
  const luminance = 0.2627 * scene[0] + 0.678 * scene[1] + 0.0593 * scene[2];
  const gain = luminance > 0 ? 1000 * luminance ** 0.2 : 0;
  return scene.map((v) => v * gain) as Triple;
}

/** Linear light in cd/m2 of R'G'B'. */
function lightOf(signal: Triple, transfer: string): Triple {
  const inside = signal.map(clip) as Triple;
  if (transfer === 'pq') return inside.map(pqLight) as Triple;
  if (transfer === 'hlg') return hlgLight(inside);
  const curve = transfer === 'iec61966-2-1' ? srgbLight : transfer === 'linear' ? (v: number) => v : (v: number) => v ** 2.4;
  return inside.map((v) => WHITE * curve(v)) as Triple;
}

const times = (m: Matrix3, v: Triple): Triple => m.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as Triple;

/** RGB to CIE XYZ, D65 (SMPTE RP 177). */
const TO_XYZ: Readonly<Record<string, Matrix3>> = {
  bt709: [[0.4123908, 0.3575843, 0.1804808], [0.212639, 0.7151687, 0.0721923], [0.0193308, 0.1191948, 0.9505322]],
  smpte432: [[0.4865709, 0.2656677, 0.1982173], [0.2289746, 0.6917385, 0.0792869], [0, 0.0451134, 1.0439444]],
  bt2020: [[0.636958, 0.1446169, 0.168881], [0.2627002, 0.6779981, 0.0593017], [0, 0.0280727, 1.0609851]],
  // SMPTE-C, which standard definition is tagged with.
  smpte170m: [[0.3935209, 0.3652581, 0.1916769], [0.2123764, 0.7010599, 0.0865638], [0.0187391, 0.1119339, 0.9583847]],
};
/** CIE XYZ to LMS is done from BT.2020 RGB. */
const XYZ_TO_2020: Matrix3 = [
  [1.7166512, -0.3556708, -0.2533663], [-0.6666844, 1.6164812, 0.0157685], [0.0176399, -0.0427706, 0.9421031],
];

/** Light of 10-bit codes that are taken for what `tags` say, as CIE XYZ in cd/m2. */
export function xyzOf(codes: Triple, tags: Tags): Triple {
  return times(TO_XYZ[tags.primaries] ?? (TO_XYZ['bt709'] as Matrix3), lightOf(rgbOf(codes, tags), tags.transfer));
}

const BT709_FROM_XYZ: Matrix3 = [
  [3.2409699, -1.5373832, -0.4986108], [-0.9692436, 1.8759675, 0.0415551], [0.0556301, -0.203977, 1.0569715],
];

/** R'G'B' of sRGB, 0..1, as a page's canvas would show codes of an SDR target: Chromium takes all SDR curves for sRGB's. */
export function canvasOf(codes: Triple, tags: Tags): Triple {
  const xyz = xyzOf(codes, { ...tags, transfer: 'iec61966-2-1' });
  return times(BT709_FROM_XYZ, xyz).map((light) => srgbSignal(clip(light / WHITE))) as Triple;
}

function lab([x, y, z]: Triple): Triple {
  const f = (t: number): number => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const [fx, fy, fz] = [f(x / WHITE / 0.9504559), f(y / WHITE), f(z / WHITE / 1.0890578)];
  return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)];
}

const RAD = Math.PI / 180;

/** CIEDE2000 (ISO/CIE 11664-6) of two XYZ in cd/m2, white at 203. */
export function deltaE2000(one: Triple, other: Triple): number {
  const [[l1, a1, b1], [l2, a2, b2]] = [lab(one), lab(other)];
  const c7 = ((Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2) ** 7;
  const g = 0.5 * (1 - Math.sqrt(c7 / (c7 + 25 ** 7)));
  const [p1, p2] = [a1 * (1 + g), a2 * (1 + g)];
  const [c1, c2] = [Math.hypot(p1, b1), Math.hypot(p2, b2)];
  const hue = (a: number, b: number): number => (a === 0 && b === 0 ? 0 : (Math.atan2(b, a) / RAD + 360) % 360);
  const [h1, h2] = [hue(p1, b1), hue(p2, b2)];
  const colored = c1 * c2 !== 0;
  let dh = colored ? h2 - h1 : 0;
  if (Math.abs(dh) > 180) dh -= Math.sign(dh) * 360;
  let middle = h1 + h2;
  if (colored) middle = Math.abs(h1 - h2) <= 180 ? middle / 2 : (middle + (middle < 360 ? 360 : -360)) / 2;
  const [lightness, chroma] = [(l1 + l2) / 2, (c1 + c2) / 2];
  const cos = (factor: number, shift: number): number => Math.cos(RAD * (factor * middle + shift));
  const t = 1 - 0.17 * cos(1, -30) + 0.24 * cos(2, 0) + 0.32 * cos(3, 6) - 0.2 * cos(4, -63);
  const sl = 1 + (0.015 * (lightness - 50) ** 2) / Math.sqrt(20 + (lightness - 50) ** 2);
  const m7 = chroma ** 7;
  const rt = -Math.sin(RAD * 60 * Math.exp(-(((middle - 275) / 25) ** 2))) * 2 * Math.sqrt(m7 / (m7 + 25 ** 7));
  const dl = (l2 - l1) / sl;
  const dc = (c2 - c1) / (1 + 0.045 * chroma);
  const dH = (2 * Math.sqrt(c1 * c2) * Math.sin((RAD * dh) / 2)) / (1 + 0.015 * chroma * t);
  return Math.sqrt(dl * dl + dc * dc + dH * dH + rt * dc * dH);
}

/** Delta E ITP (ITU-R BT.2124) of two XYZ in cd/m2. */
export function deltaEItp(one: Triple, other: Triple): number {
  const itp = (xyz: Triple): Triple => {
    const [r, g, b] = times(XYZ_TO_2020, xyz);
    const [l, m, s] = [
      (1688 * r + 2146 * g + 262 * b) / 4096,
      (683 * r + 2951 * g + 462 * b) / 4096,
      (99 * r + 309 * g + 3688 * b) / 4096,
    ].map(pq) as Triple;
    return [0.5 * l + 0.5 * m, 0.5 * ((6610 * l - 13613 * m + 7003 * s) / 4096), (17933 * l - 17390 * m - 543 * s) / 4096];
  };
  const [[i1, t1, p1], [i2, t2, p2]] = [itp(one), itp(other)];
  return 720 * Math.hypot(i1 - i2, t1 - t2, p1 - p2);
}
