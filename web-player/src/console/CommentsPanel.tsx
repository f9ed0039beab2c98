import type { JSX } from 'preact';
import type { Comment, ListedSource } from '../api/types';
import { tc } from '../messages/console';
import { timeOfDay } from '../messages/time';
import { Panel } from './Panel';

/** Newest first: what just landed is where the eye is. */
export function CommentsPanel({ comments, sources }: { comments: Comment[]; sources: ListedSource[] }): JSX.Element {
  // Timecode says which frame it was only together with its source.
  const nameOf = (id: string): string => (sources.length > 1 ? ` · ${sources.find((source) => source.id === id)?.name ?? '–'}` : '');
  const newest = [...comments].sort((a, b) => b.created_at.localeCompare(a.created_at));
  return (
    <Panel title={tc('c_comments')} grow aside={<span class="quiet small figures">{comments.length || ''}</span>}>
      {newest.length === 0 && <p class="quiet">{tc('c_comments_none')}</p>}
      <ol class="rows shot-list" data-testid="comment-list" aria-live="polite">
        {newest.map((comment) => (
          <li key={comment.id}>
            <span class="figures shot-timecode">{comment.timecode}</span>
            <div>
              <p class="shot-text">{comment.text}</p>
              <p class="quiet small figures">
                {comment.author} · {timeOfDay(comment.created_at)}
                {nameOf(comment.source_id)}
              </p>
            </div>
          </li>
        ))}
      </ol>
    </Panel>
  );
}
