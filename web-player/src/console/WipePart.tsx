import type { JSX } from 'preact';
import { useId, useRef, useState } from 'preact/hooks';
import type { Grade, GradeChange, Look, LookChange, Lut } from '../api/types';
import { tc } from '../messages/console';
import { useConsoleKeys } from './keys';

/** The line is sent no more often; where it comes to rest is always sent. */
const MOVE_MS = 150;
const MIDDLE = 50;

interface WipeProps {
  look: Look;
  /** The library; null until it is read, and for whom it is not. */
  luts: readonly Lut[] | null;
  change(what: LookChange): void;
}

/** Two grades side by side, for everybody: left of the line the review's, right of it another, at first none. */
export function WipePart({ look: { grade, wipe }, luts, change }: WipeProps): JSX.Element {
  const percent = useRef(MIDDLE);
  if (wipe) percent.current = wipe.percent;
  const toggle = (): void => change({ wipe: wipe ? null : { percent: percent.current } });
  useConsoleKeys({ w: toggle });
  const other = [wipe?.grade.lut_name, wipe?.grade.cdl ? 'CDL' : null].filter((part) => part !== null && part !== undefined);
  return (
    <div class="wipe" role="group" aria-label={tc('wipe')}>
      <div class="deck">
        <button type="button" class="button compact" aria-pressed={wipe !== null} title={tc('key', { key: 'W' })} data-testid="wipe" onClick={toggle}>
          {tc(wipe ? 'wipe_off' : 'wipe_on')}
        </button>
        <Put grade={grade} luts={luts} put={(other) => change({ wipe: { percent: percent.current, grade: other } })} />
      </div>
      {wipe && <Line percent={wipe.percent} onMove={(to) => change({ wipe: { percent: to } })} />}
      {wipe && <p class="hint">{other.length === 0 ? tc('wipe_none') : tc('wipe_other', { grade: other.join(' + ') })}</p>}
    </div>
  );
}

interface PutProps {
  grade: Grade;
  luts: WipeProps['luts'];
  put(grade: GradeChange): void;
}

/** Takes the review's grade to the other side, or says why it cannot go there. */
function Put({ grade: { cdl, lut_name: name, lut_off }, luts, put }: PutProps): JSX.Element {
  const why = useId();
  const lut = luts?.find((each) => each.name === name);
  // A LUT that came with the review alone is in no library, so it cannot be named for the other side.
  const known = name === null || lut !== undefined;
  const own = luts !== null && !known;
  return (
    <>
      <button
        type="button"
        class="button plain compact"
        disabled={!known}
        aria-describedby={own ? why : undefined}
        data-testid="wipe-put"
        onClick={() => put({ cdl, lut: lut?.id ?? null, lut_off })}
      >
        {tc('wipe_put')}
      </button>
      {own && (
        <p id={why} class="hint" data-testid="wipe-own">
          {tc('wipe_put_own', { name: name ?? '' })}
        </p>
      )}
    </>
  );
}

function Line({ percent, onMove }: { percent: number; onMove(percent: number): void }): JSX.Element {
  const [at, setAt] = useState<number | null>(null);
  const sent = useRef(0);
  const move = (to: number): void => {
    setAt(to);
    if (performance.now() - sent.current < MOVE_MS) return;
    sent.current = performance.now();
    onMove(to);
  };
  const settle = (to: number): void => {
    setAt(null);
    onMove(to);
  };
  return (
    <input
      type="range"
      class="scrub"
      min={0}
      max={100}
      value={at ?? percent}
      aria-label={tc('wipe_line')}
      data-testid="wipe-line"
      onInput={(event) => move(Number(event.currentTarget.value))}
      onChange={(event) => settle(Number(event.currentTarget.value))}
    />
  );
}
