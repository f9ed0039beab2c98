import type { JSX } from 'preact';
import type { Review } from '../api/types';
import { tc } from '../messages/console';
import { megabits, pictureLine } from '../room/facts';
import { noteText } from '../room/notes';
import { Panel } from './Panel';

interface Rendition {
  line: string;
  note: string | null;
  viewers: number;
  bps: number;
}

/** Which pictures go out now, and to how many. */
export function renditions(review: Review): Rendition[] {
  const found = new Map<string, Rendition>();
  for (const { picture, state } of review.viewers) {
    if (!picture || state !== 'watching') continue;
    const line = pictureLine(picture);
    const one = found.get(line) ?? { line, note: picture.note, viewers: 0, bps: 0 };
    one.viewers += 1;
    one.bps += picture.bitrate_bps;
    found.set(line, one);
  }
  return [...found.values()];
}

export function OutputPanel({ review }: { review: Review }): JSX.Element {
  const { viewers_now: now, viewers_possible: possible } = review.capacity;
  const all = renditions(review);
  return (
    <Panel title={tc('output')} aside={<span class="quiet small figures">{tc('capacity', { now, possible })}</span>}>
      {all.length === 0 && (
        <div>
          <p>{tc('output_none')}</p>
          <p class="quiet small">{tc('output_none_hint')}</p>
        </div>
      )}
      <ul class="rows">
        {all.map((one) => (
          <li key={one.line}>
            <p class="figures output-line">{one.line}</p>
            <p class="quiet small figures">
              ×{one.viewers} · {megabits(one.bps)}
              {one.note !== null && ` · ${noteText(one.note)}`}
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
