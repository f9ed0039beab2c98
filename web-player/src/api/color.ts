/** Colour in the HTTP contract. */

export type InputColor =
  | 'from-tags'
  | 'bt1886'
  | 'p3-d65'
  | 'srgb'
  | 'p3-d65-pq'
  | 'rec2100-pq'
  | 'rec2100-hlg'
  | 'log-c3'
  | 'log-c4'
  | 's-log3'
  | 'v-log'
  | 'c-log2'
  | 'c-log3'
  | 'log3-g10'
  | 'davinci-intermediate'
  | 'bmd-film-gen5'
  | 'acescct'
  | 'acescct-aces2';
/** The colour a viewer is sent. */
export type TargetColor = 'srgb709' | 'reference709' | 'display-p3' | 'hdr10' | 'hlg';
