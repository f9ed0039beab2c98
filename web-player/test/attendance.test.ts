import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sayAttended, watchAttendance } from '../src/api/attendance';

const says = (): boolean => {
  const headers = new Headers();
  sayAttended(headers);
  return headers.get('x-vitrine-attended') === '1';
};

describe('attendance', () => {
  const tell = vi.fn();
  let leave = (): void => undefined;

  beforeEach(() => {
    vi.useFakeTimers();
    leave = watchAttendance(tell);
  });

  afterEach(() => {
    leave();
    tell.mockReset();
    vi.useRealTimers();
  });

  it('is said for a minute after somebody touched anything, then no more', () => {
    expect(says()).toBe(true);
    vi.advanceTimersByTime(59_000);
    window.dispatchEvent(new Event('keydown'));
    vi.advanceTimersByTime(59_000);
    expect(says()).toBe(true);
    vi.advanceTimersByTime(2_000);
    expect(says()).toBe(false);
  });

  it('is told at the first touch where no request has said so for a minute', () => {
    says();
    window.dispatchEvent(new Event('pointermove'));
    expect(tell).not.toHaveBeenCalled();
    vi.advanceTimersByTime(61_000);
    window.dispatchEvent(new Event('pointermove'));
    window.dispatchEvent(new Event('pointermove'));
    expect(tell).toHaveBeenCalledTimes(1);
  });

  it('is never said by a page that does not follow it, as a guest\'s', () => {
    leave();
    expect(says()).toBe(false);
  });
});
