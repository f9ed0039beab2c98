import { useEffect, useRef, useState } from 'preact/hooks';
import type { Rate, Transport, TransportAction } from '../api/types';

export const SPEEDS = [25, 50, 75, 100, 150, 200] as const;

type Key = (state: Transport) => TransportAction;

const stepBack: Key = () => ({ action: 'step', frames: -1 });

/** The keys of an editing suite. */
const KEYS: Readonly<Record<string, Key>> = {
  ' ': ({ playing }) => ({ action: playing ? 'pause' : 'play' }),
  k: () => ({ action: 'pause' }),
  l: ({ playing, speed_percent: speed }) =>
    playing && speed < 200 ? { action: 'speed', percent: speed < 100 ? 100 : 200 } : { action: 'play' },
  j: stepBack,
  arrowleft: stepBack,
  arrowright: () => ({ action: 'step', frames: 1 }),
  i: ({ frame, range }) => ({ action: 'loop', first: frame, last: Math.max(frame, range?.[1] ?? frame) }),
  o: ({ frame, range }) => ({ action: 'loop', first: Math.min(frame, range?.[0] ?? 0), last: frame }),
  home: ({ range }) => ({ action: 'seek', frame: range?.[0] ?? 0 }),
};

/** What a key asks of the source. */
export function actionOf(key: string, state: Transport): TransportAction | null {
  return KEYS[key.toLowerCase()]?.(state) ?? null;
}

/** The frame that is shown so long after a source said where it is. */
export function frameAfter({ playing, speed_percent: speed, frame, frames, range }: Transport, rate: Rate, elapsedMs: number): number {
  if (!playing) return frame;
  const on = frame + Math.floor((elapsedMs * rate.num * speed) / (rate.den * 100_000));
  const last = range?.[1] ?? (frames === null ? Infinity : frames - 1);
  if (on <= last) return on;
  const first = range?.[0] ?? 0;
  return first + ((on - first) % (last - first + 1));
}

/** The frame that is shown now, counted on between the server's words. */
export function useFrame(transport: Transport | null, rate: Rate | null): number {
  const [now, setNow] = useState(0);
  const heard = useRef({ transport, at: 0 });
  if (heard.current.transport !== transport) heard.current = { transport, at: performance.now() };
  const playing = transport?.playing === true;
  useEffect(() => {
    if (!playing) return;
    const timer = window.setInterval(() => setNow(performance.now()), 80);
    return () => window.clearInterval(timer);
  }, [playing]);
  if (!transport || !rate) return 0;
  return frameAfter(transport, rate, Math.max(0, now - heard.current.at));
}

/** Whether a key is meant for what has the focus: a field takes all, a button that was just clicked only what presses it. */
function isTaken({ target, key }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.matches('input, textarea, select, [contenteditable]') || (target.matches('button, a, summary') && (key === ' ' || key === 'Enter'));
}

export function useTransportKeys(transport: Transport | null, run: (action: TransportAction) => void): void {
  const latest = useRef({ transport, run });
  latest.current = { transport, run };
  useEffect(() => {
    const pressed = (event: KeyboardEvent): void => {
      const { transport: state, run: act } = latest.current;
      if (!state || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isTaken(event)) return;
      const action = actionOf(event.key, state);
      if (!action) return;
      event.preventDefault();
      act(action);
    };
    window.addEventListener('keydown', pressed);
    return () => window.removeEventListener('keydown', pressed);
  }, []);
}
