import type { Clock } from '../api/types';
import { formatTimecode } from './timecode';

const TICKS_PER_SECOND = 90_000;
const REMEMBERED = 64;

/** `a - b` on the 32-bit RTP clock, which wraps every 13 hours: the shorter way round, signed. */
export function rtpDistance(a: number, b: number): number {
  return (a - b) | 0;
}

export interface FrameTime {
  rtp_timestamp: number;
  source_frame: number;
  timecode: string;
  slate: boolean;
}

/** The frame that RTP timestamp `rtp` shows when `clock` is in force. */
export function frameAt(clock: Clock, rtp: number): FrameTime {
  const { num, den } = clock.rate;
  const ticks = rtpDistance(rtp, clock.rtp_timestamp);
  const frames = Math.round((ticks * num * clock.speed_percent) / (TICKS_PER_SECOND * den * 100));
  return {
    rtp_timestamp: rtp,
    source_frame: clock.source_frame + frames,
    timecode: formatTimecode(clock.timecode_frames + frames, clock.rate),
    slate: clock.slate,
  };
}

/** Which source frame an RTP timestamp is: the last `clock` message at or before it says so. */
export class ClockMap {
  private clocks: Clock[] = [];
  private viewing: string | null = null;

  /** RTP timestamps start anew with each viewing: clocks of another one mean nothing. */
  startViewing(viewing: string): void {
    this.viewing = viewing;
    this.clocks = this.clocks.filter((clock) => clock.viewing_id === viewing);
  }

  add(clock: Clock): void {
    this.clocks.push(clock);
    if (this.clocks.length > REMEMBERED) this.clocks.shift();
  }

  at(rtp: number): FrameTime | null {
    const clock = this.clockAt(rtp);
    return clock && frameAt(clock, rtp);
  }

  /** The clock in force at a timestamp; of one before all of them, the earliest. */
  clockAt(rtp: number): Clock | null {
    let best: Clock | null = null;
    let bestAge = Infinity;
    let earliest: Clock | null = null;
    for (const clock of this.clocks) {
      if (this.viewing !== null && clock.viewing_id !== undefined && clock.viewing_id !== this.viewing) continue;
      earliest ??= clock;
      const age = rtpDistance(rtp, clock.rtp_timestamp);
      if (age >= 0 && age <= bestAge) {
        best = clock;
        bestAge = age;
      }
    }
    return best ?? earliest;
  }
}
