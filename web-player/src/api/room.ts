import type { Point } from './comment';

/** What is said and shown in a room beside its comments. */

export interface ChatLine {
  id: string;
  /** 1, 2, 3 ... in the review, without gaps. */
  number: number;
  /** The guest's link; null when the house said it. */
  link_id: string | null;
  author: string;
  text: string;
  said_at: string;
}

/** What the house says over everybody's picture, and who may point. */
export interface Floor {
  pointers: boolean;
  talkback: string | null;
}

/** What is not named stays; null takes it away. */
export interface FloorChange {
  pointers?: boolean;
  talkback?: string | null;
}

/** Where somebody points in the picture; null: nowhere any more. */
export interface Pointer {
  link_id: string;
  name: string;
  at: Point | null;
}
