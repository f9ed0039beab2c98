import { useEffect, useRef, useState } from 'preact/hooks';

export interface RoomActions {
  /** Shows or hides the comments. */
  comments(): void;
  /** Shows them and puts the cursor where a comment is written. */
  comment(): void;
  draw(): void;
  /** Points into the picture, or stops. */
  laser(): void;
  /** Raises one's hand, or takes it down. */
  hand(): void;
  /** Shows the chat and puts the cursor there. */
  chat(): void;
  undo(): void;
  mute(): void;
  fullScreen(): void;
  /** Dark around the picture, or grey. */
  surround(): void;
  help(): void;
  escape(): void;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select');
}

function handle(event: KeyboardEvent, actions: RoomActions, drawer: boolean): boolean {
  switch (event.key.toLowerCase()) {
    case 'c':
      if (drawer && document.activeElement === document.body) actions.comment();
      else actions.comments();
      return true;
    case 'd':
      actions.draw();
      return true;
    case 'l':
      actions.laser();
      return true;
    case 'h':
      actions.hand();
      return true;
    case 't':
      actions.chat();
      return true;
    case 'm':
      actions.mute();
      return true;
    case 'f':
      actions.fullScreen();
      return true;
    case 's':
      actions.surround();
      return true;
    case '?':
      actions.help();
      return true;
    default:
      return false;
  }
}

export function useRoomKeys(actions: RoomActions, drawer: boolean): void {
  const latest = useRef(actions);
  latest.current = actions;
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') {
        if (!event.isComposing) latest.current.escape();
        return;
      }
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'z' && !isTyping(event.target)) {
        event.preventDefault();
        latest.current.undo();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTyping(event.target)) return;
      if (handle(event, latest.current, drawer)) event.preventDefault();
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, [drawer]);
}

const IDLE_AFTER_MS = 3000;
const STIRS = ['pointermove', 'pointerdown', 'keydown', 'focusin', 'touchstart'] as const;

/** True when nobody moved for a while. */
export function useIdle(possible: boolean): boolean {
  const [idle, setIdle] = useState(false);
  useEffect(() => {
    let timer = 0;
    const stir = (): void => {
      setIdle(false);
      window.clearTimeout(timer);
      if (possible) timer = window.setTimeout(() => setIdle(!isTyping(document.activeElement)), IDLE_AFTER_MS);
    };
    stir();
    for (const type of STIRS) window.addEventListener(type, stir, { passive: true });
    return () => {
      window.clearTimeout(timer);
      for (const type of STIRS) window.removeEventListener(type, stir);
    };
  }, [possible]);
  return idle;
}
