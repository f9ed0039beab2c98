import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { changeFloor, chatAsHouse } from '../api/floor';
import type { FloorChange, Review } from '../api/types';
import { tc } from '../messages/console';
import { ChatForm, ChatLines } from '../room/Chat';
import { withLine } from '../room/company';
import { safetyCode } from '../room/signal';
import { useConsoleKeys } from './keys';
import { Panel } from './Panel';
import type { Commands } from './ReviewPage';

const LONGEST = 120;

/** What the colourist says to the room: over everybody's picture, and in the chat. */
export function RoomPanel({ review, commands: { feed, run } }: { review: Review; commands: Commands }): JSX.Element {
  const { id, floor, chat } = review;
  const change = (to: FloorChange): void =>
    run(async () => {
      const floor = await changeFloor(id, to);
      feed.patch(() => ({ floor }));
    });
  const say = async (line: string, text: string): Promise<boolean> => {
    const said = await new Promise<boolean>((done) =>
      run(() =>
        chatAsHouse(id, { id: line, text }).then(
          (line) => {
            feed.patch(({ chat }) => ({ chat: withLine(chat, line) }));
            done(true);
          },
          (error: unknown) => {
            done(false);
            throw error;
          },
        ),
      ),
    );
    return said;
  };
  const input = useRef<HTMLInputElement>(null);
  useConsoleKeys({ t: () => input.current?.focus(), p: () => change({ pointers: !floor.pointers }) });
  return (
    <Panel title={tc('room')}>
      <Talkback shown={floor.talkback} onChange={(talkback) => change({ talkback })} />
      <button type="button" class="button compact room-switch" aria-pressed={floor.pointers} data-testid="pointers" title={tc('key', { key: 'P' })} onClick={() => change({ pointers: !floor.pointers })}>
        {tc(floor.pointers ? 'pointers_on' : 'pointers_off')}
      </button>
      <div class="room-chat">
        <ChatLines lines={chat} isOwn={() => false} open />
        <ChatForm input={input} say={say} />
      </div>
      <p class="hint">
        {tc('signal_check')} <span class="figures" data-testid="signal-code">{safetyCode(review.media_fingerprint)}</span>
      </p>
    </Panel>
  );
}

interface TalkbackProps {
  /** What is over everybody's picture now. */
  shown: string | null;
  onChange(text: string | null): void;
}

/** One key puts the sentence over every picture and takes it away. */
function Talkback({ shown, onChange }: TalkbackProps): JSX.Element {
  const [text, setText] = useState(() => tc('talkback_first'));
  useEffect(() => {
    // Whoever looks at this page later takes away what they see.
    if (shown !== null) setText(shown);
  }, [shown]);
  const line = text.trim();
  const toggle = (): void => {
    if (shown !== null && (line === shown || line === '')) onChange(null);
    else if (line !== '') onChange(line);
  };
  useConsoleKeys({ b: () => (shown !== null ? onChange(null) : toggle()) });
  const send = (event: Event): void => {
    event.preventDefault();
    toggle();
  };
  return (
    <form class="talkback-form field" data-shown={shown === null ? 'no' : 'yes'} onSubmit={send}>
      <label for="talkback">{tc('talkback')}</label>
      <input id="talkback" value={text} maxLength={LONGEST} autoComplete="off" data-testid="talkback-text" onInput={(event) => setText(event.currentTarget.value)} />
      <button type="submit" class="button compact" aria-pressed={shown !== null} title={tc('key', { key: 'B' })} data-testid="talkback" disabled={shown === null && line === ''}>
        {tc(shown === null ? 'talkback_show' : line === shown || line === '' ? 'talkback_away' : 'talkback_change')}
      </button>
      <p class="hint" role="status">
        {shown === null ? tc('talkback_none') : tc('talkback_shown', { text: shown })}
      </p>
    </form>
  );
}
