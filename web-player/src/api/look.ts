/** A review's look and transport on the wire; names are the server's. */
import type { InputColor } from './color';

/** Slope, offset and power of red, green and blue, then saturation. */
export interface Cdl {
  slope: [number, number, number];
  offset: [number, number, number];
  power: [number, number, number];
  saturation: number;
}

export interface Grade {
  cdl: Cdl | null;
  lut_name: string | null;
  lut_off: boolean;
}

export type InputRange = 'from-tags' | 'limited' | 'full';

export interface Look {
  range: InputRange;
  grade: Grade;
  wipe: { percent: number; grade: Grade } | null;
}

/** What is not named stays; null takes it away. */
export interface GradeChange {
  cdl?: Cdl | null;
  lut?: string | null;
  lut_off?: boolean;
}

export interface LookChange {
  input_color?: InputColor;
  range?: InputRange;
  grade?: GradeChange;
  wipe?: { percent: number; grade?: GradeChange } | null;
}

export interface Lut {
  id: string;
  name: string;
  sha256: string;
  listed_at: string;
}

/** What an OpenColorIO configuration offers. */
export interface Configuration {
  color_spaces: string[];
  displays: { name: string; views: string[] }[];
}

/** A view of a configuration, wanted as a LUT. */
export interface NewView {
  /** The configuration's file name. */
  name: string;
  /** The file, in base64. */
  config: string;
  color_space: string;
  display: string;
  view: string;
}

/** Where a source is that can be paused and wound; frames are numbers in the source, from 0. */
export interface Transport {
  playing: boolean;
  speed_percent: number;
  range: [number, number] | null;
  frame: number;
  frames: number | null;
  can_seek: boolean;
  /** Timecode of frame 0, in frames since 00:00:00:00. */
  first_label: number;
}

export type TransportAction =
  | { action: 'play' | 'pause' | 'loop-all' }
  | { action: 'seek'; frame: number }
  | { action: 'step'; frames: number }
  | { action: 'loop'; first: number; last: number }
  | { action: 'speed'; percent: number }
  | { action: 'hold'; held: boolean };
