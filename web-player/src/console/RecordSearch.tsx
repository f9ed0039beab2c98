import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Search } from '../api/record';
import type { ReviewSummary } from '../api/types';
import { Field } from '../design/Field';
import { Select } from '../design/Select';
import { tc } from '../messages/console';
import { fromLocalInput, toLocalInput, zoneName } from '../messages/time';

interface SearchProps {
  search: Search;
  reviews: ReviewSummary[];
  actions: string[];
  onSearch(search: Search): void;
}

const local = (iso: string | null): string => (iso === null ? '' : toLocalInput(new Date(iso)));

/** "Who saw this review", "what did this person do", or anything else the record knows. */
export function RecordSearch({ search, reviews, actions, onSearch }: SearchProps): JSX.Element {
  const [draft, setDraft] = useState(search);
  useEffect(() => setDraft(search), [search]);
  const set = (patch: Partial<Search>): void => setDraft((before) => ({ ...before, ...patch }));
  const submit = (event: Event): void => {
    event.preventDefault();
    onSearch(draft);
  };
  const saw = (): void => onSearch({ ...draft, person: '', action: 'viewer.joined' });
  return (
    <form class="record-search" onSubmit={submit}>
      <Select
        label={tc('s_review')}
        value={draft.review}
        options={[['', tc('s_any')], ...reviews.map(({ id, title }): [string, string] => [id, title])]}
        onValue={(review) => set({ review })}
        testId="s-review"
      />
      <Field label={tc('s_person')} hint={tc('s_person_hint')} value={draft.person} onValue={(person) => set({ person })} testId="s-person" autocomplete="off" autocapitalize="off" spellcheck={false} />
      <Select
        label={tc('s_action')}
        value={draft.action}
        options={[['', tc('s_any')], ...actions.map((action): [string, string] => [action, action])]}
        onValue={(action) => set({ action })}
        testId="s-action"
      />
      <Field label={tc('s_since')} hint={tc('f_zone', { zone: zoneName() })} type="datetime-local" value={local(draft.since)} onValue={(value) => set({ since: fromLocalInput(value) })} />
      <Field label={tc('s_until')} type="datetime-local" value={local(draft.until)} onValue={(value) => set({ until: fromLocalInput(value) })} />
      <div class="look-row">
        <button type="submit" class="button primary" data-testid="s-search">
          {tc('s_search')}
        </button>
        <button type="button" class="button" disabled={draft.review === ''} data-testid="s-saw" onClick={saw}>
          {tc('s_saw')}
        </button>
      </div>
    </form>
  );
}
