import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Category, Person, Priority } from '../api/types';
import { t } from '../messages';
import { useStore } from '../store';
import { drawingOf } from './drawing';
import { mentionAt, mentioned, suggested, withMention } from './mentions';
import type { About, Pin, ShownComment } from './outbox';
import type { Player, RoomView } from './player';
import { CATEGORIES, PRIORITIES } from './sorts';

const LONGEST = 4000;

/** What the next words are for: a new comment, an answer, or a change of one's own. */
export type Purpose = { to: 'say' } | { to: 'answer' | 'edit'; comment: ShownComment };

interface ComposerProps {
  player: Player;
  view: RoomView;
  focus: number;
  purpose: Purpose;
  onDone(): void;
}

/** The frames a comment is about. */
interface Pinned {
  pin: Pin;
  end: Pin | null;
}

/** Where a comment is written. The frame it belongs to is the one on screen at the first key or stroke; nothing pauses. */
export function Composer({ player, view, focus, purpose, onDone }: ComposerProps): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState('');
  const [cursor, setCursor] = useState(0);
  const [pinned, setPinned] = useState<Pinned | null>(null);
  const [category, setCategory] = useState<Category | null>(null);
  const [priority, setPriority] = useState<Priority>('normal');
  const { shapes, open: drawing } = useStore(player.easel.store);
  const say = purpose.to === 'say';
  const sketch = say ? drawingOf(shapes) : null;
  useEffect(() => {
    if (focus > 0) area.current?.focus();
  }, [focus]);
  useEffect(() => {
    if (purpose.to === 'edit') setText(purpose.comment.text);
    if (purpose.to !== 'say') area.current?.focus();
  }, [purpose]);
  const pinNow = (): void => {
    const pin = player.pin();
    setPinned(pin && { pin, end: null });
  };
  useEffect(() => {
    if (drawing && !pinned) pinNow();
    if (!drawing && shapes.length === 0 && text === '') setPinned(null);
  }, [drawing, shapes.length]);
  const typed = (value: string, at: number): void => {
    setText(value);
    setCursor(at);
    if (value === '' && shapes.length === 0) setPinned(null);
    else if (!pinned) pinNow();
  };
  const finish = (): void => {
    setText('');
    setPinned(null);
    setPriority('normal');
    player.easel.clear();
    onDone();
    area.current?.focus();
  };
  const send = (): void => {
    const words = text.trim();
    if (words === '') return;
    if (purpose.to === 'edit') player.change(purpose.comment.id, { text: words });
    else {
      const about = aboutOf(purpose, pinned ?? pinOnly(player.pin()));
      if (!about) return;
      const mentions = mentioned(view.people, words);
      const sorts = say ? { category, priority } : { category: null, priority: 'normal' as const };
      player.comment({ text: words, mentions, drawing: sketch, ...sorts }, about);
    }
    finish();
  };
  const pressed = (event: KeyboardEvent): void => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  };
  const mention = (name: string): void => {
    const next = withMention(text, cursor, name);
    typed(next.text, next.cursor);
    area.current?.focus();
  };
  const ready = purpose.to !== 'say' || view.hasFrame;
  return (
    <form class="composer" onSubmit={(event) => (event.preventDefault(), send())}>
      {!say && <PurposeLine purpose={purpose} onCancel={finish} />}
      <Suggestions people={view.people} text={text} cursor={cursor} me={view.room.viewer.link_id} onPick={mention} />
      <textarea
        ref={area}
        class="area"
        data-testid="comment-text"
        aria-label={t('comment_label')}
        placeholder={t('comment_placeholder')}
        rows={say ? 2 : 3}
        maxLength={LONGEST}
        value={text}
        onInput={(event) => typed(event.currentTarget.value, event.currentTarget.selectionStart)}
        onKeyDown={pressed}
      />
      {say && (text !== '' || sketch !== null) && (
        <Sorts category={category} priority={priority} onCategory={setCategory} onPriority={setPriority} />
      )}
      {sketch && (
        <p class="composer-sketch small" data-testid="comment-sketch">
          {t('comment_drawing')}
          <button type="button" class="repin" onClick={() => player.easel.clear()}>
            {t('comment_drawing_remove')}
          </button>
        </p>
      )}
      <div class="composer-foot">
        {say ? <PinLine pinned={pinned} ready={ready} onRepin={pinNow} onEnd={setPinned} pin={() => player.pin()} /> : <span />}
        <button type="submit" class="button primary" data-testid="comment-send" disabled={text.trim() === '' || !ready}>
          {t(purpose.to === 'edit' ? 'comment_save' : 'comment_send')}
        </button>
      </div>
    </form>
  );
}

const pinOnly = (pin: Pin | null): Pinned | null => pin && { pin, end: null };

function aboutOf(purpose: Purpose, pinned: Pinned | null): About | null {
  return purpose.to === 'answer' ? { answers: purpose.comment } : pinned;
}

function PurposeLine({ purpose, onCancel }: { purpose: Purpose; onCancel(): void }): JSX.Element | null {
  if (purpose.to === 'say') return null;
  const { author, timecode } = purpose.comment;
  return (
    <p class="composer-purpose small">
      <span>{t(purpose.to === 'edit' ? 'comment_editing' : 'comment_replying', { author, timecode })}</span>
      <button type="button" class="repin" onClick={onCancel}>
        {t('cancel')}
      </button>
    </p>
  );
}

interface SuggestionsProps {
  people: readonly Person[];
  text: string;
  cursor: number;
  me: string;
  onPick(name: string): void;
}

function Suggestions({ people, text, cursor, me, onPick }: SuggestionsProps): JSX.Element | null {
  const at = mentionAt(text, cursor);
  const found = at ? suggested(people, at.letters, me) : [];
  if (found.length === 0) return null;
  return (
    <ul class="mentions" aria-label={t('mention_list')} data-testid="mentions">
      {found.map((person) => (
        <li key={person.link_id}>
          <button type="button" class="mention" onClick={() => onPick(person.name)}>
            {person.name} {person.here && <span class="quiet small">{t('mention_here')}</span>}
          </button>
        </li>
      ))}
    </ul>
  );
}

interface SortsProps {
  category: Category | null;
  priority: Priority;
  onCategory(category: Category | null): void;
  onPriority(priority: Priority): void;
}

function Sorts({ category, priority, onCategory, onPriority }: SortsProps): JSX.Element {
  return (
    <div class="composer-sorts field">
      <select
        aria-label={t('comment_category')}
        data-testid="comment-category"
        value={category ?? ''}
        onChange={(event) => onCategory((event.currentTarget.value || null) as Category | null)}
      >
        <option value="">{t('category_none')}</option>
        {CATEGORIES.map((each) => (
          <option key={each} value={each}>
            {t(`category_${each}`)}
          </option>
        ))}
      </select>
      <select
        aria-label={t('comment_priority')}
        data-testid="comment-priority"
        value={priority}
        onChange={(event) => onPriority(event.currentTarget.value as Priority)}
      >
        {PRIORITIES.map((each) => (
          <option key={each} value={each}>
            {t(`priority_${each}`)}
          </option>
        ))}
      </select>
    </div>
  );
}

interface PinLineProps {
  pinned: Pinned | null;
  ready: boolean;
  pin(): Pin | null;
  onRepin(): void;
  onEnd(pinned: Pinned): void;
}

function PinLine({ pinned, ready, pin, onRepin, onEnd }: PinLineProps): JSX.Element {
  if (!pinned) return <p class="pin-line quiet small">{ready ? t('comment_pin_hint') : t('comment_no_frame')}</p>;
  return (
    <p class="pin-line small">
      <span class="figures" data-testid="comment-pin">
        {t('comment_at', { timecode: pinned.pin.timecode })}
        {pinned.end && ` ${t('comment_to', { timecode: pinned.end.timecode })}`}
      </span>
      <span class="pin-choices">
        <button type="button" class="repin" onClick={onRepin}>
          {t('comment_repin')}
        </button>
        <button
          type="button"
          class="repin"
          data-testid="comment-range"
          onClick={() => onEnd({ ...pinned, end: pinned.end ? null : pin() })}
        >
          {t(pinned.end ? 'comment_range_clear' : 'comment_range')}
        </button>
      </span>
    </p>
  );
}
