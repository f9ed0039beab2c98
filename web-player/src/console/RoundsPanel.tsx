import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { getRounds } from '../api/round';
import type { Comment, Review, Rounds } from '../api/types';
import { t } from '../messages';
import { tc } from '../messages/console';
import { Panel, Status } from './Panel';

/** What the last version was to be changed in, and whether that is settled. Nothing where there is no round before. */
export function RoundsPanel({ review }: { review: Review }): JSX.Element | null {
  const [rounds, setRounds] = useState<Rounds | null>(null);
  useEffect(() => {
    if (review.previous !== null) getRounds(review.id).then(setRounds, () => undefined);
  }, [review.id]);
  if (!rounds) return null;
  return (
    <Panel title={tc('rounds')}>
      <table class="table rounds" data-testid="rounds">
        <thead>
          <tr>
            <th scope="col">{tc('round_version')}</th>
            <th scope="col">{tc('round_threads')}</th>
            <th scope="col">{tc('round_open')}</th>
          </tr>
        </thead>
        <tbody>
          {rounds.rounds.map(({ review: { id, title, version }, threads, open }) => (
            <tr key={id}>
              <td>
                {id === review.id ? t('version', { version }) : <a href={`#/reviews/${id}`}>{`${t('version', { version })} ${title}`}</a>}
              </td>
              <td class="figures">{threads}</td>
              <td class="figures">{open}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <details open={rounds.last.some((comment) => comment.resolved_at === null)}>
        <summary class="small">{tc('round_last', { count: rounds.last.length })}</summary>
        <ol class="rows" data-testid="round-last">
          {rounds.last.map((comment) => (
            <LastItem key={comment.id} comment={comment} />
          ))}
        </ol>
      </details>
    </Panel>
  );
}

function LastItem({ comment: { timecode, text, author, resolved_at, resolved_by } }: { comment: Comment }): JSX.Element {
  const settled = resolved_at !== null;
  return (
    <li class="round-item">
      <span class="figures">{timecode}</span>
      <span class={settled ? 'quiet' : ''}>{text}</span>
      <span class="small">
        <Status tone={settled ? 'good' : 'warn'}>{settled ? t('comment_resolved_by', { name: resolved_by ?? '–' }) : tc('round_still_open', { author })}</Status>
      </span>
    </li>
  );
}
