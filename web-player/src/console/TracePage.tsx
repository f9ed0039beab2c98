import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { listReviews } from '../api/account';
import { asApiError } from '../api/http';
import { listProjects } from '../api/people';
import { forgetTrace, listTraces, sendLeak, type Scope } from '../api/trace';
import { Problem } from '../design/Field';
import { Select } from '../design/Select';
import { t } from '../messages';
import { tc } from '../messages/console';
import { CodePanel } from './CodePanel';
import { Panel } from './Panel';
import { problemOf, useRemote } from './remote';
import { TraceItem } from './TraceItem';
import './trace.css';

/** While something is compared it is asked again this often. */
const LOOK_MS = 1500;

/** Where to look, as the value of a choice. */
type Place = [string, string];

async function places(): Promise<Place[]> {
  const [projects, reviews] = await Promise.all([listProjects(), listReviews()]);
  return [
    ...projects.map(({ id, name }): Place => [`project:${id}`, tc('trace_project', { name })]),
    ...reviews.map(({ id, title }): Place => [`review:${id}`, tc('trace_review', { title })]),
  ];
}

export function scopeOf(place: string): Scope | null {
  const [kind, id] = place.split(':');
  if (id === undefined) return null;
  return kind === 'review' ? { review: id } : { project: id };
}

/** Whose copy is this? A leak against what was shown, or the code that is read in it. */
export function TracePage({ onRefused }: { onRefused(error: unknown): void }): JSX.Element {
  const where = useRemote(places, onRefused);
  const traces = useRemote(listTraces, onRefused);
  const busy = traces.value?.some(({ state }) => state === 'waiting' || state === 'running') ?? false;
  useEffect(() => {
    if (!busy) return undefined;
    const timer = window.setInterval(traces.read, LOOK_MS);
    return () => window.clearInterval(timer);
  }, [busy]);
  const problem = where.problem ?? traces.problem;
  if (where.value === null) return <main class="page">{problem ? <p class="problem">{problem}</p> : <p class="quiet">{t('loading')}</p>}</main>;
  return (
    <main class="page trace-page">
      <header class="page-head">
        <h1>{tc('trace_title')}</h1>
      </header>
      {problem !== null && <p class="problem">{problem}</p>}
      <LeakForm places={where.value} onSent={traces.read} onRefused={onRefused} />
      <ul class="rows traces" data-testid="traces">
        {traces.value?.map((trace) => (
          <TraceItem key={trace.id} trace={trace} onForget={() => traces.run(() => forgetTrace(trace.id))} />
        ))}
      </ul>
      <CodePanel places={where.value} onRefused={onRefused} />
    </main>
  );
}

interface LeakProps {
  places: Place[];
  onSent(): void;
  onRefused(error: unknown): void;
}

function LeakForm({ places, onSent, onRefused }: LeakProps): JSX.Element {
  const [place, setPlace] = useState(places[0]?.[0] ?? '');
  const [file, setFile] = useState<File | null>(null);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const scope = scopeOf(place);
    if (file === null || scope === null) return;
    setProblem(null);
    setSending(true);
    try {
      await sendLeak(file, scope);
      onSent();
    } catch (error) {
      onRefused(error);
      setProblem(problemOf(asApiError(error)));
    } finally {
      setSending(false);
    }
  };
  return (
    <Panel title={tc('trace_send')}>
      <p class="hint">{tc('trace_lead')}</p>
      <form class="trace-form" onSubmit={(event) => void submit(event)}>
        <Select label={tc('trace_scope')} value={place} options={places} onValue={setPlace} testId="trace-scope" />
        <div class="field">
          <label>
            {tc('trace_file')}
            <input type="file" data-testid="trace-file" onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)} />
          </label>
        </div>
        <button type="submit" class="button primary" disabled={file === null || place === '' || sending} data-testid="trace-send">
          {sending ? tc('trace_sending') : tc('trace_send')}
        </button>
      </form>
      <p class="hint">{tc('trace_kept')}</p>
      <Problem text={problem} />
    </Panel>
  );
}
