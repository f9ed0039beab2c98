import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from '../design/Icon';
import { t, type MessageKey } from '../messages';
import { timeOfDay } from '../messages/time';
import { Composer } from './Composer';
import type { ShownComment } from './outbox';
import type { Player, RoomView } from './player';

interface DrawerProps {
  player: Player;
  view: RoomView;
  open: boolean;
  /** Grows each time the cursor is wanted in the input. */
  focus: number;
  onClose(): void;
}

/** Comments beside the picture; a sheet from below on phones. Closed it stays, with what was typed. */
export function Drawer({ player, view, open, focus, onClose }: DrawerProps): JSX.Element {
  return (
    <aside class="drawer" hidden={!open} aria-label={t('comments')}>
      <header class="drawer-head">
        <h2>{t('comments')}</h2>
        <span class="quiet figures small">{view.comments.length > 0 ? view.comments.length : ''}</span>
        <IconButton icon="close" label={t('close')} onClick={onClose} />
      </header>
      <CommentList comments={view.comments} open={open} onAgain={(id) => player.resend(id)} />
      <Composer player={player} focus={focus} ready={view.hasFrame} />
    </aside>
  );
}

interface ListProps {
  comments: ShownComment[];
  open: boolean;
  onAgain(id: string): void;
}

function CommentList({ comments, open, onAgain }: ListProps): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [comments.length, open]);
  return (
    <ol class="comments" data-testid="comment-list" aria-live="polite" tabIndex={0} ref={list}>
      {comments.map((comment) => (
        <CommentItem key={comment.id} comment={comment} onAgain={onAgain} />
      ))}
      {comments.length === 0 && (
        <li class="comments-none">
          <p>{t('comments_none')}</p>
          <p class="quiet small">{t('comments_none_hint')}</p>
        </li>
      )}
    </ol>
  );
}

const PROBLEMS: Readonly<Record<string, MessageKey>> = {
  unreachable: 'comment_unreachable',
  frame_unknown: 'comment_frame_unknown',
};

function CommentItem({ comment, onAgain }: { comment: ShownComment; onAgain(id: string): void }): JSX.Element {
  return (
    <li class="comment" data-state={comment.state}>
      <p class="comment-head">
        <span class="comment-timecode figures">{comment.timecode}</span>
        <span>{comment.mine ? t('you') : comment.author}</span>
        <span class="quiet figures">{comment.state === 'sending' ? t('comment_sending') : timeOfDay(comment.created_at)}</span>
      </p>
      <p class="comment-text">{comment.text}</p>
      {comment.state === 'unsent' && (
        <div class="comment-problem" role="alert">
          <p>{t(PROBLEMS[comment.problem ?? ''] ?? 'comment_refused')}</p>
          {comment.problem !== 'frame_unknown' && (
            <button type="button" class="button compact" onClick={() => onAgain(comment.id)}>
              {t('comment_again')}
            </button>
          )}
        </div>
      )}
    </li>
  );
}
