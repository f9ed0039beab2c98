import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../messages';
import { useStore } from '../store';
import { ChatForm, ChatLines } from './Chat';
import type { Player } from './player';

interface ChatPartProps {
  player: Player;
  /** Whether it is in view. */
  open: boolean;
  /** Grows each time the cursor is wanted in the input. */
  focus: number;
}

/** The chat of the room, in the place of the comments. */
export function ChatPart({ player: { company, store }, open, focus }: ChatPartProps): JSX.Element {
  const { chat, problem, muted } = useStore(company.store);
  const me = store.get().room.viewer.link_id;
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    company.readChat(open);
    return () => company.readChat(false);
  }, [open]);
  useLayoutEffect(() => {
    if (focus > 0 && open) input.current?.focus();
  }, [focus, open]);
  return (
    <div class="chat" hidden={!open}>
      <ChatLines lines={chat} isOwn={(line) => line.link_id === me} open={open} />
      <div class="composer">
        {problem !== null && (
          <p class="problem" role="alert">
            {problem === '' ? t('chat_unreachable') : problem}
          </p>
        )}
        {muted ? <p class="quiet small" role="status">{t('chat_muted')}</p> : <ChatForm input={input} say={(id, text) => company.say(id, text)} />}
      </div>
    </div>
  );
}
