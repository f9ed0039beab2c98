import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { Category, Person, Priority } from '../api/types';
import { t } from '../messages';
import { useDraft, type Draft, type Pinned, type Purpose } from './draft';
import { mentionAt, suggested, withMention } from './mentions';
import type { Pin } from './outbox';
import type { Player, RoomView } from './player';
import { CATEGORIES, PRIORITIES } from './sorts';

const LONGEST = 4000;

interface ComposerProps {
  player: Player;
  view: RoomView;
  focus: number;
  purpose: Purpose;
  onDone(): void;
}

/** Where a comment is written; nothing pauses. */
export function Composer({ player, view, focus, purpose, onDone }: ComposerProps): JSX.Element {
  const area = useRef<HTMLTextAreaElement>(null);
  const draft = useDraft(player, purpose);
  const say = purpose.to === 'say';
  // Focus moves with the change, not after the next paint: what is typed at once is text, not keys of the room.
  useLayoutEffect(() => {
    if (focus > 0) area.current?.focus();
  }, [focus]);
  useLayoutEffect(() => {
    if (!say) area.current?.focus();
  }, [purpose]);
  const finish = (): void => {
    draft.clear();
    onDone();
    area.current?.focus();
  };
  const send = (event: Event): void => {
    event.preventDefault();
    if (draft.send()) finish();
  };
  const mention = (name: string): void => {
    const next = withMention(draft.text, draft.cursor, name);
    draft.typed(next.text, next.cursor);
    area.current?.focus();
  };
  const ready = !say || view.hasFrame;
  return (
    <form class="composer" onSubmit={send}>
      {!say && <PurposeLine purpose={purpose} onCancel={finish} />}
      <Suggestions people={view.people} text={draft.text} cursor={draft.cursor} me={view.room.viewer.link_id} onPick={mention} />
      <textarea
        ref={area}
        class="area"
        data-testid="comment-text"
        aria-label={t('comment_label')}
        placeholder={t('comment_placeholder')}
        rows={say ? 2 : 3}
        maxLength={LONGEST}
        value={draft.text}
        onInput={(event) => draft.typed(event.currentTarget.value, event.currentTarget.selectionStart)}
        onKeyDown={(event) => event.key === 'Enter' && !event.shiftKey && !event.isComposing && send(event)}
      />
      {say && <Attached draft={draft} onRemove={() => player.easel.clear()} />}
      <div class="composer-foot">
        {say ? <PinLine draft={draft} ready={ready} pin={() => player.pin()} /> : <span />}
        <button type="submit" class="button primary" data-testid="comment-send" disabled={draft.text.trim() === '' || !ready}>
          {t(purpose.to === 'edit' ? 'comment_save' : 'comment_send')}
        </button>
      </div>
    </form>
  );
}

/** What goes with a new comment, once there is one. */
function Attached({ draft, onRemove }: { draft: Draft; onRemove(): void }): JSX.Element | null {
  const { text, sketch, category, priority } = draft;
  if (text === '' && !sketch) return null;
  return (
    <>
      <Sorts category={category} priority={priority} onCategory={draft.setCategory} onPriority={draft.setPriority} />
      {sketch && (
        <p class="composer-sketch small" data-testid="comment-sketch">
          {t('comment_drawing')}
          <button type="button" class="repin" onClick={onRemove}>
            {t('comment_drawing_remove')}
          </button>
        </p>
      )}
    </>
  );
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
  draft: Draft;
  ready: boolean;
  pin(): Pin | null;
}

function PinLine({ draft: { pinned, pinNow, setPinned }, ready, pin }: PinLineProps): JSX.Element {
  if (!pinned) return <p class="pin-line quiet small">{ready ? t('comment_pin_hint') : t('comment_no_frame')}</p>;
  return (
    <p class="pin-line small">
      <span class="figures" data-testid="comment-pin">
        {t('comment_at', { timecode: pinned.pin.timecode })}
        {pinned.end && ` ${t('comment_to', { timecode: pinned.end.timecode })}`}
      </span>
      <span class="pin-choices">
        <button type="button" class="repin" onClick={pinNow}>
          {t('comment_repin')}
        </button>
        <RangeButton pinned={pinned} pin={pin} onPinned={setPinned} />
      </span>
    </p>
  );
}

interface RangeProps {
  pinned: Pinned;
  pin(): Pin | null;
  onPinned(pinned: Pinned): void;
}

function RangeButton({ pinned, pin, onPinned }: RangeProps): JSX.Element {
  const toggle = (): void => onPinned({ ...pinned, end: pinned.end ? null : pin() });
  return (
    <button type="button" class="repin" data-testid="comment-range" onClick={toggle}>
      {t(pinned.end ? 'comment_range_clear' : 'comment_range')}
    </button>
  );
}
