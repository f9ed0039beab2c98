import { decodeMs, lossPercent, NOTHING_RECEIVED, type Received } from './facts';
import { latencyOf, readFrameFormat, readStats } from './stats';
import type { Viewing } from './whep';

const EVERY_MS = 2000;
/** So many reports in a row without a byte of picture: the way is dead even if the peer does not know it yet. */
const STALLED_AFTER = 2;

/** Reads what the browser receives, every two seconds. */
export class Monitor {
  private timer = 0;
  private viewing: Viewing | null = null;
  private last: Received = NOTHING_RECEIVED;
  private still = 0;
  private format: string | null = null;
  private formatWanted = false;

  constructor(private readonly handlers: { received(received: Received): void; stalled(): void }) {}

  watch(viewing: Viewing): void {
    this.stop();
    this.viewing = viewing;
    this.last = NOTHING_RECEIVED;
    this.still = 0;
    this.formatWanted = true;
    this.timer = window.setInterval(() => void this.read(viewing), EVERY_MS);
    // The first facts early, so that the picture line is complete as soon as there is a picture.
    window.setTimeout(() => void this.read(viewing), EVERY_MS / 4);
  }

  stop(): void {
    window.clearInterval(this.timer);
    this.viewing = null;
  }

  readFormatSoon(): void {
    this.formatWanted = true;
  }

  private async read(viewing: Viewing): Promise<void> {
    if (viewing !== this.viewing) return;
    const report = await viewing.peer.getStats();
    const received = readStats(report);
    if (viewing !== this.viewing) return;
    this.readFormat(viewing, received);
    this.noteProgress(received);
    const measured = { latencyMs: latencyOf(received, this.last), decodeMs: decodeMs(this.last, received), lossPercent: lossPercent(this.last, received) };
    this.last = { ...received, frameFormat: this.format, ...measured };
    this.handlers.received(this.last);
  }

  private readFormat(viewing: Viewing, received: Received): void {
    const track = viewing.stream.getVideoTracks()[0];
    if (!this.formatWanted || received.framesDecoded === 0 || !track) return;
    this.formatWanted = false;
    void readFrameFormat(track).then((format) => {
      if (viewing === this.viewing) this.format = format;
    });
  }

  private noteProgress(received: Received): void {
    this.still = received.bytes > 0 && received.bytes === this.last.bytes ? this.still + 1 : 0;
    if (this.still < STALLED_AFTER) return;
    this.still = 0;
    this.handlers.stalled();
  }
}
