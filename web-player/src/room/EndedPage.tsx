import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { EndReason } from '../api/types';
import { Card } from '../design/Card';
import { t } from '../messages';

const COMES_BACK_MS = 5000;
const COMES_BACK: readonly EndReason[] = ['server_stopping', 'room_full'];

interface EndedProps {
  reason: EndReason;
  message: string;
  host: string | null;
  onRejoin?: () => void;
}

/** Why the picture stopped, and what to do next. */
export function EndedPage({ reason, message, host, onRejoin }: EndedProps): JSX.Element {
  useEffect(() => {
    if (!COMES_BACK.includes(reason)) return undefined;
    const timer = window.setTimeout(() => location.replace('/room'), COMES_BACK_MS);
    return () => window.clearTimeout(timer);
  }, [reason]);
  const known = `ended_${reason}` as const;
  const next = t(`${known}_next`, { host: host ?? 'Vitrine' });
  return (
    <Card title={t(known) || message} text={next} testId="ended-reason">
      {reason === 'replaced' && onRejoin && (
        <button type="button" class="button primary" onClick={onRejoin}>
          {t('watch_here')}
        </button>
      )}
    </Card>
  );
}
