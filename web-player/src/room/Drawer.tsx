import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../design/Icon';
import { t } from '../messages';
import { useStore } from '../store';
import { Composer } from './Composer';
import type { Purpose } from './draft';
import type { ShownComment } from './outbox';
import type { Player, RoomView } from './player';
import { ChatPart } from './ChatPart';
import { People } from './People';
import { ThreadItem } from './ThreadItem';
import { threadsOf, type Thread } from './threads';

export type DrawerPart = 'comments' | 'chat';

interface DrawerProps {
  player: Player;
  view: RoomView;
  open: boolean;
  part: DrawerPart;
  onPart(part: DrawerPart): void;
  /** Grows each time the cursor is wanted in the input. */
  focus: number;
  onClose(): void;
}

const SAY: Purpose = { to: 'say' };

/** Comments beside the picture; a sheet from below on phones. Closed it stays, with what was typed. */
export function Drawer({ player, view, open, part, onPart, focus, onClose }: DrawerProps): JSX.Element {
  const [purpose, setPurpose] = useState<Purpose>(SAY);
  const threads = threadsOf(view.comments);
  const unsettled = threads.filter(({ first }) => !first.resolved && !first.deleted).length;
  return (
    <aside class="drawer" hidden={!open} aria-label={t('comments')}>
      <header class="drawer-head">
        <Parts player={player} part={part} unsettled={unsettled} onPart={onPart} />
        <IconButton icon="close" label={t('close')} onClick={onClose} />
      </header>
      <People people={view.people} me={view.room.viewer.link_id} />
      <div class="drawer-part" hidden={part !== 'comments'}>
        <ThreadList threads={threads} count={view.comments.length} open={open} player={player} onPurpose={setPurpose} />
        <div>
          {view.changeProblem !== null && (
            <p class="problem drawer-problem" role="alert">
              {view.changeProblem === '' ? t('comment_change_unreachable') : t('comment_change_failed', { message: view.changeProblem })}
            </p>
          )}
          <Composer player={player} view={view} focus={part === 'comments' ? focus : 0} purpose={purpose} onDone={() => setPurpose(SAY)} />
        </div>
      </div>
      <ChatPart player={player} open={open && part === 'chat'} focus={focus} />
    </aside>
  );
}

interface PartsProps {
  player: Player;
  part: DrawerPart;
  unsettled: number;
  onPart(part: DrawerPart): void;
}

/** Which of the two is shown: what is said about frames, or beside them. */
function Parts({ player, part, unsettled, onPart }: PartsProps): JSX.Element {
  const { unread } = useStore(player.company.store);
  const counts = { comments: unsettled > 0 ? t('comments_open', { count: unsettled }) : '', chat: unread > 0 ? t('chat_unread', { count: unread }) : '' };
  return (
    <div class="parts">
      {(['comments', 'chat'] as const).map((each) => (
        <button key={each} type="button" class="part" aria-pressed={part === each} aria-keyshortcuts={each === 'chat' ? 'T' : 'C'} data-testid={`part-${each}`} onClick={() => onPart(each)}>
          <h2>{t(each)}</h2>
          <span class="quiet figures small">{counts[each]}</span>
        </button>
      ))}
    </div>
  );
}

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
