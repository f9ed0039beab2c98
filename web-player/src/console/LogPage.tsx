import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { listReviews } from '../api/account';
import { listProjects } from '../api/people';
import { answerEntry, changeEntry, logUrl, searchLog, type LogSearch, type LogThread } from '../api/log';
import type { Comment, ReviewSummary } from '../api/types';
import { t } from '../messages';
import { tc } from '../messages/console';
import type { LogActions } from './CommentsPanel';
import { EntryItem } from './EntryItem';
import { LogSearchForm } from './LogSearchForm';
import { problemOf } from './remote';
import { go } from './route';
import './log.css';

const EVERYTHING: LogSearch = { project: '', review: '', status: '', category: '', text: '' };

/** A thread with a comment in its newer state, or with a new answer. */
export function withEntry(thread: LogThread, comment: Comment): LogThread {
  if (comment.id === thread.first.id) return { ...thread, first: comment };
  if (comment.parent_id !== thread.first.id) return thread;
  const others = thread.answers.filter(({ id }) => id !== comment.id);
  return { ...thread, answers: [...others, comment] };
}

/** The comments of all reviews: what is still open, who said what, taken away as a sheet. */
export function LogPage({ onRefused }: { onRefused(error: unknown): void }): JSX.Element {
  const [search, setSearch] = useState(EVERYTHING);
  const [threads, setThreads] = useState<LogThread[] | null>(null);
  const [more, setMore] = useState(false);
  const [reviews, setReviews] = useState<ReviewSummary[]>([]);
  const [projects, setProjects] = useState<[string, string][]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = async (question: () => Promise<void>): Promise<void> => {
    setProblem(null);
    try {
      await question();
    } catch (error) {
      onRefused(error);
      setProblem(problemOf(error));
    }
  };
  const read = (of: LogSearch, before: string | null): Promise<void> =>
    ask(async () => {
      const found = await searchLog(of, before);
      setThreads((had) => (before === null ? found.threads : [...(had ?? []), ...found.threads]));
      setMore(found.more);
    });
  useEffect(() => {
    void read(search, null);
    void ask(async () => setReviews(await listReviews()));
    void ask(async () => setProjects((await listProjects()).map(({ id, name }) => [id, name])));
  }, []);
  const look = (next: LogSearch): void => {
    setSearch(next);
    void read(next, null);
  };
  const put = (comment: Comment): void => setThreads((had) => (had ?? []).map((thread) => withEntry(thread, comment)));
  const actions: LogActions = {
    jump: null,
    change: (id, change) => void ask(async () => put(await changeEntry(id, change))),
    answer: (id, text) => void ask(async () => put(await answerEntry(id, text))),
  };
  return (
    <main class="page record">
      <h1>{tc('log')}</h1>
      <LogSearchForm search={search} reviews={reviews} projects={projects} onSearch={look} />
      {problem !== null && <p class="problem">{problem}</p>}
      <div class="row">
        <p class="quiet figures" role="status" data-testid="log-count">
          {threads === null ? t('loading') : tc(more ? 'l_count_more' : 'l_count', { count: threads.length })}
        </p>
        <a class="button compact" href={logUrl(search)} download data-testid="log-csv">
          {tc('record_csv')}
        </a>
      </div>
      {threads?.length === 0 && <p class="quiet">{tc('c_none_left')}</p>}
      <ol class="rows shot-list log-all" data-testid="log-threads">
        {(threads ?? []).map((thread) => (
          <LogEntry key={thread.first.id} thread={thread} actions={actions} />
        ))}
      </ol>
      {more && (
        <button type="button" class="button" onClick={() => void read(search, threads?.at(-1)?.first.id ?? null)}>
          {tc('record_more')}
        </button>
      )}
    </main>
  );
}

/** Its timecode leads to the review. */
function LogEntry({ thread, actions }: { thread: LogThread; actions: LogActions }): JSX.Element {
  const open = (): void => go({ at: 'review', id: thread.review_id });
  return <EntryItem thread={thread} source={thread.review_title} picked={false} onPick={open} actions={actions} />;
}
