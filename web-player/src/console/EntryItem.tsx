import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Category, Comment } from '../api/types';
import { t } from '../messages';
import { tc } from '../messages/console';
import { timeOfDay } from '../messages/time';
import { CATEGORIES } from '../room/sorts';
import type { Thread } from '../room/threads';
import type { LogActions } from './CommentsPanel';
import { Status } from './Panel';
import { StillFigure } from './StillFigure';

interface EntryProps {
  thread: Thread<Comment>;
  /** Name of the source it was made on; null when there is only one. */
  source: string | null;
  picked: boolean;
  onPick(): void;
  actions: LogActions;
}

/** A thread as a row of a shot list. */
export function EntryItem({ thread: { first, answers }, source, picked, onPick, actions }: EntryProps): JSX.Element {
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (picked) row.current?.scrollIntoView({ block: 'nearest' });
  }, [picked]);
  return (
    <li ref={row} data-picked={picked ? 'yes' : 'no'} data-resolved={first.resolved_at === null ? 'no' : 'yes'}>
      <button type="button" class="figures shot-timecode" aria-current={picked} title={tc('c_jump')} onClick={onPick}>
        {first.timecode}
      </button>
      <div>
        <Entry comment={first} source={source} />
        {answers.map((answer) => (
          <div key={answer.id} class="log-answer">
            <Entry comment={answer} source={null} />
          </div>
        ))}
        {!first.deleted && <Controls first={first} actions={actions} />}
      </div>
    </li>
  );
}

/** In which state of their picture it was said, and drawn where that is another. */
function pictureFacts({ proof, drawing_proof: drawn }: Comment): string[] {
  const said = proof === null ? [] : [tc(`p_made_${proof}`)];
  return drawn === null || drawn === proof ? said : [...said, tc('p_made_drawing', { state: tc(`p_made_${drawn}`) })];
}

function Entry({ comment, source }: { comment: Comment; source: string | null }): JSX.Element {
  const { text, author, priority, duration_frames: frames, drawing, has_still, resolved_by, created_at, edited_at, deleted, parent_id, frame_witness } = comment;
  if (deleted) return <p class="quiet small">{t('comment_deleted')}</p>;
  const facts = [
    author,
    timeOfDay(created_at),
    ...(source === null ? [] : [source]),
    ...(frames > 1 && parent_id === null ? [t('comment_frames', { count: frames })] : []),
    ...(priority === 'normal' ? [] : [t(`priority_is_${priority}`)]),
    ...(edited_at === null ? [] : [t('comment_edited')]),
    ...pictureFacts(comment),
    ...(resolved_by === null ? [] : [t('comment_resolved_by', { name: resolved_by })]),
  ];
  return (
    <>
      <p class="shot-text">{text}</p>
      <p class="quiet small figures">{facts.join(' · ')}</p>
      {frame_witness === 'contradicted' && (
        <p class="small" title={tc('p_frame_doubt_hint')}>
          <Status tone="warn">{tc('p_frame_doubt')}</Status>
        </p>
      )}
      {(drawing !== null || has_still) && <StillFigure comment={comment} />}
    </>
  );
}

function Controls({ first, actions }: { first: Comment; actions: LogActions }): JSX.Element {
  const [answering, setAnswering] = useState(false);
  const { id, resolved_at, category, timecode } = first;
  return (
    <>
      <div class="log-controls">
        <button type="button" class="button compact" data-testid="log-resolve" onClick={() => actions.change(id, { resolved: resolved_at === null })}>
          {t(resolved_at === null ? 'comment_resolve' : 'comment_reopen')}
        </button>
        <button type="button" class="button compact" data-testid="log-reply" aria-expanded={answering} onClick={() => setAnswering(!answering)}>
          {t('comment_reply')}
        </button>
        <select
          class="compact"
          aria-label={`${t('comment_category')}: ${timecode}`}
          value={category ?? ''}
          onChange={(event) => actions.change(id, { category: (event.currentTarget.value || null) as Category | null })}
        >
          <option value="">{t('category_none')}</option>
          {CATEGORIES.map((each) => (
            <option key={each} value={each}>
              {t(`category_${each}`)}
            </option>
          ))}
        </select>
      </div>
      {answering && <Answer onSend={(text) => (actions.answer(id, text), setAnswering(false))} />}
    </>
  );
}

function Answer({ onSend }: { onSend(text: string): void }): JSX.Element {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus(), []);
  const send = (event: Event): void => {
    event.preventDefault();
    if (text.trim() !== '') onSend(text.trim());
  };
  return (
    <form class="log-reply field" onSubmit={send}>
      <input
        ref={input}
        value={text}
        maxLength={4000}
        aria-label={t('comment_reply')}
        data-testid="log-answer"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button compact" disabled={text.trim() === ''}>
        {t('comment_send')}
      </button>
    </form>
  );
}
