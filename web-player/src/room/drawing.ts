import type { Drawing, Ink, Point, Shape } from '../api/types';

/** The server's limits (`server/src/domain/drawing.rs`). */
export const SHAPE_LIMIT = 64;
export const POINT_LIMIT = 2000;
export const LABEL_LIMIT = 120;

/** The same colours as in the server's files. */
export const INKS: Readonly<Record<Ink, string>> = {
  red: '#e5484d',
  yellow: '#f5d90a',
  green: '#46a758',
  blue: '#3e8ef7',
  white: '#ffffff',
};
export const INK_NAMES = Object.keys(INKS) as Ink[];

export interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Where a picture lies in a box that shows it as large as it fits, in the middle. */
export function pictureRect(box: { width: number; height: number }, picture: { width: number; height: number }): Rect {
  if (picture.width <= 0 || picture.height <= 0) return { left: 0, top: 0, ...box };
  const scale = Math.min(box.width / picture.width, box.height / picture.height);
  const [width, height] = [picture.width * scale, picture.height * scale];
  return { left: (box.width - width) / 2, top: (box.height - height) / 2, width, height };
}

const clamp = (value: number): number => Math.min(1, Math.max(0, value));
/** A tenth of a pixel at 1,000 lines: more digits only make messages longer. */
const short = (value: number): number => Math.round(clamp(value) * 10_000) / 10_000;

/** A point of the window as a point of the picture; outside it, the nearest one on its edge. */
export function pointIn(rect: Rect, x: number, y: number): Point {
  return [short((x - rect.left) / rect.width), short((y - rect.top) / rect.height)];
}

const STEP = 0.002;

/** A stroke goes on to a point; where it hardly moved, it stays as it was. */
export function extended(points: readonly Point[], point: Point): Point[] {
  const last = points.at(-1);
  const near = last && Math.hypot(last[0] - point[0], last[1] - point[1]) < STEP;
  return near ? [...points] : [...points, point];
}

export function pointsOf(shapes: readonly Shape[]): number {
  return shapes.reduce((sum, shape) => sum + (shape.kind === 'pen' ? shape.points.length : 1), 0);
}

/** Whether a shape is more than a slip of the hand. */
export function counts(shape: Shape): boolean {
  if (shape.kind === 'pen') return shape.points.length > 1;
  if (shape.kind === 'text') return shape.text.trim() !== '';
  return Math.hypot(shape.to[0] - shape.from[0], shape.to[1] - shape.from[1]) > STEP * 2;
}

export const drawingOf = (shapes: readonly Shape[]): Drawing | null => (shapes.length > 0 ? { shapes: [...shapes] } : null);

/** Corners of a rectangle as its upper left corner and its size. */
export function spanOf(from: Point, to: Point): { x: number; y: number; width: number; height: number } {
  return {
    x: Math.min(from[0], to[0]),
    y: Math.min(from[1], to[1]),
    width: Math.abs(to[0] - from[0]),
    height: Math.abs(to[1] - from[1]),
  };
}

/** The two ends of an arrow's head, in pixels. */
export function headOf(from: Point, to: Point, length: number): [Point, Point] {
  const angle = Math.atan2(to[1] - from[1], to[0] - from[0]);
  const end = (turn: number): Point => [to[0] + length * Math.cos(angle + turn), to[1] + length * Math.sin(angle + turn)];
  return [end(2.6), end(-2.6)];
}
