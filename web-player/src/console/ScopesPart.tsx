import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { TargetColor } from '../api/types';
import { tc } from '../messages/console';
import { ScopesFeed } from '../scopes/feed';
import { barTargets, levelMarks, SKIN_LINE } from '../scopes/graticule';
import { SCOPES, type ScopeName } from '../scopes/message';
import { useStore } from '../store';
import { useConsoleKeys } from './keys';
import { Status } from './Panel';
import './scopes.css';

interface ScopesProps {
  video(): HTMLVideoElement | null;
  /** The colour the picture is sent in. */
  target: TargetColor;
}

const FIRST: readonly ScopeName[] = ['waveform', 'vectorscope'];

/** Scopes of the picture as it arrived here: what was sent to viewers, not what the source had. */
export function ScopesPart({ video, target }: ScopesProps): JSX.Element {
  const [shown, setShown] = useState<readonly ScopeName[]>(FIRST);
  const feed = useMemo(() => new ScopesFeed(video), []);
  useEffect(() => () => feed.close(), [feed]);
  const toggle = (name: ScopeName): void => setShown(shown.includes(name) ? shown.filter((each) => each !== name) : [...shown, name]);
  useConsoleKeys(Object.fromEntries(SCOPES.map((name, index) => [String(index + 1), () => toggle(name)])));
  return (
    <section class="scopes" aria-label={tc('scopes')} data-testid="scopes">
      <div class="scopes-head">
        {SCOPES.map((name, index) => (
          <button key={name} type="button" class="button compact" aria-pressed={shown.includes(name)} title={tc('key', { key: String(index + 1) })} data-testid={`scope-${name}`} onClick={() => toggle(name)}>
            {tc(`scope_${name}`)}
          </button>
        ))}
      </div>
      <MadeOf feed={feed} />
      <div class="scopes-grid">
        {SCOPES.filter((name) => shown.includes(name)).map((name) => (
          <Scope key={name} name={name} feed={feed} target={target} />
        ))}
      </div>
    </section>
  );
}

/** What the scopes are made of; eight bits of a canvas are said out loud. */
function MadeOf({ feed }: { feed: ScopesFeed }): JSX.Element {
  const { read, perSecond } = useStore(feed.store);
  if (!read) return <p class="quiet small">{tc('scopes_wait')}</p>;
  const { raw, ms } = read;
  const rate = perSecond > 0 ? tc('scopes_rate', { fps: perSecond.toFixed(0), ms: ms.toFixed(1) }) : '';
  return (
    <p class="small figures" data-testid="scopes-read" data-raw={raw ? 'yes' : 'no'}>
      <Status tone={raw && raw.bits > 8 ? 'good' : 'warn'}>{raw ? tc('scopes_raw', { bits: raw.bits, chroma: raw.chroma }) : tc('scopes_canvas')}</Status>
      <span class="quiet"> {rate}</span>
    </p>
  );
}

interface ScopeProps {
  name: ScopeName;
  feed: ScopesFeed;
  target: TargetColor;
}

function Scope({ name, feed, target }: ScopeProps): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const element = canvas.current;
    if (element) feed.give(name, element.transferControlToOffscreen());
    return () => feed.hide(name);
  }, [feed]);
  return (
    <figure class="scope" data-scope={name}>
      <figcaption class="quiet small">{tc(`scope_${name}`)}</figcaption>
      <div class="scope-face">
        <canvas ref={canvas} role="img" aria-label={tc(`scope_${name}`)} />
        {name === 'vectorscope' ? <Vectors target={target} /> : name === 'histogram' ? <Rows target={target} /> : <Levels name={name} target={target} />}
      </div>
    </figure>
  );
}

const percent = (value: number): string => `${value}%`;
/** From the top, in hundredths of the height. */
const down = (code: number): number => 100 - (100 * (code + 0.5)) / 1024;

/** Lines of code values; over the parade, the names of its three parts too. */
function Levels({ name, target }: { name: ScopeName; target: TargetColor }): JSX.Element {
  return (
    <>
      {levelMarks(target).map(({ code, label }) => (
        <span key={code} class="scope-level" style={{ top: percent(down(code)) }} title={tc('scope_code', { code })}>
          <span class="figures">{label}</span>
        </span>
      ))}
      {name === 'parade' &&
        ['R', 'G', 'B'].map((channel, index) => (
          <span key={channel} class="scope-channel" style={{ left: percent((100 * index) / 3) }}>
            {channel}
          </span>
        ))}
    </>
  );
}

/** Boxes for bars of 75 %, in an SVG whose unit is a 10-bit code. */
function Vectors({ target }: { target: TargetColor }): JSX.Element {
  const reach = 430;
  return (
    <svg class="scope-vectors" viewBox="0 0 1024 1024" aria-hidden="true">
      <path d="M512 64V960M64 512H960" />
      <path d={`M512 512L${512 + reach * SKIN_LINE.cb} ${512 - reach * SKIN_LINE.cr}`} stroke-dasharray="12 10" />
      {barTargets(target).map(({ name, cb, cr }) => (
        <g key={name}>
          <rect x={cb - 22} y={1023 - cr - 22} width={44} height={44} />
          <text x={cb + (cb > 512 ? 34 : -34)} y={1023 - cr} text-anchor={cb > 512 ? 'start' : 'end'} dominant-baseline="middle">
            {name}
          </text>
        </g>
      ))}
    </svg>
  );
}

/** Names of the four rows of a histogram, and where black and white are. */
function Rows({ target }: { target: TargetColor }): JSX.Element {
  const marks = levelMarks(target);
  return (
    <>
      {['R', 'G', 'B', 'Y'].map((channel, index) => (
        <span key={channel} class="scope-row" style={{ top: percent(25 * index) }}>
          {channel}
        </span>
      ))}
      {marks.map(({ code, label }) => (
        <span key={code} class="scope-bin" style={{ left: percent((100 * code) / 1024) }} title={tc('scope_code', { code })}>
          <span class="figures">{label}</span>
        </span>
      ))}
    </>
  );
}
