import type { InputColor, NewReview, NewSource, Rate, SourceSpec } from '../api/types';
import { fromLocalInput, toLocalInput } from '../messages/time';

/** The new-review form as typed. */
export interface Draft {
  /** The review of which this is the next round. */
  previous: string | null;
  title: string;
  host: string;
  kind: SourceSpec['kind'];
  height: string;
  path: string;
  device: string;
  /** Of numbered pictures: frames per second, or two numbers with a slash. */
  rate: string;
  uri: string;
  srtPassphrase: string;
  startTimecode: string;
  dropFrame: boolean;
  color: InputColor;
  lookName: string | null;
  lookCube: string | null;
  starts: string;
  ends: string;
}

export type DraftProblem = 'required' | 'order' | 'rate';
export type DraftProblems = Partial<Record<'title' | 'host' | 'path' | 'rate' | 'uri' | 'starts' | 'ends', DraftProblem>>;

const TWO_HOURS_MS = 7_200_000;

export function emptyDraft(now = new Date()): Draft {
  return {
    previous: null,
    title: '',
    host: '',
    kind: 'file',
    height: '1080',
    path: '',
    device: '0',
    rate: '',
    uri: '',
    srtPassphrase: '',
    startTimecode: '',
    dropFrame: false,
    color: 'bt1886',
    lookName: null,
    lookCube: null,
    starts: toLocalInput(now),
    ends: toLocalInput(new Date(now.getTime() + TWO_HOURS_MS)),
  };
}

/** What is wrong with the part of the form that says where the picture comes from. */
export function sourceProblems(draft: Draft): DraftProblems {
  const problems: DraftProblems = {};
  if ((draft.kind === 'file' || draft.kind === 'sequence' || draft.kind === 'ndi') && draft.path.trim() === '') problems.path = 'required';
  if (draft.kind === 'sequence' && draft.rate.trim() !== '' && rateOf(draft) === null) problems.rate = 'rate';
  if (draft.kind === 'srt' && draft.uri.trim() === '') problems.uri = 'required';
  return problems;
}

function rateOf({ rate, dropFrame }: Draft): Rate | null {
  const [, num, den] = /^(\d{1,6})(?:\/(\d{1,6}))?$/.exec(rate.trim()) ?? [];
  const parsed = { num: Number(num), den: Number(den ?? 1), drop_frame: dropFrame };
  return parsed.num > 0 && parsed.den > 0 ? parsed : null;
}

export function problemsOf(draft: Draft): DraftProblems {
  const problems: DraftProblems = {};
  if (draft.title.trim() === '') problems.title = 'required';
  if (draft.host.trim() === '') problems.host = 'required';
  Object.assign(problems, sourceProblems(draft));
  const starts = fromLocalInput(draft.starts);
  const ends = fromLocalInput(draft.ends);
  if (starts === null) problems.starts = 'required';
  if (ends === null) problems.ends = 'required';
  else if (starts !== null && ends <= starts) problems.ends = 'order';
  return problems;
}

function sourceOf(draft: Draft): SourceSpec {
  if (draft.kind === 'test-reel') return { kind: 'test-reel', height: Number(draft.height) };
  if (draft.kind === 'file') return { kind: 'file', path: draft.path.trim() };
  if (draft.kind === 'sequence') return { kind: 'sequence', path: draft.path.trim(), rate: rateOf(draft) };
  if (draft.kind === 'sdi') return { kind: 'sdi', device: Number(draft.device) };
  if (draft.kind === 'ndi') return { kind: 'ndi', name: draft.path.trim() };
  if (draft.kind === 'slate' || draft.kind === 'whip') return { kind: draft.kind };
  return { kind: 'srt', uri: draft.uri.trim(), passphrase: draft.srtPassphrase === '' ? null : draft.srtPassphrase };
}

export function toNewReview(draft: Draft): NewReview {
  const now = new Date().toISOString();
  return {
    previous: draft.previous,
    title: draft.title.trim(),
    host: draft.host.trim(),
    starts_at: fromLocalInput(draft.starts) ?? now,
    ends_at: fromLocalInput(draft.ends) ?? now,
    source: sourceOf(draft),
    input_color: draft.color,
    look_cube: draft.lookCube,
    look_name: draft.lookName,
    start_timecode: draft.startTimecode.trim() === '' ? null : draft.startTimecode.trim(),
    drop_frame: draft.dropFrame,
  };
}

export function toNewSource(draft: Draft): NewSource {
  const name = draft.title.trim();
  const start = draft.startTimecode.trim();
  return {
    name: name === '' ? null : name,
    source: sourceOf(draft),
    input_color: draft.color,
    start_timecode: start === '' ? null : start,
    drop_frame: draft.dropFrame,
  };
}
