import type { Rate } from '../api/types';

/** The timecode base: labels in one counted second (24 for 23.976). */
export function nominal(rate: Rate): number {
  return Math.max(1, Math.floor((rate.num + Math.floor(rate.den / 2)) / rate.den));
}

function dropsPerMinute(rate: Rate): number {
  return Math.floor(nominal(rate) / 15);
}

function framesPerDay(rate: Rate): number {
  const all = nominal(rate) * 86_400;
  return rate.drop_frame ? all - dropsPerMinute(rate) * (1440 - 144) : all;
}

/** The label number as if drop-frame counting skipped none, so that plain division splits it. */
function labelNumber(frames: number, rate: Rate): number {
  if (!rate.drop_frame) return frames;
  const drops = dropsPerMinute(rate);
  const perMinute = nominal(rate) * 60 - drops;
  const perTen = perMinute * 10 + drops;
  const tens = Math.floor(frames / perTen);
  // The first minute of every ten keeps all its labels.
  const minutes = Math.floor(Math.max(0, (frames % perTen) - drops) / perMinute);
  return frames + drops * (9 * tens + minutes);
}

const two = (value: number): string => String(value).padStart(2, '0');

/** `HH:MM:SS:FF` (`;` before the frames when drop-frame) of the frame counted from 00:00:00:00. */
export function formatTimecode(frames: number, rate: Rate): string {
  const day = framesPerDay(rate);
  const base = nominal(rate);
  const label = labelNumber(((frames % day) + day) % day, rate);
  const seconds = Math.floor(label / base);
  const width = base > 100 ? 3 : 2;
  const separator = rate.drop_frame ? ';' : ':';
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two).join(':');
  return `${clock}${separator}${String(label % base).padStart(width, '0')}`;
}
