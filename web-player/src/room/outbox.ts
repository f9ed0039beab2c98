import { asApiError } from '../api/http';
import type { Comment, NewComment } from '../api/types';

/** The frame a comment is about: as it was on this viewer's screen. */
export interface Pin {
  viewing_id: string;
  rtp_timestamp: number;
  timecode: string;
}

export interface ShownComment {
  id: string;
  author: string;
  text: string;
  timecode: string;
  created_at: string;
  mine: boolean;
  state: 'sent' | 'sending' | 'unsent';
  problem: string | null;
}

interface Draft {
  body: NewComment;
  /** Never reached the server: worth sending again by itself. */
  unreachable: boolean;
}

const RETRY_AFTER_MS = 1000;

export interface OutboxOptions {
  me: { id: string; name: string };
  send(comment: NewComment): Promise<Comment>;
  changed(comments: ShownComment[]): void;
  wait?(ms: number): Promise<void>;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => window.setTimeout(resolve, ms));

/** The comment list with this viewer's own shown at once; each is sent under one id, so that a retry doubles nothing. */
export class Outbox {
  private shown = new Map<string, ShownComment>();
  private readonly drafts = new Map<string, Draft>();

  constructor(private readonly options: OutboxOptions) {}

  /** The server's list replaces what it knows; what it has not seen yet stays. */
  replace(comments: readonly Comment[]): void {
    const unsent = [...this.shown.values()].filter((comment) => comment.state !== 'sent');
    this.shown = new Map(comments.map((comment) => [comment.id, this.fromServer(comment)]));
    for (const comment of unsent) if (!this.shown.has(comment.id)) this.shown.set(comment.id, comment);
    this.publish();
  }

  receive(comment: Comment): void {
    this.drafts.delete(comment.id);
    this.shown.set(comment.id, this.fromServer(comment));
    this.publish();
  }

  async submit(text: string, pin: Pin): Promise<void> {
    const { viewing_id, rtp_timestamp, timecode } = pin;
    const body: NewComment = { id: crypto.randomUUID(), viewing_id, rtp_timestamp, text };
    const created_at = new Date().toISOString();
    const author = this.options.me.name;
    this.shown.set(body.id, { id: body.id, author, text, timecode, created_at, mine: true, state: 'sending', problem: null });
    this.drafts.set(body.id, { body, unreachable: false });
    this.publish();
    await this.deliver(body.id);
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

  private async deliver(id: string): Promise<void> {
    const draft = this.drafts.get(id);
    if (!draft) return;
    try {
      this.receive(await this.twice(draft.body));
    } catch (error) {
      const refusal = asApiError(error);
      draft.unreachable = refusal.unreachable;
      this.update(id, { state: 'unsent', problem: refusal.unreachable ? 'unreachable' : refusal.code });
    }
  }

  private async twice(body: NewComment): Promise<Comment> {
    try {
      return await this.options.send(body);
    } catch (error) {
      const status = asApiError(error).status;
      if (status !== 0 && status < 500) throw error;
      await (this.options.wait ?? pause)(RETRY_AFTER_MS);
      return await this.options.send(body);
    }
  }

  private fromServer(comment: Comment): ShownComment {
    const { id, author, text, timecode, created_at, viewer_id } = comment;
    return { id, author, text, timecode, created_at, mine: viewer_id === this.options.me.id, state: 'sent', problem: null };
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
