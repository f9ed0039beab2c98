import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { addSource, removeSource, showSource } from '../api/drive';
import { asApiError, type ApiError } from '../api/http';
import type { ListedSource, Review, SourceSpec } from '../api/types';
import { AskOnce } from '../design/AskOnce';
import { Field, Problem } from '../design/Field';
import { t } from '../messages';
import { tc } from '../messages/console';
import { ColorChoice } from './ColorChoice';
import { emptyDraft, sourceProblems, toNewSource, type DraftProblems } from './draft';
import { problemIn, type FormPart } from './NewReviewPage';
import { Panel, Status } from './Panel';
import { PublishPart } from './PublishPart';
import type { Commands } from './ReviewPage';
import { SourceFields } from './SourceFields';

export function specText(spec: SourceSpec): string {
  if (spec.kind === 'file' || spec.kind === 'sequence') return spec.path;
  if (spec.kind === 'srt') return spec.uri;
  if (spec.kind === 'sdi') return `SDI ${spec.device}`;
  if (spec.kind === 'ndi') return spec.name;
  if (spec.kind === 'whip') return tc('f_kind_whip');
  return tc(spec.kind === 'slate' ? 'f_kind_slate' : 'f_kind_test');
}

const sourceTitle = ({ spec, reel }: ListedSource): string => (reel === null ? specText(spec) : `${specText(spec)} · ${tc('source_reel')} ${reel}`);

/** What can be put on air: one row each, and a form for one more. */
export function SourceList({ review, commands }: { review: Review; commands: Commands }): JSX.Element {
  const [adding, setAdding] = useState(false);
  const { feed, run } = commands;
  const show = (source: ListedSource): void => run(async () => feed.put(await showSource(review.id, source.id)));
  const drop = (source: ListedSource): void =>
    run(async () => {
      await removeSource(review.id, source.id);
      feed.patch(({ sources }) => ({ sources: sources.filter(({ id }) => id !== source.id) }));
    });
  return (
    <Panel title={tc('sources')}>
      <ol class="rows" data-testid="source-list">
        {review.sources.map((source) => (
          <li key={source.id} class="source-row" aria-current={source.on_air ? 'true' : undefined}>
            <span class="source-name" title={sourceTitle(source)}>
              {source.name}
            </span>
            {source.on_air ? (
              <Status tone="good">{tc('source_on_air')}</Status>
            ) : (
              <span class="source-actions">
                <button type="button" class="button compact" aria-label={`${tc('source_show')}: ${source.name}`} onClick={() => show(source)}>
                  {tc('source_show')}
                </button>
                <AskOnce label={tc('source_remove')} sure={tc('source_remove_sure')} about={source.name} onSure={() => drop(source)} />
              </span>
            )}
            <PublishPart reviewId={review.id} source={source} commands={commands} />
          </li>
        ))}
      </ol>
      {adding ? (
        <AddSource review={review} commands={commands} done={() => setAdding(false)} />
      ) : (
        <button type="button" class="button compact" onClick={() => setAdding(true)}>
          {tc('source_add')}
        </button>
      )}
    </Panel>
  );
}

interface AddSourceProps {
  review: Review;
  commands: Commands;
  done(): void;
}

function AddSource({ review, commands: { feed }, done }: AddSourceProps): JSX.Element {
  const [draft, setDraft] = useState(emptyDraft);
  const [own, setOwn] = useState<DraftProblems>({});
  const [refusal, setRefusal] = useState<ApiError | null>(null);
  const part: FormPart = {
    draft,
    set: (patch) => setDraft((before) => ({ ...before, ...patch })),
    problem: (field) => problemIn(field, own, refusal),
  };
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const problems = sourceProblems(draft);
    setOwn(problems);
    setRefusal(null);
    if (Object.keys(problems).length > 0) return;
    try {
      feed.put(await addSource(review.id, toNewSource(draft)));
      done();
    } catch (error) {
      setRefusal(asApiError(error));
    }
  };
  const general = refusal && (refusal.unreachable ? t('unreachable') : refusal.message);
  return (
    <form class="add-source" noValidate onSubmit={(event) => void submit(event)}>
      <Field label={tc('f_source_name')} hint={tc('f_source_name_hint')} value={draft.title} onValue={(title) => part.set({ title })} problem={part.problem('name')} />
      <SourceFields {...part} />
      {draft.kind !== 'slate' && <ColorChoice value={draft.color} onValue={(color) => part.set({ color })} />}
      <Problem text={general} />
      <div class="deck">
        <button type="submit" class="button compact">
          {tc('source_added')}
        </button>
        <button type="button" class="button plain compact" onClick={done}>
          {t('cancel')}
        </button>
      </div>
    </form>
  );
}
