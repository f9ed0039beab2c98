import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { listReviews } from '../api/account';
import type { ReviewSummary } from '../api/types';
import { t } from '../messages';
import { tc } from '../messages/console';
import type { FormPart } from './NewReviewPage';

/** Which review this is the next round of; its title and host are taken over. */
export function PreviousField({ draft, set, problem }: FormPart): JSX.Element | null {
  const [reviews, setReviews] = useState<ReviewSummary[]>([]);
  useEffect(() => {
    listReviews().then(setReviews, () => undefined);
  }, []);
  const wrong = problem('previous');
  if (reviews.length === 0) return null;
  const choose = (id: string): void => {
    const found = reviews.find((review) => review.id === id);
    set(found ? { previous: id, title: found.title, host: found.host } : { previous: null });
  };
  return (
    <div class="field">
      <label for="previous">{tc('f_previous')}</label>
      <select id="previous" data-testid="previous" value={draft.previous ?? ''} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">{tc('f_previous_none')}</option>
        {reviews.map(({ id, title, version }) => (
          <option key={id} value={id}>
            {`${title} ${t('version', { version })}`}
          </option>
        ))}
      </select>
      <span class="hint">{tc('f_previous_hint')}</span>
      {wrong !== null && <span class="problem">{wrong}</span>}
    </div>
  );
}
