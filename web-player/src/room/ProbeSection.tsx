import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Probe, ProbeTarget } from '../api/types';
import { asApiError } from '../api/http';
import { Select } from '../design/Select';
import { t } from '../messages';
import { PROBE_TARGETS, probeFigures } from './probe';

/** Our page that shows, full screen, the patches of calibration software on this machine. */
const PATCHES = '/patches';
/** As much as the server takes. */
const MOST_BYTES = 512 * 1024;

interface ProbeProps {
  send(file: File, target: ProbeTarget): Promise<Probe>;
}

/** For the few who have a probe: patches in this browser on this display, and the file that comes of it. */
export function ProbeSection({ send }: ProbeProps): JSX.Element {
  const [target, setTarget] = useState<ProbeTarget>('srgb');
  const [probe, setProbe] = useState<Probe | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const take = (file: File): void => {
    setProbe(null);
    setProblem(file.size > MOST_BYTES ? t('probe_large') : null);
    if (file.size > MOST_BYTES) return;
    send(file, target).then(setProbe, (error: unknown) => {
      const { unreachable, message } = asApiError(error);
      setProblem(unreachable ? t('unreachable') : message);
    });
  };
  return (
    <details class="probe" data-testid="probe">
      <summary>{t('probe')}</summary>
      <p class="quiet small">{t('probe_lead')}</p>
      <ol class="small">
        <li>
          {t('probe_run')} <code>targen -d3 -e4 -B4 -s9 -g21 -m4 -f0 display</code> <code>dispread -v -dweb display</code>
        </li>
        <li>
          <a href={PATCHES} target="_blank" rel="noopener noreferrer">
            {t('probe_open')}
          </a>{' '}
          {t('probe_full')}
        </li>
        <li>{t('probe_send')}</li>
      </ol>
      <Select label={t('probe_target')} value={target} options={PROBE_TARGETS} onValue={(chosen) => setTarget(chosen)} testId="probe-target" />
      <input
        type="file"
        accept=".ti3"
        aria-label={t('probe_file')}
        data-testid="probe-file"
        onChange={(event) => {
          const file = event.currentTarget.files?.[0];
          if (file) take(file);
          event.currentTarget.value = '';
        }}
      />
      <p class="small figures" role="status" data-testid="probe-result">
        {problem ?? (probe ? probeFigures(probe).join(' · ') : '')}
      </p>
    </details>
  );
}
