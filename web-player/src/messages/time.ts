import { currentLanguage } from '.';

const locale = (): string => (navigator.language === '' ? currentLanguage() : navigator.language);

const WITH_ZONE: Intl.DateTimeFormatOptions = {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  timeZoneName: 'short',
};

/** "Tue 24 Nov, 18:00 CET": the viewer's own time, with the zone named. */
export function instant(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : new Intl.DateTimeFormat(locale(), WITH_ZONE).format(date);
}

/** "Tue 24 Nov, 18:00–20:00 CET", or "Tue 24 Nov, 18:00 – Wed 25 Nov, 09:00 CET": a zone that is the same is named once. */
export function span(from: string, to: string): string {
  const [start, end] = [new Date(from), new Date(to)];
  if (Number.isNaN(start.getTime()) || Number.isNaN(end.getTime())) return `${from} – ${to}`;
  if (currentLanguage() === 'ja') return spanInJapanese(start, end);
  const parts = new Intl.DateTimeFormat(locale(), WITH_ZONE).formatRangeToParts(start, end);
  const [first, second] = parts.flatMap(({ type }, index) => (type === 'timeZoneName' ? [index] : []));
  const once = first !== undefined && second !== undefined && parts[first]?.value === parts[second]?.value;
  // With the space before it.
  const left = once ? parts.filter((_, index) => index !== first && index !== first - 1) : parts;
  return left.map(({ value }) => value).join('');
}

/** "11月30日(月) 17:21〜20:21 UTC": what browsers make of a range within a day writes hours another way than everywhere else. */
function spanInJapanese(start: Date, end: Date): string {
  const { timeZoneName, ...day } = WITH_ZONE;
  const time = { hour: '2-digit', minute: '2-digit', timeZoneName } as const;
  const write = (date: Date, options: Intl.DateTimeFormatOptions): string => new Intl.DateTimeFormat(locale(), options).format(date);
  const within = start.toDateString() === end.toDateString();
  return `${write(start, day)}〜${write(end, within ? time : WITH_ZONE)}`;
}

/** "24 Nov 2026, 18:00:07 CET": as the record needs it. */
export function instantExact(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const options = { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit', timeZoneName: 'short' } as const;
  return new Intl.DateTimeFormat(locale(), options).format(date);
}

export function timeOfDay(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  return new Intl.DateTimeFormat(locale(), { hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(date);
}

/** The full hours of UTC with what clocks here say then, in the order of the day here. */
export function hoursOfDay(): [string, string][] {
  const today = new Date();
  const local = Array.from({ length: 24 }, (_, hour) => {
    const at = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate(), hour));
    return { hour, text: `${two(at.getHours())}:${two(at.getMinutes())}` };
  });
  return local.sort((a, b) => (a.text < b.text ? -1 : 1)).map(({ hour, text }) => [String(hour), text]);
}

export function zoneName(): string {
  const parts = new Intl.DateTimeFormat(locale(), { timeZoneName: 'long' }).formatToParts(new Date());
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC';
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Rough while there is much ("3 h 05 min"), exact at the end ("4:59"). */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  const ja = currentLanguage() === 'ja';
  if (hours >= 48) return ja ? `${Math.floor(hours / 24)} 日` : `${Math.floor(hours / 24)} days`;
  if (hours > 0) return ja ? `${hours} 時間 ${two(minutes % 60)} 分` : `${hours} h ${two(minutes % 60)} min`;
  if (minutes >= 5) return ja ? `${minutes} 分` : `${minutes} min`;
  return `${minutes}:${two(seconds % 60)}`;
}

/** Value for <input type="datetime-local">, in local time. */
export function toLocalInput(date: Date): string {
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The instant that a datetime-local value names here, or null. */
export function fromLocalInput(value: string): string | null {
  const date = new Date(value);
  return value === '' || Number.isNaN(date.getTime()) ? null : date.toISOString();
}
