/** Spans of time and reasons, in words. */
import { afterEach, expect, it, vi } from 'vitest';
import { setLanguage } from '../src/messages';
import { span } from '../src/messages/time';
import { noteText } from '../src/room/notes';

afterEach(() => {
  setLanguage('en');
  vi.unstubAllGlobals();
});

const zones = (text: string): number => text.match(/UTC|GMT/g)?.length ?? 0;

it('names the zone of a span once', () => {
  vi.stubEnv('TZ', 'UTC');
  vi.stubGlobal('navigator', { language: 'en-GB' });
  expect(zones(span('2026-11-30T16:46:00Z', '2026-11-30T18:46:00Z'))).toBe(1);
  const days = span('2026-11-30T16:46:00Z', '2026-12-07T16:46:00Z');
  expect(zones(days)).toBe(1);
  expect(days).toMatch(/^Mon.* 16:46\s.\sMon.* 16:46 (UTC|GMT)$/);
});

it('writes hours of a span in Japanese as everywhere else', () => {
  vi.stubEnv('TZ', 'UTC');
  vi.stubGlobal('navigator', { language: 'ja-JP' });
  setLanguage('ja');
  expect(span('2026-11-30T16:46:00Z', '2026-11-30T18:46:00Z')).toMatch(/16:46〜18:46 (UTC|GMT)$/);
  expect(span('2026-11-30T16:46:00Z', '2026-12-07T16:46:00Z')).toMatch(/16:46〜12月7日.* 16:46 (UTC|GMT)$/);
});

it('says in Japanese why less arrives, and leaves what it does not know as it came', () => {
  const note = '8-bit 4:2:0: this browser does not take 10-bit 4:4:4; smaller than the source (1920x1080): server load';
  expect(noteText(note)).toBe(note);
  setLanguage('ja');
  expect(noteText(note)).toBe('8-bit 4:2:0: このブラウザーは 10-bit 4:4:4 非対応、ソース (1920x1080) より小さい映像: サーバーの負荷');
  expect(noteText("1280x720 instead of 1920x1080, one of 2 frames: the viewer's network carries about 2.5 Mbit/s")).toBe(
    '1920x1080 の代わりに 1280x720, 2 フレームに 1 枚: 視聴者の回線は約 2.5 Mbit/s',
  );
  expect(noteText('something new')).toBe('something new');
});
