import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { LogSearch } from '../api/log';
import type { ReviewSummary } from '../api/types';
import { Field } from '../design/Field';
import { Select } from '../design/Select';
import { t } from '../messages';
import { tc } from '../messages/console';
import { CATEGORIES } from '../room/sorts';

interface SearchProps {
  search: LogSearch;
  reviews: ReviewSummary[];
  projects: readonly (readonly [id: string, name: string])[];
  onSearch(search: LogSearch): void;
}

/** Narrows the log; each choice counts at once, words when Enter is pressed. */
export function LogSearchForm({ search, reviews, projects, onSearch }: SearchProps): JSX.Element {
  const [text, setText] = useState(search.text);
  const set = (patch: Partial<LogSearch>): void => onSearch({ ...search, text, ...patch });
  const submit = (event: Event): void => {
    event.preventDefault();
    set({});
  };
  return (
    <form class="record-search log-search" onSubmit={submit}>
      {projects.length > 1 && (
        <Select
          label={tc('l_project')}
          value={search.project}
          options={[['', tc('s_any')], ...projects]}
          onValue={(project) => set({ project, review: '' })}
          testId="l-project"
        />
      )}
      <Select
        label={tc('s_review')}
        value={search.review}
        options={[['', tc('s_any')], ...reviews.map(({ id, title }): [string, string] => [id, title])]}
        onValue={(review) => set({ review })}
        testId="l-review"
      />
      <Select
        label={tc('c_status')}
        value={search.status}
        options={[['', tc('c_all')], ['open', tc('c_open')], ['resolved', tc('c_resolved')]]}
        onValue={(status) => set({ status })}
        testId="l-status"
      />
      <Select
        label={t('comment_category')}
        value={search.category}
        options={[['', tc('c_every_category')], ...CATEGORIES.map((each) => [each, t(`category_${each}`)] as const)]}
        onValue={(category) => set({ category })}
        testId="l-category"
      />
      <Field label={tc('l_words')} type="search" value={text} onValue={setText} testId="l-words" autocomplete="off" maxLength={200} />
      <div class="look-row">
        <button type="submit" class="button primary" data-testid="l-search">
          {tc('s_search')}
        </button>
      </div>
    </form>
  );
}
