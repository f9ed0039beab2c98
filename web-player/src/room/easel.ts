import type { Drawing, Ink, Point, Shape } from '../api/types';
import { Store } from '../store';
import { counts, extended, LABEL_LIMIT, POINT_LIMIT, pointsOf, SHAPE_LIMIT } from './drawing';

export const TOOLS = ['pen', 'arrow', 'box', 'ellipse', 'text'] as const;
export type Tool = (typeof TOOLS)[number];

export interface EaselView {
  /** Whether the pointer draws. */
  open: boolean;
  tool: Tool;
  ink: Ink;
  shapes: Shape[];
  /** The one under the pointer. */
  current: Shape | null;
  /** Where a text is being typed. */
  typing: Point | null;
  /** Somebody's drawing that is looked at, and whose. */
  shown: { id: string; drawing: Drawing; caption: string } | null;
}

const EMPTY: EaselView = { open: false, tool: 'pen', ink: 'red', shapes: [], current: null, typing: null, shown: null };

/** What is being drawn for the next comment, and what is shown of others'. Points are in coordinates of the picture. */
export class Easel {
  readonly store = new Store<EaselView>(EMPTY);

  open(): void {
    this.store.set({ open: true, shown: null });
  }

  /** Stops drawing; what is drawn stays, and goes with the comment. */
  close(): void {
    this.store.set({ open: false, current: null, typing: null });
  }

  clear(): void {
    this.store.set({ open: false, shapes: [], current: null, typing: null });
  }

  pick(patch: { tool?: Tool; ink?: Ink }): void {
    this.store.set({ ...patch, typing: null });
  }

  undo(): void {
    this.store.set({ shapes: this.store.get().shapes.slice(0, -1), typing: null });
  }

  show(shown: EaselView['shown']): void {
    this.store.set({ shown, open: false });
  }

  down(at: Point): void {
    const { tool, ink } = this.store.get();
    if (this.full) return;
    if (tool === 'text') this.store.set({ typing: at });
    else if (tool === 'pen') this.store.set({ current: { kind: tool, ink, points: [at] } });
    else this.store.set({ current: { kind: tool, ink, from: at, to: at } });
  }

  move(at: Point): void {
    const { current, shapes } = this.store.get();
    if (!current || current.kind === 'text') return;
    if (current.kind !== 'pen') this.store.set({ current: { ...current, to: at } });
    else if (pointsOf(shapes) + current.points.length < POINT_LIMIT)
      this.store.set({ current: { ...current, points: extended(current.points, at) } });
  }

  up(): void {
    const { current } = this.store.get();
    if (current) this.add(current);
    this.store.set({ current: null });
  }

  write(text: string): void {
    const { typing, ink } = this.store.get();
    if (typing) this.add({ kind: 'text', ink, at: typing, text: text.trim().slice(0, LABEL_LIMIT) });
    this.store.set({ typing: null });
  }

  get full(): boolean {
    const { shapes } = this.store.get();
    return shapes.length >= SHAPE_LIMIT || pointsOf(shapes) >= POINT_LIMIT - 1;
  }

  private add(shape: Shape): void {
    const { shapes } = this.store.get();
    if (counts(shape)) this.store.set({ shapes: [...shapes, shape] });
  }
}
