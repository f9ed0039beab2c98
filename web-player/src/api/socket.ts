import { backoffMs } from './backoff';

export interface SocketHandlers<M> {
  message(message: M): void;
  /** True while messages flow; false from the moment they do not. */
  flowing(flowing: boolean): void;
  /** A connection could not be made or broke; the reason is not told to scripts, so ask over HTTP. */
  failed?(): void;
}

/** The server's close code for "this is over, do not come back". */
const CLOSE_ENDED = 4000;

/**
 * An event stream that comes back by itself. Every connection starts with a snapshot, so resuming is: connect, replace
 * all, but for comments, of which only those come that the page's own revision says are missing (docs/events.md).
 * A gap in `seq` means a message was lost: connect anew.
 */
export class EventSocket<M extends { seq: number; type: string }> {
  private socket: WebSocket | null = null;
  private attempt = 0;
  private sequence: number | null = null;
  private timer = 0;
  private watchdog = 0;
  private closed = false;

  constructor(
    /** Asked at each connection, so that it can say what the page has already. */
    private readonly path: string | (() => string),
    private readonly handlers: SocketHandlers<M>,
    /** Longest time without a message. */
    private readonly silenceMs: number,
    /** Whether a server that says nothing is there. Where it always says something, silence means that it is not. */
    private readonly answers: () => Promise<boolean> = () => Promise.resolve(false),
  ) {
    this.open();
  }

  send(message: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  /** Try at once instead of after the wait, e.g. when the browser says it is online again. */
  hurry(): void {
    if (this.closed || this.socket) return;
    this.attempt = 0;
    window.clearTimeout(this.timer);
    this.open();
  }

  close(): void {
    this.closed = true;
    window.clearTimeout(this.timer);
    this.drop();
  }

  private open(): void {
    const path = typeof this.path === 'string' ? this.path : this.path();
    const socket = new WebSocket(new URL(path, location.href.replace(/^http/, 'ws')));
    this.socket = socket;
    this.sequence = null;
    socket.onmessage = (event) => this.receive(socket, String(event.data));
    socket.onclose = (event) => this.lost(socket, event.code);
    this.watch();
  }

  private receive(socket: WebSocket, data: string): void {
    if (socket !== this.socket) return;
    const message = JSON.parse(data) as M;
    if (this.sequence !== null && message.seq !== this.sequence + 1) {
      this.lost(socket, 0);
      return;
    }
    this.sequence = message.seq;
    this.attempt = 0;
    this.watch();
    this.handlers.flowing(true);
    this.handlers.message(message);
  }

  private watch(): void {
    window.clearTimeout(this.watchdog);
    const socket = this.socket;
    this.watchdog = window.setTimeout(() => socket && void this.silent(socket), this.silenceMs);
  }

  private async silent(socket: WebSocket): Promise<void> {
    const there = await this.answers();
    if (socket !== this.socket) return;
    if (there) this.watch();
    else this.lost(socket, 0);
  }

  private lost(socket: WebSocket, code: number): void {
    if (socket !== this.socket) return;
    this.drop();
    if (this.closed || code === CLOSE_ENDED) return;
    this.handlers.flowing(false);
    this.handlers.failed?.();
    this.timer = window.setTimeout(() => this.open(), backoffMs(this.attempt++));
  }

  private drop(): void {
    window.clearTimeout(this.watchdog);
    const socket = this.socket;
    this.socket = null;
    if (!socket) return;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close();
  }
}
