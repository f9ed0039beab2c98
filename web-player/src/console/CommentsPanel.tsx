import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Category, Comment, CommentChange, ListedSource } from '../api/types';
import { t } from '../messages';
import { tc } from '../messages/console';
import { CATEGORIES } from '../room/sorts';
import { threadsOf, type Thread } from '../room/threads';
import { EntryItem } from './EntryItem';
import { useLogKeys } from './logKeys';
import { Panel } from './Panel';
import { StillsPart } from './StillsPart';
import './log.css';

export interface LogActions {
  /** Winds the source to a frame; null when it cannot be wound. */
  jump: ((frame: number) => void) | null;
  change(id: string, change: CommentChange): void;
  answer(id: string, text: string): void;
}

type Status = 'all' | 'open' | 'resolved';
const STATUSES: readonly Status[] = ['all', 'open', 'resolved'];

const passes = ({ first }: Thread<Comment>, status: Status, category: Category | '' | 'none'): boolean =>
  (status === 'all' || (first.resolved_at !== null) === (status === 'resolved')) &&
  (category === '' || (first.category ?? 'none') === category);

interface CommentsProps {
  comments: Comment[];
  sources: ListedSource[];
  actions: LogActions;
}

/** The log of this review. Newest first: what just landed is where the eye is. */
export function CommentsPanel({ comments, sources, actions }: CommentsProps): JSX.Element {
  const [status, setStatus] = useState<Status>('all');
  const [category, setCategory] = useState<Category | '' | 'none'>('');
  const [picked, setPicked] = useState<string | null>(null);
  const all = threadsOf(comments);
  const threads = all.filter((thread) => passes(thread, status, category)).reverse();
  const unsettled = all.filter(({ first }) => first.resolved_at === null && !first.deleted).length;
  // Only frames of the source on air can be wound to.
  const onAir = sources.find((source) => source.on_air);
  const jumpTo = ({ source_id, source_frame }: Comment): (() => void) | null => {
    const { jump } = actions;
    return source_id === onAir?.id && jump ? () => jump(source_frame) : null;
  };
  const pick = (thread: Thread<Comment>): void => {
    setPicked(thread.first.id);
    jumpTo(thread.first)?.();
  };
  // Timecode says which frame it was only together with its source.
  const nameOf = (id: string): string | null =>
    sources.length > 1 ? (sources.find((source) => source.id === id)?.name ?? '–') : null;
  useLogKeys(threads, picked, pick, actions);
  return (
    <Panel title={tc('c_comments')} grow aside={<span class="quiet small figures">{unsettled > 0 ? t('comments_open', { count: unsettled }) : ''}</span>}>
      {all.length === 0 && <p class="quiet">{tc('c_comments_none')}</p>}
      <div class="log-filters">
        {all.length > 0 && (
          <>
            <select class="compact" aria-label={tc('c_status')} data-testid="filter-status" value={status} onChange={(event) => setStatus(event.currentTarget.value as Status)}>
              {STATUSES.map((each) => (
                <option key={each} value={each}>
                  {tc(`c_${each}`)}
                </option>
              ))}
            </select>
            <select
              class="compact"
              aria-label={t('comment_category')}
              data-testid="filter-category"
              value={category}
              onChange={(event) => setCategory(event.currentTarget.value as Category | '' | 'none')}
            >
              <option value="">{tc('c_every_category')}</option>
              {CATEGORIES.map((each) => (
                <option key={each} value={each}>
                  {t(`category_${each}`)}
                </option>
              ))}
              <option value="none">{t('category_none')}</option>
            </select>
          </>
        )}
        <StillsPart comments={comments} sources={sources} jumpTo={jumpTo} />
      </div>
      {all.length > 0 && <p class="quiet small">{tc(actions.jump ? 'c_keys' : 'c_keys_live')}</p>}
      {all.length > 0 && threads.length === 0 && <p class="quiet">{tc('c_none_left')}</p>}
      <ol class="rows shot-list" data-testid="comment-list" aria-live="polite">
        {threads.map((thread) => (
          <EntryItem
            key={thread.first.id}
            thread={thread}
            source={nameOf(thread.first.source_id)}
            picked={thread.first.id === picked}
            onPick={() => pick(thread)}
            actions={actions}
          />
        ))}
      </ol>
    </Panel>
  );
}
