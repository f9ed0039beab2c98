import { describe, expect, it } from 'vitest';
import { readDisplay, withDisplay } from '../src/room/target';

const of = (...true_: string[]) => (query: string) => true_.includes(query);

describe('the display', () => {
  it('is what the media queries say, the widest gamut first', () => {
    expect(readDisplay(of())).toEqual({ gamut: 'srgb', range: 'standard' });
    expect(readDisplay(of('(color-gamut: srgb)', '(color-gamut: p3)'))).toEqual({ gamut: 'p3', range: 'standard' });
    expect(readDisplay(of('(color-gamut: p3)', '(color-gamut: rec2020)')).gamut).toBe('rec2020');
  });

  it('has high range when its video or all of it has', () => {
    expect(readDisplay(of('(dynamic-range: high)')).range).toBe('high');
    expect(readDisplay(of('(video-dynamic-range: high)')).range).toBe('high');
  });

  it('goes with the offer', () => {
    expect(withDisplay('/whep/1', { gamut: 'p3', range: 'high' })).toBe('/whep/1?gamut=p3&range=high');
  });
});
