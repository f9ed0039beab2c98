import { endPreview, startPreview } from '../api/preview';
import { asApiError } from '../api/http';
import type { Lease, Preview } from '../api/types';
import { ConnectionDriver } from '../room/connection';
import { isFinal, type Connection } from '../room/machine';
import { Screen } from '../room/screen';
import { Store } from '../store';

export interface PreviewView {
  connection: Connection;
  /** The account as a viewer, once it looks. */
  preview: Preview | null;
  hasFrame: boolean;
  /** Why there is no picture, as the server says it. */
  problem: string | null;
}

/** The console's own picture: this account looks at the review as a viewer does, with its own mark and in its own place. */
export class PreviewPlayer {
  readonly store = new Store<PreviewView>({ connection: { at: 'idle' }, preview: null, hasFrame: false, problem: null });
  readonly screen = new Screen({ firstFrame: () => this.store.set({ hasFrame: true }), soundRefused: () => undefined });
  private readonly driver: ConnectionDriver;

  constructor(private readonly review: string) {
    this.driver = new ConnectionDriver(
      `/whep/${encodeURIComponent(review)}`,
      () => this.store.get().preview?.media_fingerprint ?? '',
      null,
      {
        changed: (connection) => this.changed(connection),
        opened: (viewing) => void this.screen.show(viewing.stream),
      },
      () => this.lease(),
    );
    window.addEventListener('pagehide', this.left);
  }

  start(): void {
    this.driver.dispatch({ type: 'start' });
  }

  /** The sound of a suite comes from the suite. */
  attach(video: HTMLVideoElement | null): void {
    if (video) video.muted = true;
    this.screen.attach(video);
  }

  /** Stops looking and gives the place back. */
  stop(): void {
    window.removeEventListener('pagehide', this.left);
    this.driver.close();
    this.screen.clear();
    endPreview(this.review).catch(() => undefined);
  }

  private readonly left = (): void => this.driver.close();

  private async lease(): Promise<Lease> {
    try {
      const preview = await startPreview(this.review);
      this.store.set({ preview, problem: null });
      return preview;
    } catch (error) {
      const { unreachable, message } = asApiError(error);
      if (!unreachable) this.store.set({ problem: message });
      throw error;
    }
  }

  private changed(connection: Connection): void {
    this.store.set({ connection });
    if (connection.at === 'live') return;
    const gone = isFinal(connection) || connection.at === 'full';
    if (gone) {
      this.screen.clear();
      this.store.set({ hasFrame: false });
    }
  }
}
