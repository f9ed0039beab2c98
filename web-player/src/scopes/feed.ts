/** Hands pictures to the worker of the scopes: one at a time, at most so many a second, none while nobody looks. */
import { Grabber } from '../proof/grabber';
import { Store } from '../store';
import workerUrl from './worker?worker&url';
import type { ScopeName, ScopesAsk, ScopesRead } from './message';

/** 12.5 a second. */
const EVERY_MS = 80;
/** A look without an answer for this long has none. */
const PATIENCE_MS = 2000;
/** Figures are told once in so many looks. */
const TELL_EVERY = 12;

export interface ScopesView {
  /** What the scopes are made of, once a picture was read. */
  read: ScopesRead | null;
  /** Drawn in the last second or so. */
  perSecond: number;
}

interface TrustedPolicies {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

let trusted: string | null = null;

/** The policy's name is in the content security policy, once. */
function startWorker(): Worker {
  const policies = (window as unknown as { trustedTypes?: TrustedPolicies }).trustedTypes;
  const rules = { createScriptURL: () => workerUrl };
  trusted ??= (policies?.createPolicy('scopes-worker', rules) ?? rules).createScriptURL(workerUrl);
  return new Worker(trusted, { type: 'module', name: 'scopes' });
}

export class ScopesFeed {
  readonly store = new Store<ScopesView>({ read: null, perSecond: 0 });
  private readonly worker = startWorker();
  private readonly grabber = new Grabber();
  private readonly shown = new Set<ScopeName>();
  private readonly timer: number;
  private askedAt: number | null = null;
  private looks = 0;
  private told = performance.now();

  constructor(private readonly video: () => HTMLVideoElement | null) {
    this.worker.onmessage = ({ data }: MessageEvent<ScopesRead | null>) => this.answered(data);
    this.timer = window.setInterval(() => void this.look(), EVERY_MS);
  }

  /** A scope's canvas, given away for ever. */
  give(scope: ScopeName, canvas: OffscreenCanvas): void {
    const ask: ScopesAsk = { type: 'canvas', scope, canvas };
    this.worker.postMessage(ask, [canvas]);
    this.shown.add(scope);
  }

  hide(scope: ScopeName): void {
    this.shown.delete(scope);
  }

  close(): void {
    window.clearInterval(this.timer);
    this.grabber.close();
    this.worker.terminate();
  }

  private async look(): Promise<void> {
    const video = this.video();
    const now = performance.now();
    const busy = this.askedAt !== null && now - this.askedAt < PATIENCE_MS;
    if (!video || busy || this.shown.size === 0 || document.visibilityState !== 'visible') return;
    this.askedAt = now;
    const grabbed = await this.grabber.grab(video).catch(() => null);
    if (!grabbed) {
      this.askedAt = null;
      return;
    }
    const ask: ScopesAsk = { type: 'look', picture: grabbed.picture, scopes: [...this.shown] };
    this.worker.postMessage(ask, [grabbed.picture as Transferable]);
  }

  private answered(read: ScopesRead | null): void {
    this.askedAt = null;
    if (!read) return;
    if (read.raw === null) this.grabber.useTap();
    this.looks += 1;
    if (this.looks % TELL_EVERY !== 0 && this.store.get().read !== null) return;
    const now = performance.now();
    const perSecond = this.looks > 1 ? (TELL_EVERY * 1000) / (now - this.told) : 0;
    this.told = now;
    this.store.set({ read, perSecond });
  }
}
