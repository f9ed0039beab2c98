/** One look at a picture, from the page to the worker and back. */
import type { Tags } from './color';
import type { Measured, Spread } from './measure';

/** A picture to be read: the whole coded one, strip and all. It is closed there. */
export interface Look {
  id: number;
  picture: VideoFrame | ImageBitmap;
}

export interface Reading extends Measured {
  id: number;
  /** What the raw samples were; null where the browser does not hand them out. */
  raw: { bits: number; chroma: string; tags: Tags | null } | null;
  /** How far a canvas is from what it should show, in codes of 10 bits; null when it was not asked. */
  canvas: Spread | null;
}
