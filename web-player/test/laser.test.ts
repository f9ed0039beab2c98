import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Point } from '../src/api/types';
import { Laser } from '../src/room/laser';

const ME = { link_id: 'me', name: 'Ana' };

describe('the laser pointer', () => {
  let sent: (Point | null)[];
  let laser: Laser;
  beforeEach(() => {
    vi.useFakeTimers();
    sent = [];
    laser = new Laser(ME, (at) => sent.push(at), () => Date.now());
  });
  afterEach(() => {
    laser.stop();
    vi.useRealTimers();
  });
  const spots = (): unknown[] => laser.store.get().spots.map(({ name, at, fading }) => [name, ...at, fading]);

  it('sends nothing before it is switched on', () => {
    laser.move([0.5, 0.5]);
    expect(sent).toEqual([]);
    expect(spots()).toEqual([]);
  });

  it('sends at most 20 places a second, the last one always', () => {
    laser.switch(true);
    for (let step = 0; step < 100; step++) {
      laser.move([step / 100, 0.5]);
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(50);
    expect(sent.length).toBeLessThanOrEqual(21);
    expect(sent.length).toBeGreaterThanOrEqual(19);
    expect(sent.at(-1)).toEqual([0.99, 0.5]);
  });

  it('shows one’s own place at once and does not heed its echo', () => {
    laser.switch(true);
    laser.move([0.25, 0.75]);
    laser.hear([{ ...ME, at: [0.1, 0.1] }]);
    expect(spots()).toEqual([['Ana', 0.25, 0.75, false]]);
  });

  it('fades after 0.7 s without a move, and is gone after one', () => {
    laser.hear([{ link_id: 'b', name: 'Ben', at: [0.5, 0.5] }]);
    vi.advanceTimersByTime(690);
    expect(spots()).toEqual([['Ben', 0.5, 0.5, false]]);
    vi.advanceTimersByTime(20);
    expect(spots()).toEqual([['Ben', 0.5, 0.5, true]]);
    vi.advanceTimersByTime(300);
    expect(spots()).toEqual([]);
  });

  it('stays while it is moved', () => {
    for (let step = 0; step < 30; step++) {
      laser.hear([{ link_id: 'b', name: 'Ben', at: [step / 30, 0] }]);
      vi.advanceTimersByTime(100);
      expect(laser.store.get().spots).toHaveLength(1);
    }
  });

  it('goes at once when somebody stops, and says so when one stops oneself', () => {
    laser.hear([{ link_id: 'b', name: 'Ben', at: [0, 0] }, { link_id: 'c', name: 'Cy', at: [1, 1] }]);
    laser.hear([{ link_id: 'b', name: 'Ben', at: null }]);
    expect(spots()).toEqual([['Cy', 1, 1, false]]);
    laser.switch(true);
    laser.move([0, 0]);
    laser.switch(false);
    expect(sent).toEqual([[0, 0], null]);
  });
});
