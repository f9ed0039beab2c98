import type { JSX } from 'preact';
import { AskOnce } from '../design/AskOnce';
import { t, type MessageKey } from '../messages';
import { timeOfDay } from '../messages/time';
import type { Purpose } from './draft';
import type { ShownComment } from './outbox';
import type { Player } from './player';
import type { Thread } from './threads';

interface ThreadProps {
  thread: Thread<ShownComment>;
  player: Player;
  /** The comment whose drawing is shown over the picture. */
  shown: string | null;
  onPurpose(purpose: Purpose): void;
}

/** A comment, what can be done with it, and what answers it. */
export function ThreadItem({ thread: { first, answers }, player, shown, onPurpose }: ThreadProps): JSX.Element {
  const item = { player, shown, onPurpose };
  return (
    <li class="comment" data-state={first.state} data-resolved={first.resolved ? 'yes' : 'no'} data-testid="thread">
      <CommentBody comment={first} {...item} />
      {answers.length > 0 && (
        <ol class="answers">
          {answers.map((answer) => (
            <li key={answer.id} data-state={answer.state}>
              <CommentBody comment={answer} {...item} />
            </li>
          ))}
        </ol>
      )}
    </li>
  );
}

interface BodyProps extends Omit<ThreadProps, 'thread'> {
  comment: ShownComment;
}

function CommentBody({ comment, player, shown, onPurpose }: BodyProps): JSX.Element {
  if (comment.deleted) return <p class="quiet small">{t('comment_deleted')}</p>;
  return (
    <>
      <Head comment={comment} />
      <p class="comment-text">{comment.text}</p>
      {comment.resolved && comment.resolved_by !== null && (
        <p class="quiet small">{t('comment_resolved_by', { name: comment.resolved_by })}</p>
      )}
      {comment.state === 'unsent' && <Unsent comment={comment} onAgain={() => player.resend(comment.id)} />}
      {comment.state === 'sent' && <Actions comment={comment} player={player} shown={shown} onPurpose={onPurpose} />}
    </>
  );
}

function Head({ comment }: { comment: ShownComment }): JSX.Element {
  const { parent_id, priority, category } = comment;
  const sending = comment.state === 'sending';
  return (
    <p class="comment-head">
      {parent_id === null && <span class="comment-timecode figures">{comment.timecode}</span>}
      {comment.duration_frames > 1 && parent_id === null && (
        <span class="quiet figures">{t('comment_frames', { count: comment.duration_frames })}</span>
      )}
      <span>{comment.mine ? t('you') : comment.author}</span>
      {comment.house && <span class="tag">{t('comment_house')}</span>}
      {category !== null && <span class="tag">{t(`category_${category}`)}</span>}
      {priority !== 'normal' && <span class="tag strong">{t(`priority_is_${priority}`)}</span>}
      {comment.names_me && <span class="tag strong">{t('comment_names_you')}</span>}
      {comment.edited && <span class="quiet">{t('comment_edited')}</span>}
      <span class="quiet figures">{sending ? t('comment_sending') : timeOfDay(comment.created_at)}</span>
    </p>
  );
}

function Actions({ comment, player, shown, onPurpose }: BodyProps): JSX.Element {
  const { id, mine, drawing, author, timecode, parent_id, resolved } = comment;
  const visible = shown === id;
  const show = (): void => {
    const caption = t('comment_drawing_of', { author, timecode });
    player.easel.show(visible || !drawing ? null : { id, drawing, caption });
  };
  return (
    <div class="comment-actions">
      {drawing && (
        <button type="button" class="repin" aria-pressed={visible} data-testid="show-drawing" onClick={show}>
          {t(visible ? 'comment_hide_drawing' : 'comment_show_drawing')}
        </button>
      )}
      {parent_id === null && (
        <button type="button" class="repin" data-testid="comment-reply" onClick={() => onPurpose({ to: 'answer', comment })}>
          {t('comment_reply')}
        </button>
      )}
      {mine && parent_id === null && (
        <button type="button" class="repin" data-testid="comment-resolve" onClick={() => player.change(id, { resolved: !resolved })}>
          {t(resolved ? 'comment_reopen' : 'comment_resolve')}
        </button>
      )}
      {mine && (
        <>
          <button type="button" class="repin" data-testid="comment-edit" onClick={() => onPurpose({ to: 'edit', comment })}>
            {t('comment_edit')}
          </button>
          <AskOnce
            label={t('comment_delete')}
            sure={t('comment_delete_sure')}
            about={t('comment_delete_of', { timecode })}
            testId="comment-delete"
            onSure={() => player.takeBack(id)}
          />
        </>
      )}
    </div>
  );
}

const PROBLEMS: Readonly<Record<string, MessageKey>> = {
  unreachable: 'comment_unreachable',
  frame_unknown: 'comment_frame_unknown',
};

function Unsent({ comment, onAgain }: { comment: ShownComment; onAgain(): void }): JSX.Element {
  return (
    <div class="comment-problem" role="alert">
      <p>{t(PROBLEMS[comment.problem ?? ''] ?? 'comment_refused')}</p>
      {comment.problem !== 'frame_unknown' && (
        <button type="button" class="button compact" onClick={onAgain}>
          {t('comment_again')}
        </button>
      )}
    </div>
  );
}
