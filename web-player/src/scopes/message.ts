/** What the page and the worker of the scopes say to each other. */

export const SCOPES = ['waveform', 'parade', 'vectorscope', 'histogram'] as const;
export type ScopeName = (typeof SCOPES)[number];

export type ScopesAsk =
  | { type: 'canvas'; scope: ScopeName; canvas: OffscreenCanvas }
  | { type: 'look'; picture: VideoFrame | ImageBitmap; scopes: ScopeName[] };

/** What was read. */
export interface ScopesRead {
  /** Depth and chroma of the samples; null: a canvas's 8 bits, which were converted. */
  raw: { bits: number; chroma: string } | null;
  /** Name of the matrix that R'G'B' was made by. */
  matrix: string;
  /** Time that the worker took. */
  ms: number;
}
