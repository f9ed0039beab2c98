import { useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { Category, Drawing, Priority } from '../api/types';
import { useStore } from '../store';
import { drawingOf } from './drawing';
import { mentioned } from './mentions';
import type { Pin, ShownComment } from './outbox';
import type { Player } from './player';
import type { Still } from './still';

/** What the next words are for: a new comment, an answer, or a change of one's own. */
export type Purpose = { to: 'say' } | { to: 'answer' | 'edit'; comment: ShownComment };

/** The frames a comment is about, and what the first of them looked like. */
export interface Pinned {
  pin: Pin;
  end: Pin | null;
  still: Still;
}

export interface Draft {
  text: string;
  /** Where the cursor stands in it. */
  cursor: number;
  pinned: Pinned | null;
  category: Category | null;
  priority: Priority;
  sketch: Drawing | null;
  typed(text: string, cursor: number): void;
  pinNow(): void;
  setPinned(pinned: Pinned): void;
  setCategory(category: Category | null): void;
  setPriority(priority: Priority): void;
  clear(): void;
  /** False when there is nothing to send, or no frame to send it about. */
  send(): boolean;
}

/** A comment being written. The frame it belongs to is the one on screen at the first key or stroke. */
export function useDraft(player: Player, purpose: Purpose): Draft {
  const [text, setText] = useState('');
  const [cursor, setCursor] = useState(0);
  const [pinned, setPinned] = useState<Pinned | null>(null);
  const [category, setCategory] = useState<Category | null>(null);
  const [priority, setPriority] = useState<Priority>('normal');
  const { shapes, open: drawing } = useStore(player.easel.store);
  const pinnedNow = (): Pinned | null => {
    const pin = player.pin();
    return pin && { pin, end: null, still: player.screen.still() };
  };
  const pinNow = (): void => setPinned(pinnedNow());
  // Before the next key can come: later it would overwrite what was typed by then.
  useLayoutEffect(() => {
    if (purpose.to === 'edit') setText(purpose.comment.text);
  }, [purpose]);
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
  const clear = (): void => {
    setText('');
    setPinned(null);
    setPriority('normal');
    player.easel.clear();
  };
  const sketch = purpose.to === 'say' ? drawingOf(shapes) : null;
  const send = (): boolean => {
    const words = text.trim();
    if (words === '') return false;
    if (purpose.to === 'edit') {
      player.change(purpose.comment.id, { text: words });
      return true;
    }
    const about = purpose.to === 'answer' ? { answers: purpose.comment } : (pinned ?? pinnedNow());
    if (!about) return false;
    const sorts = purpose.to === 'say' ? { category, priority } : { category: null, priority: 'normal' as const };
    player.comment({ text: words, mentions: mentioned(player.store.get().people, words), drawing: sketch, ...sorts }, about);
    return true;
  };
  return { text, cursor, pinned, category, priority, sketch, typed, pinNow, setPinned, setCategory, setPriority, clear, send };
}
