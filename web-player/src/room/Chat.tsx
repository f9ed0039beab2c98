import type { JSX, RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ChatLine } from '../api/types';
import { t } from '../messages';
import { timeOfDay } from '../messages/time';
import './chat.css';

const LONGEST = 500;

interface LinesProps {
  lines: readonly ChatLine[];
  isOwn(line: ChatLine): boolean;
  open: boolean;
}

/** What was said, the newest last and in view. */
export function ChatLines({ lines, isOwn, open }: LinesProps): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [lines.length, open]);
  return (
    <ol class="chat-lines" data-testid="chat-lines" aria-live="polite" aria-label={t('chat')} tabIndex={0} ref={list}>
      {lines.length === 0 && <li class="quiet">{t('chat_none')}</li>}
      {lines.map((line) => (
        <li key={line.id} class="chat-line">
          <p class="chat-who small">
            <span>{isOwn(line) ? t('you') : line.author}</span>
            {line.link_id === null && <span class="tag">{t('comment_house')}</span>}
            <span class="quiet figures">{timeOfDay(line.said_at)}</span>
          </p>
          <p class="chat-text">{line.text}</p>
        </li>
      ))}
    </ol>
  );
}

interface FormProps {
  input: RefObject<HTMLInputElement | null>;
  /** Whether it was said: then the input is emptied, else the words stay. */
  say(id: string, text: string): Promise<boolean>;
}

/** Where a line is typed. Sent again after a failure it keeps its id, so that it is said once. */
export function ChatForm({ input, say }: FormProps): JSX.Element {
  const [text, setText] = useState('');
  const [busy, setBusy] = useState(false);
  const sent = useRef({ id: crypto.randomUUID(), text: '' });
  const send = async (event: Event): Promise<void> => {
    event.preventDefault();
    const line = text.trim();
    if (line === '' || busy) return;
    if (sent.current.text !== line) sent.current = { id: crypto.randomUUID(), text: line };
    setBusy(true);
    const said = await say(sent.current.id, line);
    setBusy(false);
    if (!said) return;
    sent.current = { id: crypto.randomUUID(), text: '' };
    setText('');
  };
  return (
    <form class="chat-form field" onSubmit={(event) => void send(event)}>
      <input
        ref={input}
        value={text}
        maxLength={LONGEST}
        autoComplete="off"
        aria-label={t('chat_label')}
        placeholder={t('chat_label')}
        data-testid="chat-text"
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <button type="submit" class="button" data-testid="chat-send" disabled={text.trim() === '' || busy}>
        {t('chat_send')}
      </button>
    </form>
  );
}
