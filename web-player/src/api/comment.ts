import type { ProofState } from '../proof/state';
import type { Rate } from './types';

/** The shapes of the log of comments. */

export type Category = 'color' | 'sound' | 'vfx' | 'edit' | 'other';
export type Priority = 'low' | 'normal' | 'high';
export type Ink = 'red' | 'yellow' | 'green' | 'blue' | 'white';

/** In coordinates of the picture: 0,0 is its upper left corner, 1,1 its lower right one. */
export type Point = [x: number, y: number];

export type Shape =
  | { kind: 'pen'; ink: Ink; points: Point[] }
  | { kind: 'arrow' | 'box' | 'ellipse'; ink: Ink; from: Point; to: Point }
  | { kind: 'text'; ink: Ink; at: Point; text: string };

export interface Drawing {
  shapes: Shape[];
}

/** Of two states of a comment the one with the higher revision is the newer. */
export interface Comment {
  id: string;
  revision: number;
  parent_id: string | null;
  /** The guest's link, the same however often they come; null when the house said it. */
  link_id: string | null;
  viewer_id: string | null;
  author: string;
  /** The source it was made on: frame numbers count in it. */
  source_id: string;
  text: string;
  source_frame: number;
  duration_frames: number;
  rate: Rate;
  timecode: string;
  category: Category | null;
  priority: Priority;
  mentions: string[];
  drawing: Drawing | null;
  /** Whether the house can see a still of what its author saw. */
  has_still: boolean;
  created_at: string;
  edited_at: string | null;
  resolved_at: string | null;
  resolved_by: string | null;
  /** Taken back by its author: empty, and there only for what answers it. */
  deleted: boolean;
  /** What was known of its author's picture when it was said; null without a picture. */
  proof: ProofState | null;
  /** The same when what is drawn was last drawn. */
  drawing_proof: ProofState | null;
  /** What the picture's own frame number said of its frame. */
  frame_witness: 'confirmed' | 'contradicted' | null;
}

/** What is not named stays; null takes it away. */
export interface CommentChange {
  text?: string;
  category?: Category | null;
  priority?: Priority;
  resolved?: boolean;
}

export interface Person {
  link_id: string;
  name: string;
  /** Whether they are shown the picture now. */
  here: boolean;
  /** Whether their page is in view. */
  looking: boolean;
  /** Whether their hand is up. */
  hand: boolean;
  /** Whether they are of the house. */
  house: boolean;
}

/** About what was on screen (`viewing_id`, `rtp_timestamp`), or an answer (`parent_id`). */
export interface NewComment {
  id: string;
  viewing_id?: string;
  rtp_timestamp?: number;
  end_rtp_timestamp?: number;
  parent_id?: string;
  text: string;
  category?: Category | null;
  priority?: Priority;
  mentions?: string[];
  drawing?: Drawing | null;
}
