import { describe, expect, it } from 'vitest';
import type { Clock, Rate } from '../src/api/types';
import { ClockMap, frameAt, rtpDistance } from '../src/room/clock';
import { formatTimecode } from '../src/room/timecode';

const RATES: Record<string, Rate> = {
  '23.976': { num: 24_000, den: 1001, drop_frame: false },
  '25': { num: 25, den: 1, drop_frame: false },
  '29.97 DF': { num: 30_000, den: 1001, drop_frame: true },
  '59.94': { num: 60_000, den: 1001, drop_frame: false },
  '59.94 DF': { num: 60_000, den: 1001, drop_frame: true },
};

const rate = (name: string): Rate => RATES[name] as Rate;
const clock = (name: string, rtp: number, more: Partial<Clock> = {}): Clock => ({
  rtp_timestamp: rtp,
  source_frame: 0,
  timecode_frames: 0,
  rate: rate(name),
  slate: false,
  speed_percent: 100,
  ...more,
});

/** RTP timestamp of frame n, as a sender makes it: the exact time, rounded down to a tick. */
const rtpOf = (n: number, { num, den }: Rate, base: number): number => (base + Math.floor((n * 90_000 * den) / num)) >>> 0;

describe('an RTP timestamp becomes a source frame', () => {
  for (const [name, each] of Object.entries(RATES)) {
    it(`finds 1,000 frames in a row at ${name}, across the 32-bit wrap`, () => {
      const base = 0xffff_ffff - 400_000;
      const from = clock(name, base, { source_frame: 86_400, timecode_frames: 100 });
      for (let n = 0; n < 1000; n += 1) {
        expect(frameAt(from, rtpOf(n, each, base)).source_frame).toBe(86_400 + n);
      }
    });
  }

  it('measures the shorter way round the wrap', () => {
    expect(rtpDistance(10, 0xffff_fff0)).toBe(26);
    expect(rtpDistance(0xffff_fff0, 10)).toBe(-26);
  });

  it('lets a few ticks of jitter in the timestamp not move the frame', () => {
    const each = rate('29.97 DF');
    for (const jitter of [-900, -1, 1, 900]) {
      expect(frameAt(clock('29.97 DF', 0), rtpOf(10, each, jitter >= 0 ? jitter : 0x1_0000_0000 + jitter)).source_frame).toBe(10);
    }
  });

  it('uses the last clock at or before the frame, so that a loop is exact', () => {
    const map = new ClockMap();
    map.add(clock('25', 0, { source_frame: 0 }));
    map.add(clock('25', 90_000, { source_frame: 1000, slate: true }));
    expect(map.at(90_000 - 3600)?.source_frame).toBe(24);
    expect(map.at(90_000)?.source_frame).toBe(1000);
    expect(map.at(90_000 + 3600)).toMatchObject({ source_frame: 1001, slate: true });
  });

  it('counts back from the first clock when the picture came before it', () => {
    const map = new ClockMap();
    map.add(clock('25', 3600 * 10, { source_frame: 10 }));
    expect(map.at(3600 * 8)?.source_frame).toBe(8);
  });

  it('forgets the clocks of an earlier viewing and keeps those that came early', () => {
    const map = new ClockMap();
    map.add(clock('25', 0, { source_frame: 5, viewing_id: 'old' }));
    map.add(clock('25', 3600, { source_frame: 70, viewing_id: 'new' }));
    map.startViewing('new');
    map.add(clock('25', 7200, { source_frame: 99, viewing_id: 'old' }));
    expect(map.at(7200)?.source_frame).toBe(71);
  });

  it('knows nothing before the first clock', () => {
    expect(new ClockMap().at(0)).toBeNull();
  });
});

describe('timecode', () => {
  const df = rate('29.97 DF');

  it('skips two labels a minute, but not in the tenth', () => {
    expect(formatTimecode(1799, df)).toBe('00:00:59;29');
    expect(formatTimecode(1800, df)).toBe('00:01:00;02');
    expect(formatTimecode(17_981, df)).toBe('00:09:59;29');
    expect(formatTimecode(17_982, df)).toBe('00:10:00;00');
    expect(formatTimecode(107_892, df)).toBe('01:00:00;00');
  });

  it('skips four labels a minute at 59.94', () => {
    expect(formatTimecode(3600, rate('59.94 DF'))).toBe('00:01:00;04');
    expect(formatTimecode(215_784, rate('59.94 DF'))).toBe('01:00:00;00');
  });

  it('counts whole labels where nothing is dropped', () => {
    expect(formatTimecode(86_400, rate('23.976'))).toBe('01:00:00:00');
    expect(formatTimecode(86_400 + 12 * 24 + 5, rate('23.976'))).toBe('01:00:12:05');
    expect(formatTimecode(90_000, rate('25'))).toBe('01:00:00:00');
    expect(formatTimecode(216_000, rate('59.94'))).toBe('01:00:00:00');
  });

  it('wraps at midnight, both ways', () => {
    expect(formatTimecode(24 * 90_000, rate('25'))).toBe('00:00:00:00');
    expect(formatTimecode(-1, rate('25'))).toBe('23:59:59:24');
    expect(formatTimecode(24 * 107_892, df)).toBe('00:00:00;00');
  });

  it('gives each frame of a drop-frame day its own label', () => {
    const seen = new Set<string>();
    for (let frame = 0; frame < 107_892; frame += 1) seen.add(formatTimecode(frame, df));
    expect(seen.size).toBe(107_892);
  });
});
