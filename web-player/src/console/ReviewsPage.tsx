import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { listReviews } from '../api/account';
import { asApiError } from '../api/http';
import type { ReviewSummary } from '../api/types';
import { t } from '../messages';
import { tc } from '../messages/console';
import { span } from '../messages/time';

const REFRESH_MS = 5000;

function useReviews(onRefused: (error: unknown) => void): { reviews: ReviewSummary[] | null; problem: string | null } {
  const [reviews, setReviews] = useState<ReviewSummary[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    const read = async (): Promise<void> => {
      try {
        setReviews(await listReviews());
        setProblem(null);
      } catch (error) {
        onRefused(error);
        setProblem(asApiError(error).unreachable ? t('unreachable') : asApiError(error).message);
      }
    };
    void read();
    const timer = window.setInterval(() => void read(), REFRESH_MS);
    return () => window.clearInterval(timer);
  }, []);
  return { reviews, problem };
}

export function ReviewsPage({ onRefused }: { onRefused(error: unknown): void }): JSX.Element {
  const { reviews, problem } = useReviews(onRefused);
  return (
    <main class="page">
      <header class="page-head">
        <h1>{tc('reviews')}</h1>
        <a class="button primary" href="#/new">
          {tc('review_new')}
        </a>
      </header>
      {problem !== null && <p class="problem">{problem}</p>}
      {reviews === null && problem === null && <p class="quiet">{t('loading')}</p>}
      {reviews?.length === 0 && (
        <div class="empty">
          <p>{tc('reviews_none')}</p>
          <p class="quiet">{tc('reviews_none_hint')}</p>
        </div>
      )}
      {reviews !== null && reviews.length > 0 && <ReviewTable reviews={reviews} />}
    </main>
  );
}

function ReviewTable({ reviews }: { reviews: ReviewSummary[] }): JSX.Element {
  return (
    <table class="table reviews">
      <thead>
        <tr>
          <th scope="col">{tc('col_state')}</th>
          <th scope="col">{tc('col_title')}</th>
          <th scope="col">{tc('col_host')}</th>
          <th scope="col">{tc('col_window')}</th>
        </tr>
      </thead>
      <tbody>
        {reviews.map((review) => (
          <tr key={review.id} data-stage={review.state}>
            <td>
              <span class="stage-word" data-stage={review.state}>
                {tc(`stage_${review.state}`)}
              </span>
            </td>
            <td>
              <a href={`#/reviews/${review.id}`}>{review.title}</a> {review.version > 1 && <span class="quiet">{t('version', { version: review.version })}</span>}
            </td>
            <td>{review.host}</td>
            <td class="figures quiet">
              {span(review.starts_at, review.ends_at)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
