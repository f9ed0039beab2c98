import type { JSX } from 'preact';
import { reportUrl, type Finding, type Suspect, type Trace } from '../api/trace';
import { tc } from '../messages/console';
import { inOurWords } from '../messages/server';
import { instant } from '../messages/time';

/** A leak that was sent, and what was found about it. */
export function TraceItem({ trace, onForget }: { trace: Trace; onForget(): void }): JSX.Element {
  const { id, name, state, finding } = trace;
  const over = state === 'done' || state === 'failed';
  return (
    <li class="trace" data-testid="trace" data-state={state}>
      <h2>{name}</h2>
      <p role="status">{stateText(trace)}</p>
      {finding !== null && (
        <>
          <p class="quiet small figures">{tc('trace_tried', { viewings: finding.viewings, z: finding.needed_z.toFixed(2) })}</p>
          <Suspects suspects={finding.suspects} />
          {finding.has_pictures && <Pictures id={id} />}
          <p class="trace-files">
            <a class="button compact" href={reportUrl(id, 'evidence.pdf')} download>
              {tc('trace_pdf')}
            </a>
            <a class="button compact" href={reportUrl(id, 'evidence.json')} download>
              {tc('trace_json')}
            </a>
          </p>
          <p class="quiet small figures">SHA-256 {finding.sha256}</p>
        </>
      )}
      {over && (
        <button type="button" class="button plain compact" onClick={onForget}>
          {tc('trace_forget')}
        </button>
      )}
    </li>
  );
}

function stateText({ state, reason, finding }: Trace): string {
  if (state === 'failed') return tc('trace_failed', { reason: inOurWords(reason ?? '') });
  if (finding === null) return state === 'waiting' ? tc('trace_waiting') : tc('trace_running');
  if (finding.no_decision !== null) return tc('trace_none', { reason: inOurWords(finding.no_decision) });
  return tc('trace_named', { names: namesOf(finding) });
}

const namesOf = ({ suspects }: Finding): string => suspects.filter(({ named }) => named).map(({ name, email }) => `${name} <${email}>`).join(', ');

function Pictures({ id }: { id: string }): JSX.Element {
  return (
    <div class="trace-pictures">
      {(['leak', 'reference'] as const).map((which) => (
        <figure key={which}>
          <img src={reportUrl(id, `${which}.png`)} alt={tc(`trace_${which}`)} loading="lazy" />
          <figcaption class="quiet small">{tc(`trace_${which}`)}</figcaption>
        </figure>
      ))}
    </div>
  );
}

function verdict({ named, subtracted, z }: Suspect): string {
  if (named) return tc('trace_verdict_named');
  if (subtracted) return tc('trace_verdict_subtracted');
  return z === null ? tc('trace_verdict_code') : '–';
}

/** Smaller than a number can be is not nothing. */
const chance = (p: number): string => (p === 0 ? '< 1e-300' : p.toExponential(1));

/** Viewings, likeliest first. */
export function Suspects({ suspects }: { suspects: Suspect[] }): JSX.Element | null {
  if (suspects.length === 0) return null;
  // A code says whose it is and not how surely.
  const measured = suspects.some(({ z }) => z !== null);
  return (
    <div class="table-scroll" tabIndex={0}>
      <table class="table record-table" data-testid="suspects">
        <thead>
          <tr>
            <th scope="col">{tc('trace_verdict')}</th>
            {measured && <th scope="col">z</th>}
            {measured && <th scope="col">p</th>}
            <th scope="col">{tc('trace_who')}</th>
            <th scope="col">{tc('code')}</th>
            <th scope="col">{tc('trace_since')}</th>
          </tr>
        </thead>
        <tbody>
          {suspects.map((suspect) => (
            <tr key={suspect.viewing} data-named={suspect.named ? 'yes' : 'no'}>
              <td>{verdict(suspect)}</td>
              {measured && <td class="figures" data-label="z">{suspect.z === null ? '' : suspect.z.toFixed(2)}</td>}
              {measured && <td class="figures" data-label="p">{suspect.p === null ? '' : chance(suspect.p)}</td>}
              <td>
                {suspect.name}
                <br />
                <span class="quiet small">
                  {suspect.email} · {suspect.ip}
                </span>
              </td>
              <td class="figures">{suspect.session_code}</td>
              <td>
                <a href={`#/record?review=${suspect.review}`}>{instant(suspect.started_at)}</a>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
