import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { getProof, proofPdfUrl, type ProofCourse, type ProofReport, type ProofState } from '../api/proof';
import { t } from '../messages';
import { tc } from '../messages/console';
import { duration, instant } from '../messages/time';
import { Status } from './Panel';
import { PROOF_TONES, reasonText } from './ProofLine';
import { ProofPlot } from './ProofPlot';
import { problemOf } from './remote';
import './proof.css';
import './tables.css';

interface PageProps {
  id: string;
  onRefused(error: unknown): void;
}

/** What every viewing of a review was proven to show: as a table, and over time. */
export function ProofPage({ id, onRefused }: PageProps): JSX.Element {
  const [report, setReport] = useState<ProofReport | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    getProof(id).then(setReport, (error: unknown) => {
      onRefused(error);
      setProblem(problemOf(error));
    });
  }, [id]);
  if (!report) return <main class="page">{problem === null ? <p class="quiet">{t('loading')}</p> : <p class="problem">{problem}</p>}</main>;
  return (
    <main class="page proof-page">
      <h1>{tc('proof')}</h1>
      <p>
        <a href={`#/reviews/${id}`}>{report.title}</a> · {report.host} · {instant(report.made_at)}
      </p>
      <p class="quiet">{tc('proof_lead')}</p>
      <a class="button compact" href={proofPdfUrl(id)} download data-testid="proof-pdf">
        {tc('proof_pdf')}
      </a>
      {report.viewings.length === 0 ? <p class="quiet">{tc('proof_none')}</p> : <Courses viewings={report.viewings} />}
    </main>
  );
}

function Courses({ viewings }: { viewings: ProofCourse[] }): JSX.Element {
  const columns = ['v_who', 'proof_col_time', 'proof_col_worst', 'proof_col_codes', 'proof_col_latency', 'proof_col_frames'] as const;
  return (
    <table class="table proof-table" data-testid="proof-table">
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column} scope="col">
              {tc(column)}
            </th>
          ))}
        </tr>
      </thead>
      {viewings.map((course) => (
        <tbody key={course.viewing_id}>
          <Course course={course} />
          {course.samples.length > 1 && (
            <tr>
              <td colSpan={columns.length}>
                <ProofPlot course={course} />
              </td>
            </tr>
          )}
        </tbody>
      ))}
    </table>
  );
}

const STATES: readonly ProofState[] = ['true', 'reduced', 'wrong', 'unknown'];
const two = (value: number): string => value.toFixed(2);

function Course({ course }: { course: ProofCourse }): JSX.Element {
  const { name, browser, session_code, started_at, seconds, worst, code_error: code, delta_e, latency_ms: latency } = course;
  return (
    <tr data-viewing={course.viewing_id} data-worst={worst ?? 'none'}>
      <td>
        <p>{name}</p>
        <p class="quiet small figures">
          {session_code} · {browser}
        </p>
        <p class="quiet small">{instant(started_at)}</p>
      </td>
      <td class="figures">
        {STATES.filter((state) => seconds[state] >= 0.5).map((state) => (
          <p key={state}>
            <Status tone={PROOF_TONES[state]}>{t(`proof_${state}`)}</Status> {duration(seconds[state] * 1000)}
          </p>
        ))}
      </td>
      <td>
        {worst === null ? <span class="quiet">{tc('proof_unreported')}</span> : <Status tone={PROOF_TONES[worst]}>{t(`proof_${worst}`)}</Status>}
        {course.worst_reasons.map((reason) => (
          <p key={reason} class="quiet small">
            {reasonText(reason)}
          </p>
        ))}
      </td>
      <td class="figures" data-label={tc('proof_col_codes')}>
        <p>{code ? `${two(code.mean)} / ${two(code.max)}` : '–'}</p>
        {delta_e.map((delta) => (
          <p key={delta.kind}>{`${delta.kind === 'itp' ? 'ΔE ITP' : 'ΔE2000'} ${two(delta.mean)} / ${two(delta.max)}`}</p>
        ))}
      </td>
      <td class="figures" data-label={tc('proof_col_latency')}>{latency === null ? '–' : tc('p_latency', { ms: Math.round(latency) })}</td>
      <td class="figures" data-label={tc('proof_col_frames')}>{tc('proof_frames', { checked: course.frames_checked, count: course.frames_disagreed })}</td>
    </tr>
  );
}
