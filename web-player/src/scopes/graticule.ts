/** What is written beside a scope: 10-bit codes and, where light is absolute, cd/m2. */
import type { TargetColor } from '../api/color';
import { codesOf, tagsOf } from '../proof/color';
import type { Triple } from '../proof/patches';

export interface Mark {
  /** 10-bit code, limited range. */
  code: number;
  label: string;
}

/** SMPTE ST 2084: signal of light in cd/m2. */
export function pqSignal(nits: number): number {
  const power = (nits / 10_000) ** (2610 / 16384);
  return ((3424 / 4096 + (2413 / 128) * power) / (1 + (2392 / 128) * power)) ** ((2523 / 4096) * 128);
}

/** ITU-R BT.2100 HLG: signal of a grey that a display of 1,000 cd/m2 shows so bright (system gamma 1.2). */
export function hlgSignal(nits: number): number {
  const scene = (nits / 1000) ** (1 / 1.2);
  const [a, b] = [0.17883277, 1 - 4 * 0.17883277];
  const c = 0.5 - a * Math.log(4 * a);
  return scene <= 1 / 12 ? Math.sqrt(3 * scene) : a * Math.log(12 * scene - b) + c;
}

const codeOf = (signal: number): number => Math.round(64 + 876 * signal);

const PQ_NITS = [0.1, 1, 10, 100, 203, 1000, 4000, 10_000];
const HLG_NITS = [1, 10, 50, 203, 500, 1000];
const SDR_PERCENT = [0, 25, 50, 75, 100];

/** Lines of a waveform, dark to bright. */
export function levelMarks(target: TargetColor): Mark[] {
  const light = (nits: readonly number[], signal: (nits: number) => number): Mark[] =>
    nits.map((each) => ({ code: codeOf(signal(each)), label: each >= 1000 ? `${each / 1000}k` : String(each) }));
  if (target === 'hdr10') return light(PQ_NITS, pqSignal);
  if (target === 'hlg') return light(HLG_NITS, hlgSignal);
  return SDR_PERCENT.map((percent) => {
    const code = codeOf(percent / 100);
    return { code, label: String(code) };
  });
}

export interface Target {
  name: string;
  cb: number;
  cr: number;
}

const BARS: readonly (readonly [string, Triple])[] = [
  ['R', [1, 0, 0]],
  ['Mg', [1, 0, 1]],
  ['B', [0, 0, 1]],
  ['Cy', [0, 1, 1]],
  ['G', [0, 1, 0]],
  ['Yl', [1, 1, 0]],
];

/** Where the six colours of bars of 75 % lie on a vectorscope, in 10-bit codes. */
export function barTargets(target: TargetColor): Target[] {
  const tags = tagsOf(target);
  return BARS.map(([name, color]) => {
    const [, cb, cr] = codesOf(color.map((value) => 0.75 * value) as Triple, tags);
    return { name, cb: Math.round(cb), cr: Math.round(cr) };
  });
}

/** The line on which skin of every kind lies, 123 degrees from Cb: from the middle outwards, as steps of Cb and Cr. */
export const SKIN_LINE = { cb: Math.cos((123 * Math.PI) / 180), cr: Math.sin((123 * Math.PI) / 180) } as const;
