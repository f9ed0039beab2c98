import { describe, expect, it } from 'vitest';
import { ApiError } from '../src/api/http';
import { backoffMs } from '../src/api/backoff';
import { eventOf } from '../src/room/connection';
import { step, type Connection, type ConnectionEvent } from '../src/room/machine';

const most = (): number => 1;
const run = (events: ConnectionEvent[], from: Connection = { at: 'idle' }): Connection =>
  events.reduce((state, event) => step(state, event, most), from);

describe('the connection', () => {
  it('goes live', () => {
    expect(run([{ type: 'start' }, { type: 'connected' }])).toEqual({ at: 'live' });
  });

  it('tries again at once when a live picture drops, then ever later up to 5 s', () => {
    let state = run([{ type: 'start' }, { type: 'connected' }, { type: 'lost' }]);
    expect(state).toEqual({ at: 'connecting', attempt: 0, again: true });
    const delays: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      state = step(state, { type: 'lost' }, most);
      if (state.at === 'waiting') delays.push(state.delayMs);
      state = step(state, { type: 'timer' }, most);
    }
    expect(delays).toEqual([500, 1000, 2000, 4000, 5000, 5000]);
    expect(state).toMatchObject({ at: 'connecting', again: true });
  });

  it('does not wait when the network says it is back', () => {
    expect(run([{ type: 'start' }, { type: 'lost' }, { type: 'hurry' }])).toMatchObject({ at: 'connecting', attempt: 1 });
  });

  it('counts one drop once, however many say so', () => {
    const waiting = run([{ type: 'start' }, { type: 'lost' }]);
    expect(step(waiting, { type: 'lost' }, most)).toBe(waiting);
  });

  it('waits at the door of a full room as long as the server asks', () => {
    const full = run([{ type: 'start' }, { type: 'full', retryAfterS: 12 }]);
    expect(full).toEqual({ at: 'full', delayMs: 12_000 });
    expect(step(full, { type: 'timer' })).toMatchObject({ at: 'connecting' });
  });

  it('stays ended, whatever comes after', () => {
    const ended = run([{ type: 'start' }, { type: 'connected' }, { type: 'ended', reason: 'link_revoked', message: '' }]);
    for (const event of [{ type: 'lost' }, { type: 'timer' }, { type: 'hurry' }, { type: 'connected' }] as const) {
      expect(step(ended, event)).toBe(ended);
    }
  });

  it('comes back from ends that only say the media stopped', () => {
    for (const reason of ['connection_lost', 'lease_expired'] as const) {
      expect(run([{ type: 'start' }, { type: 'connected' }, { type: 'ended', reason, message: '' }])).toMatchObject({ at: 'connecting', again: true });
    }
  });

  it('starts anew when the viewer asks to watch here after all', () => {
    expect(run([{ type: 'start' }, { type: 'ended', reason: 'replaced', message: '' }, { type: 'start' }])).toMatchObject({ at: 'connecting', again: false });
  });
});

describe('a refusal by the server', () => {
  const refusal = (status: number, code: string, more: { reason?: 'removed'; retry?: number } = {}): ConnectionEvent =>
    eventOf(new ApiError(status, code, 'text', null, more.reason ?? null, more.retry ?? null));

  it('says what it means for the picture', () => {
    expect(refusal(410, 'ended', { reason: 'removed' })).toMatchObject({ type: 'ended', reason: 'removed' });
    expect(refusal(401, 'not_joined')).toEqual({ type: 'not_joined' });
    expect(refusal(503, 'full', { retry: 30 })).toEqual({ type: 'full', retryAfterS: 30 });
    expect(refusal(406, 'not_acceptable')).toMatchObject({ type: 'unsupported' });
    expect(refusal(0, 'unreachable')).toEqual({ type: 'lost' });
    expect(refusal(401, 'bad_lease')).toEqual({ type: 'lost' });
  });
});

describe('backoff', () => {
  it('stays within 0.5 and 5 s', () => {
    for (let attempt = 0; attempt < 40; attempt += 1) {
      for (const random of [0, 0.5, 1]) {
        const delay = backoffMs(attempt, () => random);
        expect(delay).toBeGreaterThanOrEqual(500);
        expect(delay).toBeLessThanOrEqual(5000);
      }
    }
  });
});
