/**
 * Whether somebody is at this page. The server ends a session that nobody used for the policy's idle time, and counts only
 * requests that say that somebody is there: what a page asks by itself, again and again, is no use of it.
 */
const HEADER = 'x-vitrine-attended';
/** Somebody counts as being there for this long after they last touched anything. */
const THERE_MS = 60_000;
const TOUCHES = ['keydown', 'pointerdown', 'pointermove', 'wheel'] as const;

let touched = Number.NEGATIVE_INFINITY;
let told = Number.NEGATIVE_INFINITY;

/** Follows what somebody does from now on, which opening the page was; `tell` makes a request when none has told of it lately. */
export function watchAttendance(tell: () => void): () => void {
  touched = performance.now();
  const seen = (): void => {
    touched = performance.now();
    if (touched - told < THERE_MS) return;
    told = touched;
    tell();
  };
  for (const touch of TOUCHES) window.addEventListener(touch, seen, { capture: true, passive: true });
  return () => {
    touched = Number.NEGATIVE_INFINITY;
    for (const touch of TOUCHES) window.removeEventListener(touch, seen, { capture: true });
  };
}

/** Says so in a request, when somebody is there. */
export function sayAttended(headers: Headers): void {
  const now = performance.now();
  if (now - touched >= THERE_MS) return;
  headers.set(HEADER, '1');
  told = now;
}
