import { describe, expect, it } from 'vitest';
import { extended, headOf, pictureRect, pointIn, POINT_LIMIT, pointsOf, SHAPE_LIMIT, spanOf } from '../src/room/drawing';
import { Easel } from '../src/room/easel';

const PICTURE = { width: 1920, height: 1080 };

describe('coordinates of the picture', () => {
  it.each([
    [1440, 900],
    [390, 300],
    [3840, 2160],
    [800, 1600],
  ])('are the same point of the picture in a window of %i x %i', (width, height) => {
    const rect = pictureRect({ width, height }, PICTURE);
    expect(rect.width / rect.height).toBeCloseTo(16 / 9, 6);
    const middle = pointIn(rect, rect.left + rect.width / 4, rect.top + rect.height * 0.75);
    expect(middle).toEqual([0.25, 0.75]);
    expect(pointIn(rect, -5, height + 5)).toEqual([0, 1]);
  });

  it('have corners in any order, and arrows a head on both sides', () => {
    expect(spanOf([0.5, 0.1], [0.2, 0.4])).toMatchObject({ x: 0.2, y: 0.1 });
    const [left, right] = headOf([0, 0], [100, 0], 10);
    expect(left[0]).toBeCloseTo(right[0]);
    expect(left[1]).toBeCloseTo(-right[1]);
  });
});

describe('the easel', () => {
  it('makes shapes of each tool, and undo takes the last', () => {
    const easel = new Easel();
    const { store } = easel;
    easel.open();
    easel.down([0.1, 0.1]);
    for (let step = 1; step <= 5; step++) easel.move([0.1 + step / 10, 0.1]);
    easel.up();
    for (const tool of ['arrow', 'box', 'ellipse'] as const) {
      easel.pick({ tool, ink: 'blue' });
      easel.down([0.2, 0.2]);
      easel.move([0.4, 0.3]);
      easel.up();
    }
    easel.pick({ tool: 'text' });
    easel.down([0.5, 0.5]);
    easel.write('  肌  ');
    expect(store.get().shapes.map(({ kind }) => kind)).toEqual(['pen', 'arrow', 'box', 'ellipse', 'text']);
    expect(store.get().shapes.at(-1)).toMatchObject({ text: '肌', ink: 'blue' });
    easel.undo();
    expect(store.get().shapes).toHaveLength(4);
  });

  it('leaves out slips of the hand and empty texts', () => {
    const easel = new Easel();
    easel.down([0.1, 0.1]);
    easel.up();
    easel.pick({ tool: 'box' });
    easel.down([0.1, 0.1]);
    easel.up();
    easel.pick({ tool: 'text' });
    easel.down([0.1, 0.1]);
    easel.write('   ');
    expect(easel.store.get().shapes).toEqual([]);
  });

  it('keeps the limits of the server', () => {
    const easel = new Easel();
    easel.down([0, 0]);
    for (let step = 0; step < 2 * POINT_LIMIT; step++) easel.move([(step % 100) / 100, (step % 7) / 7]);
    easel.up();
    expect(pointsOf(easel.store.get().shapes)).toBeLessThanOrEqual(POINT_LIMIT);
    const other = new Easel();
    other.pick({ tool: 'box' });
    for (let shape = 0; shape < 2 * SHAPE_LIMIT; shape++) {
      other.down([0, 0]);
      other.move([1, 1]);
      other.up();
    }
    expect(other.store.get().shapes).toHaveLength(SHAPE_LIMIT);
    expect(extended([[0.5, 0.5]], [0.5001, 0.5])).toHaveLength(1);
  });
});
