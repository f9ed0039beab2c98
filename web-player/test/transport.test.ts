import { describe, expect, it } from 'vitest';
import type { Clock, Transport } from '../src/api/types';
import { actionOf, frameAfter } from '../src/console/transport';
import { frameAt } from '../src/room/clock';

const RATE = { num: 24_000, den: 1001, drop_frame: false };
const at = (more: Partial<Transport> = {}): Transport => ({
  playing: true,
  speed_percent: 100,
  range: null,
  frame: 10,
  frames: 100,
  can_seek: true,
  first_label: 86_400,
  ...more,
});

describe('the keys of an editing suite', () => {
  it('play and pause with the space bar', () => {
    expect(actionOf(' ', at())).toEqual({ action: 'pause' });
    expect(actionOf(' ', at({ playing: false }))).toEqual({ action: 'play' });
  });

  it('go faster with each L and stop with K', () => {
    expect(actionOf('l', at({ playing: false }))).toEqual({ action: 'play' });
    expect(actionOf('L', at({ speed_percent: 50 }))).toEqual({ action: 'speed', percent: 100 });
    expect(actionOf('l', at())).toEqual({ action: 'speed', percent: 200 });
    expect(actionOf('k', at())).toEqual({ action: 'pause' });
  });

  it('step with J and the arrows', () => {
    expect(actionOf('j', at())).toEqual({ action: 'step', frames: -1 });
    expect(actionOf('ArrowLeft', at())).toEqual({ action: 'step', frames: -1 });
    expect(actionOf('ArrowRight', at())).toEqual({ action: 'step', frames: 1 });
    expect(actionOf('x', at())).toBeNull();
  });

  it('mark a range that is never upside down', () => {
    expect(actionOf('i', at({ range: [2, 5] }))).toEqual({ action: 'loop', first: 10, last: 10 });
    expect(actionOf('o', at({ range: [20, 50] }))).toEqual({ action: 'loop', first: 10, last: 10 });
  });
});

describe('the frame between two words of the server', () => {
  it('counts on at the speed that plays, and stands while it does not', () => {
    expect(frameAfter(at(), RATE, 1001)).toBe(34);
    expect(frameAfter(at({ speed_percent: 50 }), RATE, 1001)).toBe(22);
    expect(frameAfter(at({ playing: false }), RATE, 1001)).toBe(10);
  });

  it('stays within what is repeated', () => {
    expect(frameAfter(at({ range: [5, 14] }), RATE, 500)).toBeLessThanOrEqual(14);
    expect(frameAfter(at({ frame: 99 }), RATE, 100)).toBeLessThanOrEqual(2);
  });
});

it("a viewer's clock follows the speed and stands while a frame is held", () => {
  const clock = (speed_percent: number): Clock => ({ rtp_timestamp: 0, source_frame: 100, timecode_frames: 0, rate: RATE, slate: false, speed_percent });
  const second = (90_000 * 1001) / 1000;
  expect(frameAt(clock(100), second).source_frame).toBe(124);
  expect(frameAt(clock(25), second).source_frame).toBe(106);
  expect(frameAt(clock(200), second).source_frame).toBe(148);
  expect(frameAt(clock(0), second).source_frame).toBe(100);
});
