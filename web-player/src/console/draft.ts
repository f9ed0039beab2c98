import type { InputColor, NewReview, SourceSpec } from '../api/types';
import { fromLocalInput, toLocalInput } from '../messages/time';

/** The new-review form as typed. */
export interface Draft {
  title: string;
  host: string;
  kind: SourceSpec['kind'];
  height: string;
  path: string;
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

export type DraftProblem = 'required' | 'order';
export type DraftProblems = Partial<Record<'title' | 'host' | 'path' | 'uri' | 'starts' | 'ends', DraftProblem>>;

const TWO_HOURS_MS = 7_200_000;

export function emptyDraft(now = new Date()): Draft {
  return {
    title: '',
    host: '',
    kind: 'file',
    height: '1080',
    path: '',
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

export function problemsOf(draft: Draft): DraftProblems {
  const problems: DraftProblems = {};
  if (draft.title.trim() === '') problems.title = 'required';
  if (draft.host.trim() === '') problems.host = 'required';
  if (draft.kind === 'file' && draft.path.trim() === '') problems.path = 'required';
  if (draft.kind === 'srt' && draft.uri.trim() === '') problems.uri = 'required';
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
  return { kind: 'srt', uri: draft.uri.trim(), passphrase: draft.srtPassphrase === '' ? null : draft.srtPassphrase };
}

export function toNewReview(draft: Draft): NewReview {
  const now = new Date().toISOString();
  return {
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
