import type { EndReason } from '../api/types';
import { backoffMs } from '../api/backoff';

/** The state of the way from the server to this screen. Pure: time and network are told to it as events. */
export type Connection =
  | { at: 'idle' }
  | { at: 'connecting'; attempt: number; again: boolean }
  | { at: 'live' }
  | { at: 'waiting'; attempt: number; again: boolean; delayMs: number }
  | { at: 'full'; delayMs: number }
  | { at: 'unsupported'; message: string }
  /** The answer was not the server's. */
  | { at: 'mismatch' }
  | { at: 'not_joined' }
  | { at: 'ended'; reason: EndReason; message: string };

export type ConnectionEvent =
  | { type: 'start' }
  | { type: 'connected' }
  | { type: 'lost' }
  | { type: 'full'; retryAfterS: number | null }
  | { type: 'unsupported'; message: string }
  | { type: 'mismatch' }
  | { type: 'not_joined' }
  | { type: 'ended'; reason: EndReason; message: string }
  | { type: 'timer' }
  | { type: 'hurry' };

const FULL_RETRY_S = 30;

/** Ends that only say the media stopped: as long as the link lives, the viewer is brought back. */
const RECOVERABLE: readonly EndReason[] = ['connection_lost', 'lease_expired'];

/** States that only the viewer leaves, by an action of their own. */
export function isFinal(state: Connection): boolean {
  return state.at === 'ended' || state.at === 'not_joined' || state.at === 'unsupported' || state.at === 'mismatch';
}

function lost(state: Connection, random: () => number): Connection {
  if (state.at === 'live') return { at: 'connecting', attempt: 0, again: true };
  if (state.at !== 'connecting') return state;
  const { attempt, again } = state;
  return { at: 'waiting', attempt, again, delayMs: backoffMs(attempt, random) };
}

function retry(state: Connection): Connection {
  if (state.at === 'waiting') return { at: 'connecting', attempt: state.attempt + 1, again: state.again };
  if (state.at === 'full') return { at: 'connecting', attempt: 0, again: false };
  return state;
}

function ended(state: Connection, reason: EndReason, message: string, random: () => number): Connection {
  if (reason === 'room_full') return { at: 'full', delayMs: FULL_RETRY_S * 1000 };
  return RECOVERABLE.includes(reason) ? lost(state, random) : { at: 'ended', reason, message };
}

export function step(state: Connection, event: ConnectionEvent, random: () => number = Math.random): Connection {
  if (event.type === 'start') return { at: 'connecting', attempt: 0, again: false };
  if (isFinal(state)) return state;
  switch (event.type) {
    case 'connected':
      return state.at === 'connecting' ? { at: 'live' } : state;
    case 'lost':
      return lost(state, random);
    case 'full':
      return { at: 'full', delayMs: (event.retryAfterS ?? FULL_RETRY_S) * 1000 };
    case 'unsupported':
      return { at: 'unsupported', message: event.message };
    case 'mismatch':
      return { at: 'mismatch' };
    case 'not_joined':
      return { at: 'not_joined' };
    case 'ended':
      return ended(state, event.reason, event.message, random);
    default:
      return retry(state);
  }
}
