import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { createReview } from '../api/account';
import { asApiError, type ApiError } from '../api/http';
import { Field, Problem } from '../design/Field';
import { t } from '../messages';
import { tc } from '../messages/console';
import { zoneName } from '../messages/time';
import { ColorChoice } from './ColorChoice';
import { emptyDraft, problemsOf, toNewReview, type Draft, type DraftProblem, type DraftProblems } from './draft';
import { LookPicker } from './LookPicker';
import { PreviousField } from './PreviousField';
import { go } from './route';
import { SourceFields } from './SourceFields';

export interface FormPart {
  draft: Draft;
  set(patch: Partial<Draft>): void;
  /** What is wrong with a field: found here, or said by the server. */
  problem(field: string): string | null;
}

const SAID = { order: 'f_order', rate: 'f_rate_wrong', required: 'f_required' } as const;

export function say(problem: DraftProblem | undefined): string | null {
  return problem === undefined ? null : tc(SAID[problem]);
}

export function problemIn(field: string, own: DraftProblems, refusal: ApiError | null): string | null {
  const mine = say(own[field as keyof DraftProblems]);
  if (mine !== null) return mine;
  if (!refusal?.field) return null;
  const last = refusal.field.split('.').pop() ?? '';
  return refusal.field === field || last === field ? refusal.message : null;
}

const FIELDS = ['previous', 'title', 'host', 'path', 'source', 'rate', 'uri', 'passphrase', 'height', 'input_color', 'look_cube', 'look_name'];
const MORE_FIELDS = ['start_timecode', 'drop_frame', 'starts_at', 'ends_at'];

/** A refusal about no field of this form is said at the button. */
function generalProblem(refusal: ApiError | null): string | null {
  if (!refusal) return null;
  if (refusal.unreachable) return t('unreachable');
  const last = refusal.field?.split('.').pop() ?? '';
  return [...FIELDS, ...MORE_FIELDS].includes(last) ? null : refusal.message;
}

export function NewReviewPage({ onRefused }: { onRefused(error: unknown): void }): JSX.Element {
  const [draft, setDraft] = useState(emptyDraft);
  const [own, setOwn] = useState<DraftProblems>({});
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const [busy, setBusy] = useState(false);
  const set = (patch: Partial<Draft>): void => setDraft((before) => ({ ...before, ...patch }));
  const part: FormPart = { draft, set, problem: (field) => problemIn(field, own, refusal) };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const problems = problemsOf(draft);
    setOwn(problems);
    setRefusal(null);
    if (busy || Object.keys(problems).length > 0) return;
    setBusy(true);
    try {
      go({ at: 'review', id: (await createReview(toNewReview(draft))).id });
    } catch (error) {
      onRefused(error);
      setRefusal(asApiError(error));
      setBusy(false);
    }
  };
  return (
    <main class="page">
      <h1>{tc('review_new')}</h1>
      <form class="new-review" noValidate onSubmit={(event) => void submit(event)}>
        <Basics {...part} />
        <SourceFields {...part} />
        <section>
          <ColorChoice value={draft.color} onValue={(color) => set({ color })} />
          <LookPicker {...part} />
        </section>
        <footer>
          <Problem text={generalProblem(refusal)} />
          <button type="submit" class="button primary" aria-busy={busy}>
            {tc('review_create')}
          </button>
        </footer>
      </form>
    </main>
  );
}

function Basics(part: FormPart): JSX.Element {
  const { draft, set, problem } = part;
  const starts = problem('starts') ?? problem('starts_at');
  const ends = problem('ends') ?? problem('ends_at');
  return (
    <section>
      <PreviousField {...part} />
      <Field label={tc('f_title')} hint={tc('f_title_hint')} value={draft.title} onValue={(title) => set({ title })} problem={problem('title')} name="title" autoFocus />
      <Field label={tc('f_host')} hint={tc('f_host_hint')} value={draft.host} onValue={(host) => set({ host })} problem={problem('host')} name="host" />
      <Field label={tc('f_starts')} type="datetime-local" value={draft.starts} onValue={(value) => set({ starts: value })} problem={starts} />
      <Field label={tc('f_ends')} hint={tc('f_zone', { zone: zoneName() })} type="datetime-local" value={draft.ends} onValue={(value) => set({ ends: value })} problem={ends} />
    </section>
  );
}
