import { getReview } from '../api/account';
import type { Review, ReviewMessage } from '../api/types';
import { answers, asApiError } from '../api/http';
import { EventSocket } from '../api/socket';
import { Laser } from '../room/laser';
import { withLine } from '../room/company';
import { withComment } from '../room/threads';
import { Store } from '../store';

/** A review in which nothing happens says nothing: after this long the server is asked whether it is there. */
const SILENCE_MS = 6000;

export interface LiveReview {
  review: Review | null;
  /** True while what is shown is being kept up to date. */
  fresh: boolean;
}

/** What a message changes in the review that is shown. */
export function applyMessage(review: Review | null, message: ReviewMessage): Review | null {
  if (message.type === 'snapshot' || message.type === 'review') return message.review;
  if (!review) return null;
  switch (message.type) {
    case 'viewers':
      return { ...review, viewers: message.viewers };
    case 'links':
      return { ...review, links: message.links };
    case 'source':
      return { ...review, source: message.source };
    case 'proof': {
      const { viewer_id: id, proof } = message;
      return { ...review, viewers: review.viewers.map((viewer) => (viewer.id === id ? { ...viewer, proof } : viewer)) };
    }
    case 'comment':
      return { ...review, comments: withComment(review.comments, message.comment) };
    case 'chat':
      return { ...review, chat: withLine(review.chat, message.line) };
    case 'floor':
      return { ...review, floor: message.floor };
    case 'pointers':
      return review;
  }
}

/** A review kept up to date by events; commands put their answers in at once. */
export class LiveReviewFeed {
  readonly store = new Store<LiveReview>({ review: null, fresh: true });
  readonly laser = new Laser({ link_id: '', name: '' }, (at) => this.events.send({ type: 'pointer', at }));
  private readonly events: EventSocket<ReviewMessage>;

  constructor(
    private readonly id: string,
    private readonly refused: (error: unknown) => void,
  ) {
    const handlers = {
      message: (message: ReviewMessage) => {
        if (message.type === 'pointers') this.laser.hear(message.pointers);
        else this.put(applyMessage(this.store.get().review, message));
      },
      flowing: (fresh: boolean) => this.store.set({ fresh }),
      failed: () => void this.read(),
    };
    this.events = new EventSocket(`/api/reviews/${encodeURIComponent(id)}/events`, handlers, SILENCE_MS, answers);
    void this.read();
  }

  put(review: Review | null): void {
    if (review) this.store.set({ review });
  }

  patch(change: (review: Review) => Partial<Review>): void {
    const { review } = this.store.get();
    if (review) this.put({ ...review, ...change(review) });
  }

  close(): void {
    this.laser.stop();
    this.events.close();
  }

  private async read(): Promise<void> {
    try {
      this.put(await getReview(this.id));
    } catch (error) {
      const { status, unreachable } = asApiError(error);
      // There is no such review, and there will not be one.
      if (status === 404) this.close();
      // Being cut off is told by what is shown being no longer fresh, and ends by itself.
      if (unreachable && this.store.get().review) return;
      this.refused(error);
    }
  }
}
