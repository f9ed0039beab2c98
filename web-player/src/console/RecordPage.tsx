import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { listReviews } from '../api/account';
import type { AuditEntry, AuditState } from '../api/house';
import { getAuditState, recordUrl, searchRecord, type Search } from '../api/record';
import type { ReviewSummary } from '../api/types';
import { t } from '../messages';
import { tc } from '../messages/console';
import { RecordSearch } from './RecordSearch';
import { RecordTable } from './RecordTable';
import { problemOf } from './remote';
import { VerifyPanel } from './VerifyPanel';

/** As many as the server gives at once. */
const PAGE = 500;

interface RecordProps {
  /** The review whose entries are shown at first; empty for all. */
  review: string;
  onRefused(error: unknown): void;
}

const everything = (review: string): Search => ({ review, person: '', action: '', since: null, until: null });

/** The record of the house: searched, verified, taken away. */
export function RecordPage({ review, onRefused }: RecordProps): JSX.Element {
  const [search, setSearch] = useState(() => everything(review));
  const [entries, setEntries] = useState<AuditEntry[] | null>(null);
  const [more, setMore] = useState(false);
  const [reviews, setReviews] = useState<ReviewSummary[]>([]);
  const [state, setState] = useState<AuditState | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const failed = (error: unknown): void => {
    onRefused(error);
    setProblem(problemOf(error));
  };
  const read = async (of: Search, before: number | null): Promise<void> => {
    setProblem(null);
    try {
      const found = await searchRecord(of, before);
      setEntries((had) => (before === null ? found : [...(had ?? []), ...found]));
      setMore(found.length === PAGE);
    } catch (error) {
      failed(error);
    }
  };
  useEffect(() => {
    void read(search, null);
    listReviews().then(setReviews, failed);
    getAuditState().then(setState, failed);
  }, []);
  const look = (next: Search): void => {
    setSearch(next);
    void read(next, null);
  };
  return (
    <main class="page record">
      <h1>{tc('record')}</h1>
      <div class="record-head">
        <RecordSearch search={search} reviews={reviews} actions={state?.actions ?? []} onSearch={look} />
        <VerifyPanel state={state} onRefused={onRefused} />
      </div>
      {problem !== null && <p class="problem">{problem}</p>}
      <div class="row">
        <p class="quiet figures" role="status" data-testid="record-count">
          {entries === null ? t('loading') : tc(more ? 'record_count_more' : 'record_count', { count: entries.length })}
        </p>
        <span class="look-row">
          <a class="button compact" href={recordUrl(search, 'csv')} download data-testid="record-csv">
            {tc('record_csv')}
          </a>
          <a class="button compact" href={recordUrl(search, 'json')} download data-testid="record-json">
            {tc('record_json')}
          </a>
        </span>
      </div>
      {entries !== null && <RecordTable entries={entries} reviews={reviews} onPerson={(person) => look({ ...everything(''), person })} />}
      {more && (
        <button type="button" class="button" onClick={() => void read(search, entries?.at(-1)?.sequence ?? null)}>
          {tc('record_more')}
        </button>
      )}
    </main>
  );
}
