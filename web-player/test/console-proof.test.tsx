import { render } from 'preact';
import { afterEach, describe, expect, it } from 'vitest';
import type { Proof, ProofNow, ProofSample } from '../src/api/proof';
import type { Review } from '../src/api/types';
import { applyMessage } from '../src/console/live';
import { ProofLine } from '../src/console/ProofLine';
import { pieces, steps } from '../src/console/ProofPlot';
import { routeOf } from '../src/console/route';

const now = (more: Partial<ProofNow>): ProofNow => ({
  at: '2026-11-27T20:00:00.000Z', state: 'true', reasons: [], rendition: '10-bit 4:4:4, sRGB target', measure: 'raw',
  code_error: { mean: 0.25, max: 1 }, delta_e: { mean: 0.02, max: 0.11, kind: '2000' }, latency_ms: 84.4, ...more,
});
const proof = (more: Partial<Proof>): Proof => ({
  now: null, worst: null, worst_reasons: [], frames_checked: 0, frames_disagreed: 0, ...more,
});

function shown(of: Proof): HTMLElement | null {
  render(<ProofLine proof={of} />, document.body);
  return document.querySelector('[data-testid=proof-line]');
}

afterEach(() => render(null, document.body));

describe('the proof of a viewer', () => {
  it('says the state, its figures and nothing more while the picture is true', () => {
    const line = shown(proof({ now: now({}), worst: 'true' }));
    expect(line?.dataset['proof']).toBe('true');
    expect(line?.textContent).toContain('True picture');
    expect(line?.textContent).toContain('10-bit 4:4:4, sRGB target codes 0.25 / 1.00 ΔE2000 0.02 / 0.11 84 ms');
    expect(line?.textContent).not.toContain('Worst');
  });

  it('says what is wrong and what to do in the words that the viewer reads, and the worst after it is over', () => {
    const wrong = shown(proof({ now: now({ state: 'wrong', reasons: ['filter'] }), worst: 'wrong', worst_reasons: ['filter'] }));
    expect(wrong?.textContent).toContain('Switch off extensions such as night or dark modes.');
    const gone = shown(proof({ worst: 'wrong', worst_reasons: ['filter'], frames_checked: 90, frames_disagreed: 2 }));
    expect(gone?.textContent).toContain('Worst so far: Wrong colour');
    expect(gone?.textContent).toContain('2 of 90 frame numbers');
  });

  it('says nothing before there is anything to say', () => {
    expect(shown(proof({}))).toBeNull();
  });

  it('comes by a message of its own to the viewer it is about', () => {
    const review = { viewers: [{ id: 'a', proof: proof({}) }, { id: 'b', proof: proof({}) }] } as unknown as Review;
    const next = applyMessage(review, { seq: 2, type: 'proof', viewer_id: 'b', proof: proof({ worst: 'reduced' }) });
    expect(next?.viewers.map((viewer) => viewer.proof.worst)).toEqual([null, 'reduced']);
  });
});

describe('the report', () => {
  const sample = (second: number, latency_ms: number | null): ProofSample => ({
    ...now({ latency_ms }), at: new Date(second * 1000).toISOString(), change: false, frames_checked: 0, frames_disagreed: 0,
  });

  it('has an address of its own', () => {
    expect(routeOf('#/reviews/0193-ab/proof')).toEqual({ at: 'proof', id: '0193-ab' });
  });

  it('shows no state for what nobody reported', () => {
    const heights = steps([sample(0, 1), sample(10, 1), sample(100, 1)]).map(([x, height]) => [Math.round(x), Number(height.toFixed(2))]);
    expect(heights).toEqual([[150, 1], [231, 1], [231, 1], [474, 1], [474, 0.67], [960, 0.67], [960, 1]]);
  });

  it('draws a curve from the first sample to the last, broken where nothing was measured and where a page was silent', () => {
    const samples = [sample(0, 50), sample(10, 100), sample(20, null), sample(30, 25), sample(100, 50)];
    const [most, curve] = pieces(samples, (each) => each.latency_ms);
    expect(most).toBe(100);
    expect(curve.map((piece) => piece.map(([, height]) => height))).toEqual([[0.5, 1], [0.25], [0.5]]);
    expect([curve[0]?.[0]?.[0], curve[2]?.[0]?.[0]]).toEqual([150, 960]);
  });
});
