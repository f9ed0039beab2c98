/** The second witness for time: the frame number in the picture against the one its RTP timestamp stands for. */
import type { FrameTime } from '../room/clock';

interface Testimony {
  rtp: number;
  frame: number;
  at: number;
}

/** The server's word on a frame may come after the frame: so long it is waited for. */
const WAIT_MS = 1500;
/** Testimonies kept while the server's word is missing. */
const MOST = 16;

export interface Counts {
  checked: number;
  disagreed: number;
}

export class TimeWitness {
  private waiting: Testimony[] = [];
  private counts: Counts = { checked: 0, disagreed: 0 };

  constructor(private readonly frameAt: (rtp: number) => Pick<FrameTime, 'source_frame'> | null) {}

  saw(rtp: number, frame: number, now: number): void {
    this.waiting.push({ rtp, frame, at: now });
    if (this.waiting.length > MOST) this.waiting.shift();
    this.waiting = this.waiting.filter((testimony) => !this.settle(testimony, now));
  }

  /** What was counted since the last time this was asked. */
  take(): Counts {
    const { counts } = this;
    this.counts = { checked: 0, disagreed: 0 };
    return counts;
  }

  /** Puts counts back that reached nobody. */
  giveBack({ checked, disagreed }: Counts): void {
    this.counts.checked += checked;
    this.counts.disagreed += disagreed;
  }

  /** Timestamps of another viewing mean nothing. */
  forget(): void {
    this.waiting = [];
  }

  private settle({ rtp, frame, at }: Testimony, now: number): boolean {
    const said = this.frameAt(rtp);
    // The strip has the low 32 bits.
    const agrees = said !== null && said.source_frame % 2 ** 32 === frame;
    if (!agrees && now - at < WAIT_MS) return false;
    if (said === null) return true;
    this.counts.checked += 1;
    if (!agrees) this.counts.disagreed += 1;
    return true;
  }
}
