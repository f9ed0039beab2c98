import { asApiError, type ApiError } from '../api/http';
import { newLease } from '../api/viewer';
import type { Lease } from '../api/types';
import { step, type Connection, type ConnectionEvent } from './machine';
import { SignalMismatch } from './signal';
import { prepare, speaksWebRtc, Viewing, type Prepared } from './whep';

export interface ConnectionHandlers {
  changed(connection: Connection): void;
  /** A new viewing has its server-side id; its picture follows. */
  opened(viewing: Viewing): void;
}

const RENEW_AGAIN_MS = 5000;

/** What a refusal of the lease or of the offer means for the way to the picture. */
export function eventOf(error: ApiError): ConnectionEvent {
  if (error.status === 410 || error.reason) {
    return { type: 'ended', reason: error.reason ?? 'review_ended', message: error.message };
  }
  if (error.code === 'not_joined') return { type: 'not_joined' };
  if (error.code === 'full') return { type: 'full', retryAfterS: error.retryAfterS };
  if (error.status === 406 || error.status === 415) return { type: 'unsupported', message: error.message };
  return { type: 'lost' };
}

/** The lease somebody came in with, once; then a new one each time. */
export function leases(first?: Lease): () => Promise<Lease> {
  let next = first;
  return () => {
    const lease = next;
    next = undefined;
    return lease ? Promise.resolve(lease) : newLease();
  };
}

/** Carries out what the state machine says: leases, offers, timers. */
export class ConnectionDriver {
  private state: Connection = { at: 'idle' };
  private viewing: Viewing | null = null;
  /** Kept while its successor is made: its last frame stays on screen instead of black. */
  private previous: Viewing | null = null;
  private timer = 0;
  private renewal = 0;

  constructor(
    private readonly whepUrl: string,
    /** The server's certificate by the page's word. */
    private readonly fingerprint: () => string,
    private prepared: Prepared | null,
    private readonly handlers: ConnectionHandlers,
    /** How the right to the picture is asked for, at first and anew. */
    private readonly lease: () => Promise<Lease> = newLease,
  ) {}

  get current(): Viewing | null {
    return this.viewing;
  }

  /** Whose picture is on screen: while a successor is made, still the last one's. */
  get onScreen(): Viewing | null {
    return this.viewing?.shown ? this.viewing : this.previous;
  }

  dispatch(event: ConnectionEvent): void {
    const before = this.state;
    this.state = step(before, event);
    if (this.state === before) return;
    this.enter(this.state);
    this.handlers.changed(this.state);
  }

  /** Ends the media here; tells the server while the page is still there to tell it. */
  close(): void {
    window.clearTimeout(this.timer);
    window.clearTimeout(this.renewal);
    this.viewing?.close(true);
    this.viewing = null;
    this.dropPrevious();
    this.prepared?.peer.close();
    this.prepared = null;
  }

  private enter(state: Connection): void {
    window.clearTimeout(this.timer);
    if (state.at === 'connecting') void this.connect();
    else if (state.at === 'waiting' || state.at === 'full')
      this.timer = window.setTimeout(() => this.dispatch({ type: 'timer' }), state.delayMs);
    else if (state.at !== 'live' && state.at !== 'idle') this.close();
  }

  private async connect(): Promise<void> {
    if (!speaksWebRtc()) return this.dispatch({ type: 'unsupported', message: '' });
    // The new offer replaces the old viewing on the server, so nobody need be told.
    if (this.viewing?.shown) {
      this.dropPrevious();
      this.previous = this.viewing;
    } else this.viewing?.close(false);
    window.clearTimeout(this.renewal);
    const viewing: Viewing = new Viewing(this.prepared ?? prepare(), {
      connected: () => this.about(viewing, { type: 'connected' }),
      lost: () => this.about(viewing, { type: 'lost' }),
    });
    this.prepared = null;
    this.viewing = viewing;
    try {
      const lease = await this.lease();
      if (viewing !== this.viewing) return;
      this.renewLater(viewing, lease);
      await viewing.open(this.whepUrl, lease.lease, this.fingerprint());
      if (viewing !== this.viewing) return;
      viewing.shown = true;
      this.handlers.opened(viewing);
      this.dropPrevious();
    } catch (error) {
      this.about(viewing, error instanceof SignalMismatch ? { type: 'mismatch' } : eventOf(asApiError(error)));
    }
  }

  private dropPrevious(): void {
    this.previous?.close(false);
    this.previous = null;
  }

  private about(viewing: Viewing, event: ConnectionEvent): void {
    if (viewing === this.viewing) this.dispatch(event);
  }

  private renewLater(viewing: Viewing, lease: Lease): void {
    this.renewal = window.setTimeout(() => void this.renew(viewing), lease.renew_after_s * 1000);
  }

  private async renew(viewing: Viewing): Promise<void> {
    if (viewing !== this.viewing) return;
    try {
      const lease = await this.lease();
      viewing.renew(lease.lease);
      this.renewLater(viewing, lease);
    } catch (error) {
      const event = eventOf(asApiError(error));
      if (event.type === 'ended' || event.type === 'not_joined') this.about(viewing, event);
      else this.renewal = window.setTimeout(() => void this.renew(viewing), RENEW_AGAIN_MS);
    }
  }
}
