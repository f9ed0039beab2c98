import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { listAudit } from '../api/account';
import type { AuditEntry } from '../api/house';
import type { Review } from '../api/types';
import { tc } from '../messages/console';
import { timeOfDay } from '../messages/time';

const SETTLE_MS = 600;

/** Read when opened, and again a moment after anything happens in the review. */
function useAudit(review: Review, open: boolean): AuditEntry[] {
  const [entries, setEntries] = useState<AuditEntry[]>([]);
  const { viewers, links, comments, state } = review;
  const pulse = [state, comments.length, ...links.map((link) => link.state), ...viewers.map((viewer) => viewer.state)].join();
  useEffect(() => {
    if (!open) return undefined;
    const read = (): void => {
      listAudit(review.id).then(setEntries, () => undefined);
    };
    const timer = window.setTimeout(read, entries.length === 0 ? 0 : SETTLE_MS);
    return () => window.clearTimeout(timer);
  }, [open, pulse]);
  return entries;
}

export function AuditList({ review }: { review: Review }): JSX.Element {
  const [open, setOpen] = useState(false);
  const entries = useAudit(review, open);
  return (
    <details class="audit" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{tc('audit')}</summary>
      <div class="audit-scroll" tabIndex={0}>
        <table class="table small" data-testid="audit">
          <thead>
            <tr>
              <th scope="col">#</th>
              <th scope="col">{tc('a_time')}</th>
              <th scope="col">{tc('a_actor')}</th>
              <th scope="col">{tc('a_action')}</th>
              <th scope="col">{tc('a_result')}</th>
              <th scope="col">{tc('a_network')}</th>
            </tr>
          </thead>
          <tbody class="figures">
            {entries.map((entry) => (
              <AuditRow key={entry.sequence} entry={entry} />
            ))}
          </tbody>
        </table>
        {entries.length === 0 && <p class="quiet">{tc('audit_none')}</p>}
      </div>
    </details>
  );
}

function AuditRow({ entry }: { entry: AuditEntry }): JSX.Element {
  const detail = entry.detail === null || entry.detail === undefined ? '' : JSON.stringify(entry.detail);
  return (
    <tr title={detail}>
      <td class="quiet">{entry.sequence}</td>
      <td>{timeOfDay(entry.at)}</td>
      <td>{entry.actor ?? '–'}</td>
      <td>{entry.action}</td>
      <td>{entry.result}</td>
      <td class="quiet">{entry.network ?? '–'}</td>
    </tr>
  );
}
