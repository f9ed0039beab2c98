import type { JSX } from 'preact';
import type { AuditEntry } from '../api/house';
import type { ReviewSummary } from '../api/types';
import { tc } from '../messages/console';
import { instantExact } from '../messages/time';

interface TableProps {
  entries: AuditEntry[];
  reviews: ReviewSummary[];
  /** Everything this person did. */
  onPerson(person: string): void;
}

export function RecordTable({ entries, reviews, onPerson }: TableProps): JSX.Element {
  const titles = new Map(reviews.map(({ id, title }) => [id, title]));
  if (entries.length === 0) return <p class="quiet">{tc('record_none')}</p>;
  return (
    <table class="table small record-table" data-testid="record">
      <thead>
        <tr>
          <th scope="col">#</th>
          <th scope="col">{tc('a_time')}</th>
          <th scope="col">{tc('a_actor')}</th>
          <th scope="col">{tc('a_action')}</th>
          <th scope="col">{tc('a_about')}</th>
          <th scope="col">{tc('a_network')}</th>
        </tr>
      </thead>
      <tbody class="figures">
        {entries.map((entry) => (
          <EntryRow key={entry.sequence} entry={entry} title={titles.get(entry.review ?? '')} onPerson={onPerson} />
        ))}
      </tbody>
    </table>
  );
}

/** What the record search calls whoever acted: an account's name, a guest's address, or what they are. */
function personOf(entry: AuditEntry): string {
  const address = /<([^<>]+)>$/.exec(entry.person ?? '')?.[1];
  return address ?? (entry.actor ?? '').replace(/^account:/, '');
}

function details(entry: AuditEntry): string {
  const facts = Object.entries((entry.detail ?? {}) as Record<string, string>);
  return [entry.object ?? '', ...facts.map(([name, value]) => `${name}=${value}`)].join(' · ');
}

function EntryRow({ entry, title, onPerson }: { entry: AuditEntry; title: string | undefined; onPerson(person: string): void }): JSX.Element {
  const person = personOf(entry);
  return (
    <tr data-result={entry.result}>
      <td class="quiet">{entry.sequence}</td>
      <td>{instantExact(entry.at)}</td>
      <td>
        <button type="button" class="text-button" title={tc('record_person', { name: person })} onClick={() => onPerson(person)}>
          {entry.person ?? person}
        </button>
      </td>
      <td>
        {entry.action}
        {entry.result !== 'done' && <span class="record-result">{entry.result}</span>}
      </td>
      <td>
        {title !== undefined && <p>{title}</p>}
        <p class="quiet">{details(entry)}</p>
      </td>
      <td class="quiet">{entry.network ?? '–'}</td>
    </tr>
  );
}
