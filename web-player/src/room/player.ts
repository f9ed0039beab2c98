import { EventSocket } from '../api/socket';
import { asApiError } from '../api/http';
import { changeComment, getRoom, leaveRoom, sendComment, sendDisplayCheck, sendStill, takeBackComment } from '../api/viewer';
import type { CommentChange, DisplayCheck, Person, Picture, RoomMessage, RoomState, Source } from '../api/types';
import { Prover, UNPROVEN, type Proof, type ProverHandlers } from '../proof/prover';
import { Store } from '../store';
import { ConnectionDriver, eventOf, leases } from './connection';
import { watchDisplay } from './target';
import { NOTHING_RECEIVED, type Received } from './facts';
import { Company } from './company';
import { isFinal, type Connection } from './machine';
import { Easel } from './easel';
import { Outbox, type About, type Pin, type Said, type ShownComment } from './outbox';
import { Screen } from './screen';
import { Monitor } from './monitor';
import type { Prepared, Viewing } from './whep';

export interface RoomView {
  room: RoomState;
  connection: Connection;
  source: Source;
  picture: Picture | null;
  received: Received;
  comments: ShownComment[];
  people: Person[];
  /** What became of the last change of a comment: a sentence of the server, '' when it was not reached. */
  changeProblem: string | null;
  /** Events (clock, comments) arrive. */
  eventsFlow: boolean;
  hasFrame: boolean;
  muted: boolean;
  soundRefused: boolean;
}

/** The server sends a clock every second: this long without a word means the connection is dead. */
const SILENCE_MS = 6000;
const TRY_UNSENT_MS = 5000;

/** One person's stay in the room: media, events, comments and reports, kept alive for as long as the link lives. */
export class Player {
  readonly store: Store<RoomView>;
  readonly screen: Screen;
  readonly easel = new Easel();
  readonly company: Company;
  /** What is known of the picture on this screen. */
  readonly proof = new Store<Proof>(UNPROVEN);
  private readonly driver: ConnectionDriver;
  private readonly outbox: Outbox;
  private readonly monitor: Monitor;
  private readonly prover: Prover;
  private events: EventSocket<RoomMessage> | null = null;
  private unsentTimer = 0;
  private leaveDisplay: (() => void) | null = null;

  constructor(room: RoomState, prepared: Prepared | null) {
    this.store = new Store<RoomView>({
      room,
      connection: { at: 'idle' },
      source: room.source,
      picture: null,
      received: NOTHING_RECEIVED,
      comments: [],
      people: room.people,
      changeProblem: null,
      eventsFlow: true,
      hasFrame: false,
      muted: false,
      soundRefused: false,
    });
    this.screen = new Screen({
      firstFrame: () => this.store.set({ hasFrame: true }),
      soundRefused: () => this.store.set({ muted: true, soundRefused: true }),
    });
    this.company = new Company(room, (message) => this.events?.send(message));
    this.outbox = new Outbox({ me: room.viewer, send: sendComment, sendStill, changed: (comments) => this.store.set({ comments }) });
    this.outbox.replace(room.comments);
    this.driver = new ConnectionDriver(
      room.whep_url,
      () => room.media_fingerprint,
      prepared,
      { changed: (connection) => this.connectionChanged(connection), opened: (viewing) => this.opened(viewing) },
      leases(room.lease),
    );
    this.monitor = new Monitor({
      received: (received) => this.received(received),
      stalled: () => this.store.get().source.state !== 'waiting' && this.driver.dispatch({ type: 'lost' }),
    });
    this.prover = new Prover(this.screen, {
      changed: (proof) => this.proven(proof),
      facts: () => this.known(),
    });
  }

  start(): void {
    this.prover.start();
    this.company.start();
    this.openEvents();
    this.driver.dispatch({ type: 'start' });
    // Requests can fail while the event stream goes on: then nothing else says that the way is free again.
    this.unsentTimer = window.setInterval(() => this.outbox.resume(), TRY_UNSENT_MS);
    // Another display may be sent another colour; the old picture stays until the new one is there.
    this.leaveDisplay = watchDisplay(() => this.driver.dispatch({ type: 'lost' }));
    window.addEventListener('online', this.hurry);
    window.addEventListener('pagehide', this.pageHidden);
    window.addEventListener('pageshow', this.pageShown);
  }

  stop(): void {
    window.clearInterval(this.unsentTimer);
    this.leaveDisplay?.();
    window.removeEventListener('online', this.hurry);
    window.removeEventListener('pagehide', this.pageHidden);
    window.removeEventListener('pageshow', this.pageShown);
    this.events?.close();
    this.company.stop();
    this.monitor.stop();
    this.prover.stop();
    this.driver.close();
    this.screen.clear();
  }

  /** Watch here after all: another window had taken over, or the room was full. */
  rejoin(): void {
    this.openEvents();
    this.driver.dispatch({ type: 'start' });
  }

  readonly hurry = (): void => {
    this.events?.hurry();
    this.outbox.resume();
    this.driver.dispatch({ type: 'hurry' });
  };

  async leave(): Promise<void> {
    this.driver.dispatch({ type: 'ended', reason: 'left', message: '' });
    await leaveRoom().catch(() => undefined);
  }

  setMuted(muted: boolean): void {
    this.screen.setMuted(muted);
    this.store.set({ muted, soundRefused: false });
  }

  /** The frame on screen now, to pin a comment to; null while no frame is known. */
  pin(): Pin | null {
    const frame = this.screen.frameNow();
    const viewing_id = this.driver.onScreen?.id;
    if (!frame || viewing_id === undefined || viewing_id === '') return null;
    return { viewing_id, rtp_timestamp: frame.rtp_timestamp, timecode: frame.timecode };
  }

  comment(said: Said, about: About): void {
    void this.outbox.submit(said, about);
  }

  /** Changes a comment of one's own; the event stream tells everybody, this page too. */
  change(id: string, change: CommentChange): void {
    void this.ask(async () => this.outbox.receive(await changeComment(id, change)));
  }

  takeBack(id: string): void {
    void this.ask(() => takeBackComment(id));
  }

  checkedDisplay(check: DisplayCheck): Promise<void> {
    return sendDisplayCheck(check);
  }

  resend(id: string): void {
    void this.outbox.resend(id);
  }

  private async ask(change: () => Promise<void>): Promise<void> {
    this.store.set({ changeProblem: null });
    try {
      await change();
    } catch (error) {
      const { unreachable, message } = asApiError(error);
      this.store.set({ changeProblem: unreachable ? '' : message });
    }
  }

  private readonly pageHidden = (): void => this.driver.close();
  private readonly pageShown = (event: PageTransitionEvent): void => {
    if (event.persisted) location.reload();
  };

  private openEvents(): void {
    this.events?.close();
    this.events = new EventSocket<RoomMessage>(
      () => `/api/room/events?after=${this.outbox.revision}`,
      {
        message: (message) => this.heard(message),
        flowing: (flowing) => this.flowing(flowing),
        failed: () => void this.askWhy(),
      },
      SILENCE_MS,
    );
  }

  private flowing(flowing: boolean): void {
    if (this.store.get().eventsFlow === flowing) return;
    this.store.set({ eventsFlow: flowing });
    if (flowing) {
      this.driver.dispatch({ type: 'hurry' });
      this.outbox.resume();
    }
  }

  private heard(message: RoomMessage): void {
    this.company.hear(message);
    switch (message.type) {
      case 'snapshot':
        this.store.set({ room: message.room, source: message.room.source, people: message.room.people });
        if (message.room.comments_after === 0) this.outbox.replace(message.room.comments);
        else this.outbox.merge(message.room.comments);
        return;
      case 'clock':
        this.screen.clocks.add(message);
        return;
      case 'picture':
        this.store.set({ picture: message.picture });
        this.monitor.readFormatSoon();
        return;
      case 'source':
        this.store.set({ source: message.source });
        return;
      case 'comment':
        this.outbox.merge([message.comment]);
        return;
      case 'people':
        this.store.set({ people: message.people });
        return;
      case 'ended': {
        const other = message.viewing_id !== undefined && message.viewing_id !== this.driver.current?.id;
        if (!(message.reason === 'replaced' && other)) this.driver.dispatch(message);
      }
    }
  }

  /** A refused socket tells no reason; the room itself does. */
  private async askWhy(): Promise<void> {
    try {
      await getRoom();
    } catch (error) {
      const event = eventOf(asApiError(error));
      if (event.type === 'ended' || event.type === 'not_joined') this.driver.dispatch(event);
    }
  }

  private opened(viewing: Viewing): void {
    this.screen.clocks.startViewing(viewing.id);
    this.monitor.watch(viewing);
    void this.screen.show(viewing.stream);
  }

  private connectionChanged(connection: Connection): void {
    this.store.set({ connection });
    const over = isFinal(connection);
    if (connection.at === 'full' || over) {
      this.monitor.stop();
      this.screen.clear();
      this.store.set({ hasFrame: false, picture: null });
    }
    if (over) this.events?.close();
  }

  private known(): ReturnType<ProverHandlers['facts']> {
    const { connection, hasFrame, picture, received } = this.store.get();
    const live = connection.at === 'live' && hasFrame;
    return { viewing: this.driver.current?.id ?? '', live, picture, received };
  }

  /** Twice a second, and mostly nothing has changed. */
  private proven(proof: Proof): void {
    if (JSON.stringify(this.proof.get()) !== JSON.stringify(proof)) this.proof.set(proof);
  }

  private received(received: Received): void {
    this.store.set({ received });
    this.events?.send({
      type: 'report',
      frames_per_second: received.framesPerSecond,
      frames_dropped: received.framesDropped,
      decode_ms: received.decodeMs,
      frame_format: received.frameFormat,
      srtp_cipher: received.srtpCipher,
      loss_percent: received.lossPercent,
    });
  }
}
