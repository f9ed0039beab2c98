// @vitest-environment happy-dom
/** Whether a review's grade can go to the other side of the wipe, and what is said when it cannot. */
import { render } from 'preact';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Look, Lut } from '../src/api/types';
import { WipePart } from '../src/console/WipePart';

const LIBRARY: Lut[] = [{ id: 'lut-1', name: 'show.cube', sha256: '', listed_at: '2026-11-30T12:00:00Z' }];

function shown(lutName: string | null, luts: Lut[] | null): { put: HTMLButtonElement | null; why: string | null; change: ReturnType<typeof vi.fn> } {
  const page = document.createElement('div');
  const look: Look = { range: 'from-tags', grade: { cdl: null, lut_name: lutName, lut_off: false }, wipe: null };
  const change = vi.fn();
  render(<WipePart look={look} luts={luts} change={change} />, page);
  const find = <T extends Element>(testId: string): T | null => page.querySelector<T>(`[data-testid=${testId}]`);
  return { put: find('wipe-put'), why: find('wipe-own')?.textContent ?? null, change };
}

describe('the wipe', () => {
  afterEach(() => void document.body.replaceChildren());

  it('puts a grade with a LUT of the library on the right', () => {
    const { put, why, change } = shown('show.cube', LIBRARY);
    put?.click();
    expect(why).toBeNull();
    expect(change).toHaveBeenCalledWith({ wipe: { percent: 50, grade: { cdl: null, lut: 'lut-1', lut_off: false } } });
  });

  it('says which LUT cannot stand there, and what helps', () => {
    const { put, why } = shown('mine.cube', LIBRARY);
    expect(put?.disabled).toBe(true);
    expect(why).toMatch(/mine\.cube is not in it.*Add it to the library/);
  });

  it('says nothing of a library that is not read yet', () => {
    const { put, why } = shown('mine.cube', null);
    expect([put?.disabled, why]).toEqual([true, null]);
  });
});
