import type { JSX } from 'preact';
import type { ProofCourse, ProofSample, ProofState } from '../api/proof';
import { t } from '../messages';
import { tc } from '../messages/console';

/** Units of the drawing; it grows with the page. */
const WIDTH = 960;
const LABEL = 150;
const ROW = 46;
const GAP = 28;
/** Without a report for longer than this, a curve has a gap. */
const SILENT_MS = 30_000;
/** From the top: the better, the higher. */
const LEVELS: readonly ProofState[] = ['true', 'unknown', 'reduced', 'wrong'];

type Point = readonly [x: number, y: number];

/** Places of samples along the time axis. */
function axis(samples: readonly ProofSample[]): (sample: ProofSample) => number {
  const from = Date.parse(samples[0]?.at ?? '');
  const length = Math.max(1, Date.parse(samples.at(-1)?.at ?? '') - from);
  return (sample) => LABEL + ((Date.parse(sample.at) - from) / length) * (WIDTH - LABEL);
}

/** Pieces of a curve, broken where nothing was measured or the page was silent. Heights are from 0 to 1. */
export function pieces(samples: readonly ProofSample[], value: (sample: ProofSample) => number | null): [most: number, pieces: Point[][]] {
  const most = Math.max(...samples.map((sample) => value(sample) ?? 0), 0);
  const x = axis(samples);
  const found: Point[][] = [];
  let before = Number.NEGATIVE_INFINITY;
  for (const sample of samples) {
    const at = Date.parse(sample.at);
    const height = value(sample);
    if (height === null) {
      before = Number.NEGATIVE_INFINITY;
      continue;
    }
    if (at - before > SILENT_MS) found.push([]);
    found.at(-1)?.push([x(sample), most > 0 ? height / most : 0]);
    before = at;
  }
  return [most, found];
}

const levelOf = (state: ProofState): number => 1 - LEVELS.indexOf(state) / (LEVELS.length - 1);

/** The state as steps: each holds until the next is heard of, and for half a minute at most; then it is not known. */
export function steps(samples: readonly ProofSample[]): Point[] {
  const x = axis(samples);
  return samples.flatMap((sample, index): Point[] => {
    const next = samples[index + 1];
    if (!next) return [[x(sample), levelOf(sample.state)]];
    const [at, until] = [Date.parse(sample.at), Date.parse(next.at)];
    const held: Point[] = [[x(sample), levelOf(sample.state)]];
    if (until - at <= SILENT_MS) return [...held, [x(next), levelOf(sample.state)]];
    const end = x(sample) + ((x(next) - x(sample)) * SILENT_MS) / (until - at);
    return [...held, [end, levelOf(sample.state)], [end, levelOf('unknown')], [x(next), levelOf('unknown')]];
  });
}

/** One viewing over time: its state in steps, and curves of colour difference and latency. */
export function ProofPlot({ course }: { course: ProofCourse }): JSX.Element {
  const { samples, name } = course;
  const [delta, deltas] = pieces(samples, (sample) => sample.delta_e?.max ?? null);
  const [latency, latencies] = pieces(samples, (sample) => sample.latency_ms);
  return (
    <svg class="proof-plot" viewBox={`0 0 ${WIDTH} ${3 * (ROW + GAP)}`} role="img" aria-label={tc('proof_plot', { name })} data-testid="proof-plot">
      <Row at={0} pieces={[steps(samples)]} labels={LEVELS.map((state) => t(`proof_${state}`))} />
      <Row at={1} pieces={deltas} labels={[tc('proof_plot_delta'), tc('proof_plot_most', { most: delta.toFixed(2) })]} />
      <Row at={2} pieces={latencies} labels={[tc('proof_col_latency'), tc('proof_plot_most', { most: tc('p_latency', { ms: Math.round(latency) }) })]} />
    </svg>
  );
}

interface RowProps {
  at: number;
  pieces: Point[][];
  labels: string[];
}

function Row({ at, pieces, labels }: RowProps): JSX.Element {
  const top = at * (ROW + GAP) + GAP / 2;
  const place = ([x, height]: Point): string => `${x.toFixed(1)},${(top + ROW * (1 - height)).toFixed(1)}`;
  const between = ROW / (LEVELS.length - 1);
  return (
    <g>
      <line class="proof-base" x1={LABEL} x2={WIDTH} y1={top + ROW} y2={top + ROW} />
      {labels.map((label, index) => (
        <text key={label} x={0} y={top + 4 + index * between}>
          {label}
        </text>
      ))}
      {pieces.map((points) => (
        <polyline key={points[0]?.join()} class="proof-curve" points={points.map(place).join(' ')} />
      ))}
    </g>
  );
}
