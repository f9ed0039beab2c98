import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../design/Icon';
import { t } from '../messages';
import { useStore } from '../store';
import { Composer } from './Composer';
import type { Purpose } from './draft';
import type { ShownComment } from './outbox';
import type { Player, RoomView } from './player';
import { ThreadItem } from './ThreadItem';
import { threadsOf, type Thread } from './threads';

interface DrawerProps {
  player: Player;
  view: RoomView;
  open: boolean;
  /** Grows each time the cursor is wanted in the input. */
  focus: number;
  onClose(): void;
}

const SAY: Purpose = { to: 'say' };

/** Comments beside the picture; a sheet from below on phones. Closed it stays, with what was typed. */
export function Drawer({ player, view, open, focus, onClose }: DrawerProps): JSX.Element {
  const [purpose, setPurpose] = useState<Purpose>(SAY);
  const threads = threadsOf(view.comments);
  const unsettled = threads.filter(({ first }) => !first.resolved && !first.deleted).length;
  const here = view.people.filter((person) => person.here).length;
  return (
    <aside class="drawer" hidden={!open} aria-label={t('comments')}>
      <header class="drawer-head">
        <h2>{t('comments')}</h2>
        <span class="quiet figures small">{unsettled > 0 ? t('comments_open', { count: unsettled }) : ''}</span>
        <span class="quiet figures small" title={namesOf(view)}>
          {here > 1 ? t('people_here', { count: here }) : ''}
        </span>
        <IconButton icon="close" label={t('close')} onClick={onClose} />
      </header>
      <ThreadList threads={threads} count={view.comments.length} open={open} player={player} onPurpose={setPurpose} />
      <div>
        {view.changeProblem !== null && (
          <p class="problem drawer-problem" role="alert">
            {view.changeProblem === '' ? t('comment_change_unreachable') : t('comment_change_failed', { message: view.changeProblem })}
          </p>
        )}
        <Composer player={player} view={view} focus={focus} purpose={purpose} onDone={() => setPurpose(SAY)} />
      </div>
    </aside>
  );
}

const namesOf = (view: RoomView): string =>
  view.people
    .filter((person) => person.here)
    .map((person) => person.name)
    .join(', ');

interface ListProps {
  threads: Thread<ShownComment>[];
  /** Of all comments: a new one is scrolled to. */
  count: number;
  open: boolean;
  player: Player;
  onPurpose(purpose: Purpose): void;
}

function ThreadList({ threads, count, open, player, onPurpose }: ListProps): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  const { shown } = useStore(player.easel.store);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [count, open]);
  return (
    <ol class="comments" data-testid="comment-list" aria-live="polite" aria-label={t('comments')} tabIndex={0} ref={list}>
      {threads.map((thread) => (
        <ThreadItem key={thread.first.id} thread={thread} player={player} shown={shown?.id ?? null} onPurpose={onPurpose} />
      ))}
      {threads.length === 0 && (
        <li class="comments-none">
          <p>{t('comments_none')}</p>
          <p class="quiet small">{t('comments_none_hint')}</p>
        </li>
      )}
    </ol>
  );
}
