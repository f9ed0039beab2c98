/** Takes pictures from the video element and has them read by a worker. */
import workerUrl from './worker?worker&url';
import type { Look, Reading } from './reading';
import { Grabber } from './grabber';

/** A look without an answer for this long has none. */
const PATIENCE_MS = 3000;

interface TrustedPolicies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

/** The page may run scripts from no address but this one: the policy's name is in the content security policy, once. */
const POLICY = 'proof-worker';
let trusted: string | null = null;

function startWorker(): Worker {
  const policies = (window as unknown as { trustedTypes?: TrustedPolicies }).trustedTypes;
  const rules = { createScriptURL: () => workerUrl };
  trusted ??= (policies?.createPolicy(POLICY, rules) ?? rules).createScriptURL(workerUrl);
  return new Worker(trusted, { type: 'module', name: 'proof' });
}

export interface Seen {
  reading: Reading;
  rtp: number | null;
}

interface Waiting {
  id: number;
  since: number;
  rtp: number | null;
  answer(seen: Seen | null): void;
}

export class Eye {
  private worker: Worker | null = null;
  private waiting: Waiting | null = null;
  private looks = 0;
  private grabbing = false;
  private readonly grabber = new Grabber();

  /** The next look at `video`, one at a time; null when it shows nothing, or nobody answers. */
  async look(video: HTMLVideoElement): Promise<Seen | null> {
    this.grabbing = true;
    const grabbed = await this.grabber.grab(video).catch(() => null);
    this.grabbing = false;
    if (!grabbed) return null;
    this.forget();
    const { picture, rtp } = grabbed;
    const look: Look = { id: this.looks++, picture };
    return new Promise((answer) => {
      this.waiting = { id: look.id, since: performance.now(), rtp, answer };
      this.open().postMessage(look, [picture as Transferable]);
    });
  }

  /** Whether an answer may still come. */
  get busy(): boolean {
    if (this.grabbing) return true;
    return this.waiting !== null && performance.now() - this.waiting.since < PATIENCE_MS;
  }

  close(): void {
    this.worker?.terminate();
    this.worker = null;
    this.grabber.close();
    this.forget();
  }

  private forget(): void {
    this.waiting?.answer(null);
    this.waiting = null;
  }

  private open(): Worker {
    if (this.worker) return this.worker;
    this.worker = startWorker();
    this.worker.onmessage = ({ data }: MessageEvent<Reading>) => {
      const { waiting } = this;
      if (waiting?.id !== data.id) return;
      this.waiting = null;
      if (data.raw === null) this.grabber.useTap();
      waiting.answer({ reading: data, rtp: waiting.rtp });
    };
    return this.worker;
  }
}
