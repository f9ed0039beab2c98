import { describe, expect, it } from 'vitest';
import type { Comment, ListedSource } from '../src/api/types';
import { stepTo, stillsOf } from '../src/console/stills';

const still = (id: string, source_id: string, source_frame: number, has_still = true, deleted = false): Comment =>
  ({ id, source_id, source_frame, has_still, deleted, created_at: id }) as Comment;
const sources = ['reel 1', 'reel 2'].map((id) => ({ id }) as ListedSource);

describe('stills', () => {
  it('lie in the order of their sources and of the frames in each', () => {
    const comments = [still('a', 'reel 2', 1), still('b', 'reel 1', 90), still('c', 'reel 1', 3), still('d', 'reel 1', 3)];
    expect(stillsOf(comments, sources).map(({ id }) => id)).toEqual(['c', 'd', 'b', 'a']);
  });

  it('are those of comments that have one and were not taken back', () => {
    expect(stillsOf([still('a', 'reel 1', 1, false), still('b', 'reel 1', 1, true, true)], sources)).toEqual([]);
  });

  it('are walked through by arrows, and not beyond the last', () => {
    expect(stepTo('ArrowRight', 0, 5, 3)).toBe(1);
    expect(stepTo('ArrowDown', 1, 5, 3)).toBe(4);
    expect(stepTo('ArrowDown', 3, 5, 3)).toBe(3);
    expect(stepTo('ArrowUp', 4, 5, 3)).toBe(1);
    expect(stepTo('ArrowLeft', 0, 5, 3)).toBe(0);
    expect([stepTo('Home', 3, 5, 3), stepTo('End', 3, 5, 3), stepTo('x', 3, 5, 3)]).toEqual([0, 4, 3]);
  });
});
