import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { drive } from '../api/drive';
import type { Rate, Review, Transport, TransportAction } from '../api/types';
import { tc } from '../messages/console';
import { formatTimecode } from '../room/timecode';
import { Panel } from './Panel';
import type { Commands } from './ReviewPage';
import { SPEEDS, useFrame, useTransportKeys } from './transport';

/** A scrub sends no more than so many seeks a second; the last one is always sent. */
const SCRUB_MS = 150;

export function TransportPanel({ review, commands: { run } }: { review: Review; commands: Commands }): JSX.Element | null {
  const { transport, rate, held } = review.source;
  const act = (action: TransportAction): void => run(() => drive(review.id, action));
  useTransportKeys(transport ?? null, act);
  const frame = useFrame(transport ?? null, rate ?? null);
  if (!rate) return null;
  return (
    <Panel title={tc('transport')} aside={transport && <span class="figures">{formatTimecode(transport.first_label + frame, rate)}</span>}>
      {transport && <Deck transport={transport} rate={rate} frame={frame} act={act} />}
      <button type="button" class="button compact" aria-pressed={held === true} onClick={() => act({ action: 'hold', held: held !== true })}>
        {held === true ? tc('release') : tc('hold')}
      </button>
      {held === true && <p class="small">{tc('hold_text')}</p>}
    </Panel>
  );
}

interface DeckProps {
  transport: Transport;
  rate: Rate;
  frame: number;
  act(action: TransportAction): void;
}

function Deck({ transport, rate, frame, act }: DeckProps): JSX.Element {
  const { playing, speed_percent: speed, range, can_seek: canSeek } = transport;
  const label = (number: number): string => formatTimecode(transport.first_label + number, rate);
  return (
    <>
      <div class="deck deck-keys" role="group" aria-label={tc('transport')}>
        <button type="button" class="button compact" disabled={!canSeek} title={tc('key', { key: '←' })} onClick={() => act({ action: 'step', frames: -1 })}>
          {tc('step_back')}
        </button>
        <button type="button" class="button compact" title={tc('key_space')} onClick={() => act({ action: playing ? 'pause' : 'play' })}>
          {playing ? tc('pause') : tc('play')}
        </button>
        <button type="button" class="button compact" disabled={!canSeek} title={tc('key', { key: '→' })} onClick={() => act({ action: 'step', frames: 1 })}>
          {tc('step_on')}
        </button>
      </div>
      {canSeek && transport.frames !== null && <Scrub frames={transport.frames} frame={frame} label={label} act={act} />}
      <div class="deck deck-keys">
        <button type="button" class="button compact" disabled={!canSeek} title={tc('key', { key: 'I' })} onClick={() => act({ action: 'loop', first: frame, last: Math.max(frame, range?.[1] ?? frame) })}>
          {tc('loop_in')}
        </button>
        <button type="button" class="button compact" disabled={!canSeek} title={tc('key', { key: 'O' })} onClick={() => act({ action: 'loop', first: Math.min(frame, range?.[0] ?? 0), last: frame })}>
          {tc('loop_out')}
        </button>
        <button type="button" class="button plain compact" disabled={range === null} onClick={() => act({ action: 'loop-all' })}>
          {tc('loop_all')}
        </button>
      </div>
      {range && <p class="quiet small figures">{tc('loop_range', { first: label(range[0]), last: label(range[1]) })}</p>}
      <div class="field">
        <label>
          {tc('speed')}
          <select value={speed} onChange={(event) => act({ action: 'speed', percent: Number(event.currentTarget.value) })}>
            {SPEEDS.map((each) => (
              <option key={each} value={each}>
                {each / 100}×
              </option>
            ))}
          </select>
        </label>
        {speed !== 100 && <p class="hint">{tc('speed_silent')}</p>}
      </div>
    </>
  );
}

interface ScrubProps {
  frames: number;
  frame: number;
  label(frame: number): string;
  act(action: TransportAction): void;
}

function Scrub({ frames, frame, label, act }: ScrubProps): JSX.Element {
  const [at, setAt] = useState<number | null>(null);
  const sent = useRef(0);
  const move = (to: number): void => {
    setAt(to);
    if (performance.now() - sent.current < SCRUB_MS) return;
    sent.current = performance.now();
    act({ action: 'seek', frame: to });
  };
  const settle = (to: number): void => {
    setAt(null);
    act({ action: 'seek', frame: to });
  };
  const shown = at ?? Math.min(frame, frames - 1);
  return (
    <input
      type="range"
      class="scrub"
      min={0}
      max={frames - 1}
      value={shown}
      aria-label={tc('scrub')}
      aria-valuetext={label(shown)}
      onInput={(event) => move(Number(event.currentTarget.value))}
      onChange={(event) => settle(Number(event.currentTarget.value))}
    />
  );
}
