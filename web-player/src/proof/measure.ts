/** What was read against what was sent. */
import { canvasOf, codesOf, deltaE2000, deltaEItp, isHdr, tagsOf, xyzOf, type Tags } from './color';
import { shown, signalOf, type Triple } from './patches';
import type { Samples } from './samples';
import { ageOf, readMessage, SLOTS, type Message } from './strip';

export interface Spread {
  mean: number;
  max: number;
}

export interface Difference extends Spread {
  kind: '2000' | 'itp';
}

export interface Measured {
  message: Message | null;
  /** Of code values, in codes of 10 bits. */
  codeError: Spread | null;
  /** Of the colours that a right display would show. */
  deltaE: Difference | null;
}

const NOTHING: Measured = { message: null, codeError: null, deltaE: null };
/** A patch has this many steps, of half a second each, to become exact before it is judged. */
const SETTLED_STEPS = 2;

export function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, max: Math.max(...values) };
}

const far = (one: Triple, other: Triple): number => Math.max(...one.map((value, index) => Math.abs(value - (other[index] ?? 0))));

/** Slots whose colour has stood for long enough. */
const settled = (message: Message): number[] =>
  Array.from({ length: SLOTS }, (_, slot) => slot).filter((slot) => ageOf(slot, message.step) >= SETTLED_STEPS);

/** The code that was sent: the nearest of the picture's own depth. */
const sentCode = (codes: Triple, bits: number): Triple => {
  const scale = 2 ** (10 - bits);
  return codes.map((code) => Math.round(code / scale) * scale) as Triple;
};

/** Raw samples; `tags` is what the browser takes them for. */
export function measureRaw(samples: Samples, tags: Tags | null): Measured {
  const message = readMessage(samples.cells);
  if (!message) return NOTHING;
  const meant = tagsOf(message.target);
  const kind = isHdr(message.target) ? 'itp' : '2000';
  const [codes, colors]: [number[], number[]] = [[], []];
  for (const slot of settled(message)) {
    const found = samples.patches[slot];
    if (!found) continue;
    const wanted = codesOf(signalOf(shown(slot, message.step)), meant);
    codes.push(far(found, sentCode(wanted, message.bits)));
    if (!tags) continue;
    const [one, other] = [xyzOf(found, tags), xyzOf(wanted, meant)];
    colors.push(kind === 'itp' ? deltaEItp(one, other) : deltaE2000(one, other));
  }
  const difference = spread(colors);
  return { message, codeError: spread(codes), deltaE: difference && { ...difference, kind } };
}

/**
 * How far a right canvas may be off, 0..1: in Chromium 156 without a GPU full blue is 242 of 255 and the other colours fall short in
 * proportion to their Cb, as if its factor were cut off (read from the browser; test/strip.test.ts has the values).
 */
const canvasError = ([, cb]: Triple): number => (0.11 * Math.abs(cb - 512)) / 896;

/** How far a canvas is from what it should show, beyond that; of HDR it is not known what it should. */
export function measureCanvas(samples: Samples): Measured {
  const message = readMessage(samples.cells);
  if (!message) return NOTHING;
  if (isHdr(message.target)) return { ...NOTHING, message };
  const meant = tagsOf(message.target);
  const errors = settled(message).flatMap((slot) => {
    const found = samples.patches[slot];
    const codes = codesOf(signalOf(shown(slot, message.step)), meant);
    return found ? [876 * Math.max(0, far(found, canvasOf(codes, meant)) - canvasError(codes))] : [];
  });
  return { message, codeError: spread(errors), deltaE: null };
}
