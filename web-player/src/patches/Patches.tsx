import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { t } from '../messages';
import { patchesAt } from './address';
import './patches.css';

/**
 * Full screen for the patches that calibration software on this computer asks for (ArgyllCMS's web display): its own page in a
 * frame, since no page of another origin may read what it says. Nothing of ours is drawn while a probe may look.
 */
export function Patches(): JSX.Element {
  const screen = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const address = patchesAt(location.search);
  useEffect(() => {
    const changed = (): void => setShown(document.fullscreenElement !== null);
    document.addEventListener('fullscreenchange', changed);
    return () => document.removeEventListener('fullscreenchange', changed);
  }, []);
  const show = (): void => {
    setProblem(null);
    screen.current?.requestFullscreen({ navigationUI: 'hide' }).catch(() => setProblem(t('patches_no_full_screen')));
  };
  return (
    <main class="patches">
      <h1>{t('patches')}</h1>
      <p class="quiet">{t('patches_lead')}</p>
      <p>
        {t('probe_run')} <code>{command(address)}</code>
      </p>
      <button type="button" class="button primary" data-testid="patches-show" autoFocus onClick={show}>
        {t('patches_show')}
      </button>
      <p class="small quiet">{t('patches_end')}</p>
      <p class="small" role="status">
        {problem}
      </p>
      <div class="patches-screen" ref={screen}>
        {shown && <iframe src={address} title={t('patches')} data-testid="patches-frame" sandbox="allow-scripts allow-same-origin" allow="local-network-access; loopback-network" referrerpolicy="no-referrer" />}
      </div>
    </main>
  );
}

const command = (address: string): string => `dispread -v -dweb:${new URL(address).port} display`;
