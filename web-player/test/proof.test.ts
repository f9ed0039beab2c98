/** What is said of a picture, from what was seen of it. */
import { describe, expect, it } from 'vitest';
import { tagsOf, type Tags } from '../src/proof/color';
import type { Reading } from '../src/proof/reading';
import { renditionOf } from '../src/proof/report';
import { judge, REASONS, type Evidence, type PageFacts } from '../src/proof/state';
import { TimeWitness } from '../src/proof/witness';
import { messages } from '../src/messages/messages';

const PAGE: PageFacts = { hidden: false, filtered: false, oddProfile: false, hdrShown: false, scaled: false };
const READING: Reading = {
  id: 1,
  raw: { bits: 10, chroma: '4:4:4', tags: tagsOf('srgb709') },
  message: { target: 'srgb709', bits: 10, chroma: '4:4:4', frame: 7, step: 3 },
  codeError: { mean: 0.2, max: 1 },
  deltaE: { mean: 0.1, max: 0.2, kind: '2000' },
  canvas: null,
};

const seen = (reading: Partial<Reading>, looks = 8): Reading[] => Array.from({ length: looks }, (_, id) => ({ ...READING, id, ...reading }));
const tagged = (tags: Partial<Tags>): Partial<Reading> => ({ raw: { bits: 10, chroma: '4:4:4', tags: { ...tagsOf('srgb709'), ...tags } } });
const said = (evidence: Partial<Evidence>): string => {
  const { state, reasons } = judge({ hasPicture: true, page: PAGE, readings: seen({}), smaller: false, slower: false, ...evidence });
  return [state, ...reasons].join(' ');
};

describe('a picture', () => {
  it.each<[string, Partial<Evidence>]>([
    ['true', {}],
    ['unknown hidden', { page: { ...PAGE, hidden: true, filtered: true } }],
    ['unknown no_picture', { hasPicture: false }],
    ['unknown no_picture', { readings: [] }],
    ['unknown no_strip', { readings: seen({ message: null }) }],
    ['wrong filter', { page: { ...PAGE, filtered: true }, readings: [] }],
    ['wrong color_profile', { page: { ...PAGE, oddProfile: true } }],
    ['wrong matrix', { readings: seen(tagged({ matrix: 'smpte170m' })) }],
    ['wrong range', { readings: seen(tagged({ fullRange: true })) }],
    ['wrong transfer', { readings: seen(tagged({ transfer: 'pq' })) }],
    ['wrong matrix primaries', { readings: seen(tagged({ matrix: 'bt2020-ncl', primaries: 'bt2020' })) }],
    ['wrong code_values', { readings: seen({ codeError: { mean: 40, max: 60 } }) }],
    ['wrong code_values', { readings: seen({ canvas: { mean: 60, max: 90 } }) }],
    ['reduced smaller lower_rate scaled', { smaller: true, slower: true, page: { ...PAGE, scaled: true } }],
    ['reduced eight_bit chroma_420', { readings: seen({ message: { ...READING.message, target: 'srgb709', bits: 8, chroma: '4:2:0', frame: 1, step: 1 }, raw: { bits: 8, chroma: '4:2:0', tags: tagsOf('srgb709') } }) }],
    ['reduced eight_bit', { readings: seen({ raw: { bits: 8, chroma: '4:4:4', tags: tagsOf('srgb709') } }) }],
    ['reduced code_values', { readings: seen({ codeError: { mean: 5, max: 9 } }) }],
    ['unknown no_raw_access', { readings: seen({ raw: null }) }],
  ])('is %s', (expected, evidence) => {
    expect(said(evidence)).toBe(expected);
  });

  it('in HDR is reduced on a display that has none', () => {
    const readings = seen({
      message: { target: 'hdr10', bits: 10, chroma: '4:4:4', frame: 1, step: 1 },
      raw: { bits: 10, chroma: '4:4:4', tags: tagsOf('hdr10') },
    });
    expect(said({ readings })).toBe('reduced hdr_tone_mapped');
    expect(said({ readings, page: { ...PAGE, hdrShown: true } })).toBe('true');
  });

  it('is not judged by one look', () => {
    expect(said({ readings: [...seen({}, 7), ...seen(tagged({ fullRange: true }), 1)] })).toBe('true');
    expect(said({ readings: [...seen({}, 7), ...seen({ message: null }, 1)] })).toBe('true');
    expect(said({ readings: [...seen({}, 4), ...seen({ codeError: { mean: 9, max: 30 } }, 4)] })).toBe('true');
  });

  it('is named by what arrived', () => {
    expect(renditionOf(READING)).toBe('10-bit 4:4:4, sRGB target');
    expect(renditionOf(undefined)).toBe('');
  });

  it('has words for every reason', () => {
    for (const reason of REASONS) expect(messages).toHaveProperty(`proof_why_${reason}`);
  });
});

describe('the second witness for time', () => {
  it('counts what agrees at once and what disagrees after the server had time to speak', () => {
    const known = new Map([[100, 5]]);
    const witness = new TimeWitness((rtp) => (known.has(rtp) ? { source_frame: known.get(rtp) ?? 0 } : null));
    witness.saw(100, 5, 0);
    witness.saw(200, 6, 0);
    expect(witness.take()).toEqual({ checked: 1, disagreed: 0 });
    known.set(200, 6).set(300, 9);
    witness.saw(300, 8, 500);
    expect(witness.take()).toEqual({ checked: 1, disagreed: 0 });
    witness.saw(100, 5, 2_100);
    const counts = witness.take();
    expect(counts).toEqual({ checked: 2, disagreed: 1 });
    witness.giveBack(counts);
    expect(witness.take()).toEqual(counts);
  });

  it('counts nothing that the server never spoke of', () => {
    const witness = new TimeWitness(() => null);
    for (let look = 0; look < 40; look++) witness.saw(look, look, look * 500);
    expect(witness.take()).toEqual({ checked: 0, disagreed: 0 });
  });
});
