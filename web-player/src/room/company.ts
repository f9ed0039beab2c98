import { asApiError } from '../api/http';
import type { ChatLine, Floor, RoomMessage, RoomState } from '../api/types';
import { sendChat } from '../api/viewer';
import { Store } from '../store';
import { Laser } from './laser';

export interface CompanyView {
  chat: ChatLine[];
  /** Lines that came while the chat was not open. */
  unread: number;
  /** What became of the last line: a sentence of the server, '' when it was not reached. */
  problem: string | null;
  floor: Floor;
  /** Whether the house has muted this person. */
  muted: boolean;
}

/** A line into the others, each once, in the order they were said. */
export function withLine(chat: readonly ChatLine[], line: ChatLine): ChatLine[] {
  if (chat.some(({ id }) => id === line.id)) return [...chat];
  return [...chat, line].sort((a, b) => a.number - b.number);
}

/** The others in the room: what they say beside the comments, where they point, what the house says over the picture. */
export class Company {
  readonly store: Store<CompanyView>;
  readonly laser: Laser;
  private chatOpen = false;
  /** Whether what was said before is known. */
  private heard = false;

  constructor(
    private readonly room: RoomState,
    private readonly tell: (message: object) => void,
  ) {
    const { chat, floor, viewer } = room;
    this.store = new Store<CompanyView>({ chat, floor, unread: 0, problem: null, muted: viewer.muted });
    this.laser = new Laser(viewer, (at) => this.tell({ type: 'pointer', at }));
  }

  start(): void {
    document.addEventListener('visibilitychange', this.looked);
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.looked);
    this.laser.stop();
  }

  /** Says whether this page is in view; the server takes a page that connects for one that is. */
  readonly looked = (): void => {
    this.tell({ type: 'presence', looking: document.visibilityState === 'visible' });
  };

  raiseHand(raised: boolean): void {
    this.tell({ type: 'hand', raised });
  }

  point(): void {
    const { on } = this.laser.store.get();
    this.laser.switch(!on && this.mayPoint);
  }

  get mayPoint(): boolean {
    const { floor, muted } = this.store.get();
    return floor.pointers && !muted;
  }

  readChat(open: boolean): void {
    this.chatOpen = open;
    if (open && this.store.get().unread > 0) this.store.set({ unread: 0 });
  }

  /** Whether it was said; else why not stands in the view and the words stay with whoever typed them. */
  async say(id: string, text: string): Promise<boolean> {
    this.store.set({ problem: null });
    try {
      this.receive(await sendChat({ id, text }), true);
      return true;
    } catch (error) {
      const { unreachable, message } = asApiError(error);
      this.store.set({ problem: unreachable ? '' : message });
      return false;
    }
  }

  hear(message: RoomMessage): void {
    switch (message.type) {
      case 'snapshot': {
        const { chat, floor, viewer } = message.room;
        // What was said before one came is not new to whoever comes.
        for (const line of chat) this.receive(line, this.heard);
        this.heard = true;
        this.allow(floor, viewer.muted);
        if (document.visibilityState !== 'visible') this.looked();
        return;
      }
      case 'chat':
        return this.receive(message.line, true);
      case 'floor':
        return this.allow(message.floor, this.store.get().muted);
      case 'muted':
        return this.allow(this.store.get().floor, message.muted);
      case 'pointers':
        return this.laser.hear(message.pointers);
      default:
    }
  }

  private allow(floor: Floor, muted: boolean): void {
    this.store.set({ floor, muted });
    if (!this.mayPoint) this.laser.switch(false);
  }

  private receive(line: ChatLine, counts: boolean): void {
    const { chat, unread } = this.store.get();
    if (chat.some(({ id }) => id === line.id)) return;
    const fresh = counts && !this.chatOpen && line.link_id !== this.room.viewer.link_id;
    this.store.set({ chat: withLine(chat, line), unread: unread + (fresh ? 1 : 0) });
  }
}
