import { describe, expect, it } from 'vitest';
import type { Picture } from '../src/api/types';
import { decodeMs, lossPercent, NOTHING_RECEIVED, pictureLine, readableCipher, readableFormat } from '../src/room/facts';
import { readStats } from '../src/room/stats';
import { emptyDraft, problemsOf, toNewReview } from '../src/console/draft';
import { applyMessage } from '../src/console/live';
import { routeOf } from '../src/console/route';

const picture: Picture = {
  codec: 'H.264 High 4:4:4 Predictive', profile: 'f4001f', bits: 10, chroma: '4:4:4', width: 1280, height: 720, source_width: 1280, source_height: 720,
  rate: { num: 25, den: 1, drop_frame: false }, target: 'srgb709', color: 'sRGB on Rec.709, limited range (1-13-1)', bitrate_bps: 1, reference: true, note: null,
};

describe('facts', () => {
  it('are one line a person can use', () => {
    expect(pictureLine(picture)).toBe('10-bit 4:4:4 · 1280x720 · sRGB (1-13-1) · H.264 High 4:4:4');
    expect(pictureLine({ ...picture, color: 'HDR10 PQ on Rec.2020, limited range (9-16-9)' })).toContain('HDR10 PQ (9-16-9)');
    expect(pictureLine({ ...picture, color: 'unknown to us' })).toContain('unknown to us');
  });

  it('name formats and ciphers plainly', () => {
    expect(readableFormat('I444P10')).toBe('10-bit 4:4:4');
    expect(readableFormat('I420')).toBe('8-bit 4:2:0');
    expect(readableFormat('RGBX')).toBe('RGBX');
    expect(readableCipher('SRTP_AEAD_AES_256_GCM')).toBe('AES-256-GCM');
    expect(readableCipher('AEAD_AES_256_GCM')).toBe('AES-256-GCM');
  });

  it('come out of the browser’s report', () => {
    const report = new Map<string, Record<string, unknown>>([
      ['a', { type: 'inbound-rtp', kind: 'audio', bytesReceived: 9 }],
      ['v', { type: 'inbound-rtp', kind: 'video', bytesReceived: 5, framesPerSecond: 24, framesDropped: 1, framesDecoded: 3, frameWidth: 1280, frameHeight: 736 }],
      ['t', { type: 'transport', srtpCipher: 'SRTP_AEAD_AES_256_GCM' }],
    ]);
    expect(readStats(report)).toMatchObject({ framesPerSecond: 24, framesDropped: 1, width: 1280, bytes: 5, srtpCipher: 'SRTP_AEAD_AES_256_GCM' });
  });
});

describe('decoding', () => {
  it('is timed by the frames between two looks', () => {
    const first = { ...NOTHING_RECEIVED, framesDecoded: 10, decodeSeconds: 0.5 };
    const second = { ...NOTHING_RECEIVED, framesDecoded: 60, decodeSeconds: 1.5 };
    expect(decodeMs(first, second)).toBeCloseTo(20);
    expect(decodeMs(second, second)).toBeNull();
  });

  it('say what was lost between two looks, and nothing when nothing came', () => {
    const first = { ...NOTHING_RECEIVED, packets: 1000, packetsLost: 10 };
    const second = { ...NOTHING_RECEIVED, packets: 1195, packetsLost: 15 };
    expect(lossPercent(first, second)).toBeCloseTo(2.5);
    expect(lossPercent(second, second)).toBeNull();
    expect(lossPercent(second, { ...second, packets: 1200, packetsLost: 14 })).toBe(0);
  });
});

describe('the console', () => {
  it('says what is missing in a new review', () => {
    const draft = emptyDraft(new Date('2026-11-21T20:00:00Z'));
    expect(problemsOf(draft)).toEqual({ title: 'required', host: 'required', path: 'required' });
    expect(problemsOf({ ...draft, title: 'a', host: 'b', kind: 'srt', uri: 'srt://x', ends: draft.starts })).toEqual({ ends: 'order' });
  });

  it('sends an SRT passphrase only when there is one', () => {
    const draft = { ...emptyDraft(), kind: 'srt' as const, uri: ' srt://x:1 ' };
    expect(toNewReview(draft).source).toEqual({ kind: 'srt', uri: 'srt://x:1', passphrase: null });
  });

  it('ignores events before the snapshot and takes a comment once', () => {
    const message = { seq: 1, type: 'comment', comment: { id: 'c' } } as Parameters<typeof applyMessage>[1];
    expect(applyMessage(null, message)).toBeNull();
    const review = { comments: [] } as unknown as NonNullable<Parameters<typeof applyMessage>[0]>;
    const once = applyMessage(review, message);
    expect(once?.comments).toHaveLength(1);
    expect(applyMessage(once, message)?.comments).toHaveLength(1);
  });

  it('finds its pages by address', () => {
    expect(routeOf('')).toEqual({ at: 'reviews' });
    expect(routeOf('#/new')).toEqual({ at: 'new' });
    expect(routeOf('#/reviews/0193-ab')).toEqual({ at: 'review', id: '0193-ab' });
    expect(routeOf('#/reviews/<x>')).toEqual({ at: 'reviews' });
  });
});
