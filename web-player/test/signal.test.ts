import { describe, expect, it } from 'vitest';
import { readStats } from '../src/room/stats';
import { namesOnly, safetyCode } from '../src/room/signal';
import { step } from '../src/room/machine';

const OURS = Array.from({ length: 32 }, (_, n) => (n + 160).toString(16).toUpperCase()).join(':');
const THEIRS = OURS.replace('A0', 'A1');
const answer = (...fingerprints: string[]): string =>
  ['v=0', ...fingerprints.flatMap((named) => ['m=video 9 UDP/TLS/RTP/SAVPF 96', `a=fingerprint:${named}`]), ''].join('\r\n');

describe('the signal check', () => {
  it('takes an answer that names the certificate of the page, however it is written', () => {
    expect(namesOnly(answer(`sha-256 ${OURS}`, `SHA-256 ${OURS.toLowerCase()}`), OURS)).toBe(true);
  });

  it('refuses another certificate, also beside the right one, another hash, and none', () => {
    expect(namesOnly(answer(`sha-256 ${THEIRS}`), OURS)).toBe(false);
    expect(namesOnly(answer(`sha-256 ${OURS}`, `sha-256 ${THEIRS}`), OURS)).toBe(false);
    expect(namesOnly(answer(`sha-1 ${OURS}`), OURS)).toBe(false);
    expect(namesOnly(answer(), OURS)).toBe(false);
    expect(namesOnly(answer(`sha-256 ${OURS}`), '')).toBe(false);
  });

  it('is final: nothing is tried again by itself', () => {
    const mismatch = step({ at: 'connecting', attempt: 0, again: false }, { type: 'mismatch' });
    expect(mismatch).toEqual({ at: 'mismatch' });
    expect(step(mismatch, { type: 'timer' })).toBe(mismatch);
    expect(step(mismatch, { type: 'connected' })).toBe(mismatch);
  });

  it('shows people the first ten bytes of what DTLS has proven', () => {
    expect(safetyCode(OURS)).toBe('A0A1 A2A3 A4A5 A6A7 A8A9');
    const report = new Map<string, Record<string, unknown>>([
      ['mine', { type: 'certificate', id: 'mine', fingerprint: THEIRS }],
      ['t', { type: 'transport', remoteCertificateId: 'its', localCertificateId: 'mine' }],
      ['its', { type: 'certificate', id: 'its', fingerprint: OURS }],
    ]);
    expect(readStats(report).fingerprint).toBe(OURS);
    expect(readStats(new Map()).fingerprint).toBe(null);
  });
});
