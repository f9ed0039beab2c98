import type { Point, Pointer } from '../api/types';
import { Store } from '../store';

/** Between two places that are sent. */
const EVERY_MS = 50;
/** A place that is not told anew begins to fade, and is gone. */
const FADE_MS = 700;
const GONE_MS = 1000;

/** Somebody's pointer as it is shown. */
export interface Spot {
  link_id: string;
  name: string;
  at: Point;
  fading: boolean;
}

interface Heard extends Spot {
  at_ms: number;
}

export interface LaserView {
  /** Whether this person points. */
  on: boolean;
  spots: Spot[];
}

/** Pointers in the picture: one's own as it is moved, the others' as the server tells. Nothing of it is kept. */
export class Laser {
  readonly store = new Store<LaserView>({ on: false, spots: [] });
  private heard: Heard[] = [];
  private sentAt = -Infinity;
  private waiting: Point | null = null;
  private sending = 0;
  private fading = 0;

  constructor(
    private me: { link_id: string; name: string },
    private readonly send: (at: Point | null) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Says whose pointer this is, where that is known later only. */
  be(me: { link_id: string; name: string }): void {
    this.me = me;
  }

  switch(on: boolean): void {
    if (on === this.store.get().on) return;
    this.store.set({ on });
    if (!on) this.leave();
  }

  /** One's own pointer moved. */
  move(at: Point): void {
    if (!this.store.get().on) return;
    this.put({ ...this.me, at });
    this.waiting = at;
    const wait = this.sentAt + EVERY_MS - this.now();
    if (wait <= 0) this.flush();
    else if (this.sending === 0) this.sending = window.setTimeout(() => this.flush(), wait);
  }

  /** One's own pointer left the picture. */
  leave(): void {
    window.clearTimeout(this.sending);
    this.sending = 0;
    this.waiting = null;
    if (!this.heard.some((spot) => spot.link_id === this.me.link_id)) return;
    this.drop(this.me.link_id);
    this.send(null);
  }

  /** Where others point. One's own echo is older than what the hand does. */
  hear(pointers: readonly Pointer[]): void {
    for (const { link_id, name, at } of pointers) {
      if (link_id === this.me.link_id) continue;
      if (at === null) this.drop(link_id);
      else this.put({ link_id, name, at });
    }
  }

  stop(): void {
    window.clearTimeout(this.sending);
    window.clearTimeout(this.fading);
  }

  private flush(): void {
    window.clearTimeout(this.sending);
    this.sending = 0;
    if (!this.waiting) return;
    this.sentAt = this.now();
    this.send(this.waiting);
    this.waiting = null;
  }

  private put({ link_id, name, at }: { link_id: string; name: string; at: Point }): void {
    const others = this.heard.filter((spot) => spot.link_id !== link_id);
    this.heard = [...others, { link_id, name, at, fading: false, at_ms: this.now() }];
    this.show();
  }

  private drop(link: string): void {
    this.heard = this.heard.filter((spot) => spot.link_id !== link);
    this.show();
  }

  /** Shows what is young enough, and looks again when something grows old. */
  private show(): void {
    window.clearTimeout(this.fading);
    const now = this.now();
    this.heard = this.heard.filter((spot) => now - spot.at_ms < GONE_MS);
    const spots = this.heard.map(({ at_ms, ...spot }) => ({ ...spot, fading: now - at_ms >= FADE_MS }));
    // In one order, so that nobody's mark jumps over another's.
    this.store.set({ spots: spots.sort((a, b) => a.link_id.localeCompare(b.link_id)) });
    const ages = this.heard.map((spot) => now - spot.at_ms);
    const next = Math.min(...ages.map((age) => (age < FADE_MS ? FADE_MS : GONE_MS) - age));
    if (Number.isFinite(next)) this.fading = window.setTimeout(() => this.show(), next + 1);
  }
}
