import { ApiError } from '../api/http';
import { sendProof } from '../api/viewer';
import type { Picture } from '../api/types';
import type { Received } from '../room/facts';
import type { Screen } from '../room/screen';
import { Eye, type Seen } from './eye';
import { readPage } from './page';
import { renditionOf, roundedSpread, type ProofReport } from './report';
import type { Reading } from './reading';
import { judge, type Verdict } from './state';
import { visibleHeight } from './strip';
import { TimeWitness } from './witness';

/** What is known of the picture on this screen. */
export interface Proof extends Verdict {
  rendition: string;
  measure: ProofReport['measure'];
  codeError: ProofReport['code_error'];
  deltaE: ProofReport['delta_e'];
}

export const UNPROVEN: Proof = {
  state: 'unknown',
  reasons: ['no_picture'],
  rendition: '',
  measure: 'none',
  codeError: null,
  deltaE: null,
};

export interface ProverHandlers {
  changed(proof: Proof): void;
  /** What the page knows besides. */
  facts(): { viewing: string; live: boolean; picture: Picture | null; received: Received };
}

const EVERY_MS = 500;
const REPORT_MS = 10_000;
/** After a refusal nothing is told for so long. */
const REFUSED_MS = 60_000;
/** Looks that are remembered. */
const REMEMBERED = 8;
/** A picture with less than this part of its rate, for so many looks, is slower. */
const SLOW = { part: 0.85, looks: 8 };

/** Looks at the picture twice a second, says what is proven of it, and tells the server. */
export class Prover {
  private readonly eye = new Eye();
  private readonly witness: TimeWitness;
  private timer = 0;
  private readings: Reading[] = [];
  private viewing = '';
  private slow = 0;
  private frame: ProofReport['frame'] = null;
  private told = '';
  private nextReport = 0;
  private proof: Proof = UNPROVEN;

  constructor(
    private readonly screen: Screen,
    private readonly handlers: ProverHandlers,
  ) {
    this.witness = new TimeWitness((rtp) => screen.clocks.at(rtp));
  }

  start(): void {
    this.timer = window.setInterval(() => void this.look(), EVERY_MS);
  }

  stop(): void {
    window.clearInterval(this.timer);
    this.eye.close();
  }

  private async look(): Promise<void> {
    const { video } = this.screen;
    const { viewing, live } = this.handlers.facts();
    if (viewing !== this.viewing) this.begin(viewing);
    if (!video || !live) return this.conclude(false);
    // A picture that nobody sees proves nothing, and a browser need not decode it.
    if (document.visibilityState !== 'visible') this.readings = [];
    else if (!this.eye.busy) {
      const seen = await this.eye.look(video);
      if (seen && viewing === this.viewing) this.saw(seen);
    }
    this.conclude(video.videoWidth > 0);
  }

  private begin(viewing: string): void {
    this.viewing = viewing;
    this.readings = [];
    this.frame = null;
    this.slow = 0;
    this.witness.forget();
  }

  private saw({ reading, rtp }: Seen): void {
    this.readings = [...this.readings.slice(1 - REMEMBERED), reading];
    if (!reading.message || rtp === null) return;
    this.frame = { source_frame: reading.message.frame, rtp_timestamp: rtp };
    this.witness.saw(rtp, reading.message.frame, performance.now());
  }

  private isSlower(received: Received): boolean {
    const clock = this.frame && this.screen.clocks.clockAt(this.frame.rtp_timestamp);
    const counts = clock !== null && !clock.slate && clock.speed_percent === 100;
    // The clock counts in the source's rate, whatever part of it is sent.
    const slow = counts && received.framesPerSecond < (SLOW.part * clock.rate.num) / clock.rate.den;
    this.slow = slow ? this.slow + 1 : 0;
    return this.slow >= SLOW.looks;
  }

  private conclude(hasPicture: boolean): void {
    const { video } = this.screen;
    if (!video) return;
    const facts = this.handlers.facts();
    const { picture } = facts;
    const verdict = judge({
      hasPicture,
      page: readPage(video, visibleHeight(video.videoWidth, video.videoHeight)),
      readings: this.readings,
      smaller: picture !== null && picture.height < picture.source_height,
      slower: this.isSlower(facts.received),
    });
    const last = this.readings.findLast(({ message }) => message !== null);
    this.proof = {
      ...verdict,
      rendition: renditionOf(last),
      measure: !last ? 'none' : last.raw ? 'raw' : 'canvas',
      codeError: roundedSpread(last?.codeError ?? null),
      deltaE: roundedSpread(last?.deltaE ?? null),
    };
    this.handlers.changed(this.proof);
    void this.report(facts.received.latencyMs);
  }

  /** At once when the state has changed, else now and then. */
  private async report(latency: number | null): Promise<void> {
    const { proof, viewing } = this;
    const now = performance.now();
    const state = [viewing, proof.state, ...proof.reasons].join(' ');
    const due = now >= this.nextReport || (state !== this.told && this.nextReport !== Infinity);
    if (viewing === '' || !due) return;
    const told = this.told;
    this.told = state;
    this.nextReport = Infinity;
    const { checked, disagreed } = this.witness.take();
    try {
      await sendProof({
        viewing_id: viewing,
        state: proof.state,
        reasons: proof.reasons.slice(0, 8),
        rendition: proof.rendition,
        measure: proof.measure,
        code_error: proof.codeError,
        delta_e: proof.deltaE,
        latency_ms: latency,
        frames_checked: checked,
        frames_disagreed: disagreed,
        frame: this.frame,
      });
      this.nextReport = now + REPORT_MS;
    } catch (error) {
      this.witness.giveBack({ checked, disagreed });
      this.told = told;
      this.nextReport = now + (error instanceof ApiError && error.status >= 400 ? REFUSED_MS : REPORT_MS);
    }
  }
}
