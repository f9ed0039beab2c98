import { asApiError } from '../api/http';
import type { Still } from './still';
import type { Category, Comment, Drawing, NewComment, Priority } from '../api/types';

/** The frame a comment is about: as it was on this viewer's screen. */
export interface Pin {
  viewing_id: string;
  rtp_timestamp: number;
  timecode: string;
}

/** What a person says. */
export interface Said {
  text: string;
  category: Category | null;
  priority: Priority;
  mentions: string[];
  drawing: Drawing | null;
}

/** What it is about: frames that were seen, or another comment. */
export type About = { pin: Pin; end: Pin | null; still: Still } | { answers: ShownComment };

export interface ShownComment extends Said {
  id: string;
  revision: number;
  parent_id: string | null;
  author: string;
  house: boolean;
  timecode: string;
  duration_frames: number;
  created_at: string;
  edited: boolean;
  resolved: boolean;
  resolved_by: string | null;
  deleted: boolean;
  mine: boolean;
  /** Whether this viewer is named in it. */
  names_me: boolean;
  state: 'sent' | 'sending' | 'unsent';
  problem: string | null;
}

interface Draft {
  body: NewComment;
  still: Still | null;
  /** Never reached the server: worth sending again by itself. */
  unreachable: boolean;
}

const RETRY_AFTER_MS = 1000;
/** How often one is sent again that came too fast: many typed during a long drop come all at once. */
const HURRIED_MOST = 60;

export interface OutboxOptions {
  me: { link_id: string; name: string };
  send(comment: NewComment): Promise<Comment>;
  /** Sends what was on screen after the comment it belongs to. */
  sendStill(id: string, still: Blob): Promise<void>;
  changed(comments: ShownComment[]): void;
  wait?(ms: number): Promise<void>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => window.setTimeout(resolve, ms));

/** The comment list with this viewer's own shown at once; each is sent under one id, so that a retry doubles nothing. */
export class Outbox {
  private shown = new Map<string, ShownComment>();
  private readonly drafts = new Map<string, Draft>();
  private told = 0;

  constructor(private readonly options: OutboxOptions) {}

  /** The highest revision that the event stream has told of: all up to it are known here. */
  get revision(): number {
    return this.told;
  }

  /** The server's list replaces what it knows; what it has not seen yet stays. */
  replace(comments: readonly Comment[]): void {
    const unsent = [...this.shown.values()].filter((comment) => comment.state !== 'sent');
    this.shown = new Map();
    this.told = 0;
    for (const comment of unsent) this.shown.set(comment.id, comment);
    this.merge(comments);
  }

  /** What the event stream tells, in the order of revisions or all at once. */
  merge(comments: readonly Comment[]): void {
    for (const comment of comments) {
      this.told = Math.max(this.told, comment.revision);
      this.take(comment);
    }
    this.publish();
  }

  /** The answer to a request: it may come before or after the event stream tells the same. */
  receive(comment: Comment): void {
    this.take(comment);
    this.publish();
  }

  async submit(said: Said, about: About): Promise<void> {
    const id = crypto.randomUUID();
    const timecode = 'pin' in about ? about.pin.timecode : about.answers.timecode;
    const created_at = new Date().toISOString();
    const author = this.options.me.name;
    this.shown.set(id, {
      ...said, id, author, timecode, created_at, revision: 0, parent_id: 'pin' in about ? null : about.answers.id,
      house: false, duration_frames: 1, edited: false, resolved: false, resolved_by: null, deleted: false, mine: true,
      names_me: false, state: 'sending', problem: null,
    });
    this.drafts.set(id, { body: { id, ...said, ...placeOf(about) }, still: 'pin' in about ? about.still : null, unreachable: false });
    this.publish();
    await this.deliver(id);
  }

  async resend(id: string): Promise<void> {
    if (!this.drafts.has(id)) return;
    this.update(id, { state: 'sending', problem: null });
    await this.deliver(id);
  }

  /** After a drop: what never reached the server is sent now, under its first id. */
  resume(): void {
    for (const [id, draft] of this.drafts) {
      if (draft.unreachable && this.shown.get(id)?.state === 'unsent') void this.resend(id);
    }
  }

  private take(comment: Comment): void {
    this.drafts.delete(comment.id);
    const known = this.shown.get(comment.id);
    if (known?.state === 'sent' && known.revision >= comment.revision) return;
    this.shown.set(comment.id, this.fromServer(comment));
  }

  private async deliver(id: string): Promise<void> {
    const draft = this.drafts.get(id);
    if (!draft) return;
    try {
      this.receive(await this.insist(() => this.options.send(draft.body)));
      void this.illustrate(id, draft.still);
    } catch (error) {
      const refusal = asApiError(error);
      draft.unreachable = refusal.unreachable;
      this.update(id, { state: 'unsent', problem: refusal.unreachable ? 'unreachable' : refusal.code });
    }
  }

  /** A comment without its still is whole: what fails here is told to nobody. */
  private async illustrate(id: string, taken: Still | null): Promise<void> {
    const still = await taken?.catch(() => null);
    if (still) await this.insist(() => this.options.sendStill(id, still)).catch(() => undefined);
  }

  /** Sends once more what did not get through, and what came too fast when the server says. */
  private async insist<T>(send: () => Promise<T>, failed = false, hurried = 0): Promise<T> {
    try {
      return await send();
    } catch (error) {
      const { status, retryAfterS } = asApiError(error);
      const wait = this.options.wait ?? pause;
      if (status === 429 && hurried < HURRIED_MOST) {
        await wait((retryAfterS ?? 1) * 1000);
        return await this.insist(send, failed, hurried + 1);
      }
      if (failed || (status !== 0 && status < 500)) throw error;
      await wait(RETRY_AFTER_MS);
      return await this.insist(send, true, hurried);
    }
  }

  private fromServer(comment: Comment): ShownComment {
    const { id, revision, parent_id, link_id, author, text, timecode, duration_frames, category, priority } = comment;
    const { mentions, drawing, created_at, edited_at, resolved_at, resolved_by, deleted } = comment;
    const me = this.options.me.link_id;
    return {
      id, revision, parent_id, author, text, timecode, duration_frames, category, priority, mentions, drawing, created_at,
      house: link_id === null, edited: edited_at !== null, resolved: resolved_at !== null, resolved_by, deleted,
      mine: link_id === me, names_me: mentions.includes(me), state: 'sent', problem: null,
    };
  }

  private update(id: string, patch: Partial<ShownComment>): void {
    const comment = this.shown.get(id);
    if (!comment || comment.state === 'sent') return;
    this.shown.set(id, { ...comment, ...patch });
    this.publish();
  }

  private publish(): void {
    this.options.changed([...this.shown.values()].sort((a, b) => a.created_at.localeCompare(b.created_at)));
  }
}

function placeOf(about: About): Partial<NewComment> {
  if (!('pin' in about)) return { parent_id: about.answers.id };
  const { viewing_id, rtp_timestamp } = about.pin;
  const end = about.end?.viewing_id === viewing_id ? { end_rtp_timestamp: about.end.rtp_timestamp } : {};
  return { viewing_id, rtp_timestamp, ...end };
}
