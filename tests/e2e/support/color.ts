/** The expected code values, in double precision, from the definitions (ITU-R BT.1886, BT.709; IEC 61966-2-1). */

export type Codes = readonly [number, number, number];

const KR = 0.2126;
const KB = 0.0722;
const KG = 1 - KR - KB;

/** 10-bit limited Y'CbCr (BT.709 matrix) to R'G'B' in 0..1. */
function decode([y, cb, cr]: Codes): Codes {
  const luma = (y - 64) / 876;
  const blue = ((cb - 512) / 896) * 2 * (1 - KB);
  const red = ((cr - 512) / 896) * 2 * (1 - KR);
  return [luma + red, luma - (KB * blue + KR * red) / KG, luma + blue];
}

function encode([red, green, blue]: Codes): Codes {
  const luma = KR * red + KG * green + KB * blue;
  return [64 + 876 * luma, 512 + (896 * (blue - luma)) / (2 * (1 - KB)), 512 + (896 * (red - luma)) / (2 * (1 - KR))];
}

function srgb(linear: number): number {
  return linear <= 0.0031308 ? 12.92 * linear : 1.055 * linear ** (1 / 2.4) - 0.055;
}

/** What the colour stage sends for a code graded on BT.1886: the same light under the sRGB curve, unrounded. */
export function bt1886ToSrgb(codes: Codes): Codes {
  const convert = (value: number): number => srgb(Math.min(1, Math.max(0, value)) ** 2.4);
  const [red, green, blue] = decode(codes);
  return encode([convert(red), convert(green), convert(blue)]);
}
