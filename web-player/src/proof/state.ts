/** From what was seen to a state and its reasons. */
import { isHdr, tagsOf } from './color';
import type { Reading } from './reading';

export type ProofState = 'true' | 'reduced' | 'wrong' | 'unknown';

/** The closed list of the server. */
export const REASONS = [
  'eight_bit', 'chroma_420', 'smaller', 'lower_rate', 'hdr_tone_mapped', 'matrix', 'range', 'transfer', 'primaries', 'code_values',
  'filter', 'color_profile', 'scaled', 'no_raw_access', 'no_strip', 'no_picture', 'hidden',
] as const;
export type Reason = (typeof REASONS)[number];

export interface PageFacts {
  hidden: boolean;
  /** A style of the picture or of what it stands in changes colours, or something lies over it. */
  filtered: boolean;
  /** The display's profile is none of a display. */
  oddProfile: boolean;
  /** High dynamic range is shown as such. */
  hdrShown: boolean;
  /** Shown in less than half its size. */
  scaled: boolean;
}

export interface Evidence {
  hasPicture: boolean;
  page: PageFacts;
  /** The last looks, newest last. */
  readings: readonly Reading[];
  /** Fewer rows than the source has. */
  smaller: boolean;
  /** Fewer pictures in a second than the source has. */
  slower: boolean;
}

export interface Verdict {
  state: ProofState;
  reasons: Reason[];
}

/** In codes of 10 bits: more than this is no code value of ours any more. */
const WRONG_CODES = 24;
/** More than this, for three seconds, is a picture that has too few bits. */
const COARSE_CODES = { mean: 3, max: 10 };
const COARSE_LOOKS = 6;
/** The same for what a canvas of 8 bits shows, beyond its own known error. */
const WRONG_CANVAS = { mean: 24, max: 100 };
/** So many looks in a row must agree before anything is said. */
const LOOKS = 2;

/** What every one of the last looks finds. */
function always(readings: readonly Reading[], count: number, finds: (reading: Reading) => boolean): boolean {
  const last = readings.slice(-count);
  return last.length === count && last.every(finds);
}

function misread(reading: Reading): Reason[] {
  const { message, raw } = reading;
  if (!message || !raw?.tags) return [];
  const [meant, found] = [tagsOf(message.target), raw.tags];
  const reasons: Reason[] = [];
  if (found.matrix !== meant.matrix) reasons.push('matrix');
  if (found.fullRange !== meant.fullRange) reasons.push('range');
  if (found.transfer !== meant.transfer) reasons.push('transfer');
  if (found.primaries !== meant.primaries) reasons.push('primaries');
  return reasons;
}

const wrongRaw = ({ raw, codeError }: Reading): boolean => raw !== null && codeError !== null && codeError.mean > WRONG_CODES;

const wrongShown = ({ canvas }: Reading): boolean =>
  canvas !== null && (canvas.mean > WRONG_CANVAS.mean || canvas.max > WRONG_CANVAS.max);

const coarse = ({ raw, codeError }: Reading): boolean =>
  raw !== null && codeError !== null && (codeError.mean > COARSE_CODES.mean || codeError.max > COARSE_CODES.max);

function wrongReasons(readings: readonly Reading[]): Reason[] {
  const found = readings.at(-1);
  const reasons = (found ? misread(found) : []).filter((reason) =>
    always(readings, LOOKS, (reading) => misread(reading).includes(reason)),
  );
  // A canvas is not asked at every look.
  const shown = readings.filter(({ canvas }) => canvas !== null);
  if (always(readings, LOOKS, wrongRaw) || always(shown, LOOKS, wrongShown)) reasons.push('code_values');
  return reasons;
}

const has8Bits = ({ message, raw }: Reading): boolean => message?.bits === 8 || raw?.bits === 8;
const has420 = ({ message, raw }: Reading): boolean =>
  message?.chroma === '4:2:0' || (raw !== null && raw.chroma !== '4:4:4');
const hasHdr = ({ message }: Reading): boolean => message !== null && isHdr(message.target);

function reducedReasons(last: Reading, { readings, page, smaller, slower }: Evidence): Reason[] {
  const found: [Reason, boolean][] = [
    ['eight_bit', has8Bits(last)],
    ['chroma_420', has420(last)],
    ['smaller', smaller],
    ['lower_rate', slower],
    ['scaled', page.scaled],
    ['hdr_tone_mapped', hasHdr(last) && !page.hdrShown],
    ['code_values', always(readings, COARSE_LOOKS, coarse)],
  ];
  return found.filter(([, holds]) => holds).map(([reason]) => reason);
}

/** The worst that holds, and why. Every reason of that state is named. */
export function judge(evidence: Evidence): Verdict {
  const { hasPicture, page, readings } = evidence;
  if (page.hidden) return { state: 'unknown', reasons: ['hidden'] };
  if (!hasPicture) return { state: 'unknown', reasons: ['no_picture'] };
  const wrong: Reason[] = [];
  if (page.filtered) wrong.push('filter');
  if (page.oddProfile) wrong.push('color_profile');
  wrong.push(...wrongReasons(readings));
  if (wrong.length > 0) return { state: 'wrong', reasons: wrong };
  if (always(readings, LOOKS, ({ message }) => message === null)) return { state: 'unknown', reasons: ['no_strip'] };
  const last = readings.findLast(({ message }) => message !== null);
  if (!last) return { state: 'unknown', reasons: ['no_picture'] };
  const reduced = reducedReasons(last, evidence);
  if (!last.raw?.tags) return { state: 'unknown', reasons: ['no_raw_access', ...reduced] };
  return reduced.length > 0 ? { state: 'reduced', reasons: reduced } : { state: 'true', reasons: [] };
}
