import { useEffect, useRef } from 'preact/hooks';
import type { Comment } from '../api/types';
import type { Thread } from '../room/threads';
import type { LogActions } from './CommentsPanel';

/** The thread before or after the picked one, in the order of the source. */
export function neighbour<C extends Comment>(threads: readonly Thread<C>[], picked: string | null, step: 1 | -1): Thread<C> | undefined {
  const byFrame = [...threads].sort((a, b) => a.first.source_frame - b.first.source_frame || a.first.created_at.localeCompare(b.first.created_at));
  const at = byFrame.findIndex(({ first }) => first.id === picked);
  if (at < 0) return step === 1 ? byFrame[0] : byFrame.at(-1);
  return byFrame[Math.min(byFrame.length - 1, Math.max(0, at + step))];
}

const isControl = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');

/** `[` and `]` go to the comment before and after and wind the source there, `R` settles the picked one. */
export function useLogKeys(
  threads: readonly Thread<Comment>[],
  picked: string | null,
  pick: (thread: Thread<Comment>) => void,
  actions: LogActions,
): void {
  const latest = useRef({ threads, picked, pick, actions });
  latest.current = { threads, picked, pick, actions };
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.isComposing || isControl(event.target)) return;
      const now = latest.current;
      if (event.key === '[' || event.key === ']') {
        const next = neighbour(now.threads, now.picked, event.key === ']' ? 1 : -1);
        if (next) now.pick(next);
      } else if (event.key.toLowerCase() === 'r' && !event.altKey) {
        const found = now.threads.find(({ first }) => first.id === now.picked);
        if (found) now.actions.change(found.first.id, { resolved: found.first.resolved_at === null });
      } else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
}
