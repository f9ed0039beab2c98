import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from '../messages';

interface AskOnceProps {
  label: string;
  sure: string;
  /** What a screen reader says, e.g. with the person's name. */
  about?: string;
  testId?: string;
  compact?: boolean;
  onSure(): void;
}

const FORGET_MS = 8000;

/** A destructive control: the first press asks, in place; the second does it. A double click is one press. */
export function AskOnce({ label, sure, about, testId, compact = true, onSure }: AskOnceProps): JSX.Element {
  const [armed, setArmed] = useState(false);
  useEffect(() => {
    if (!armed) return undefined;
    const timer = window.setTimeout(() => setArmed(false), FORGET_MS);
    return () => window.clearTimeout(timer);
  }, [armed]);
  const press = (event: MouseEvent): void => {
    if (event.detail > 1) return;
    setArmed(!armed);
    if (armed) onSure();
  };
  const size = compact ? 'compact' : '';
  return (
    <span class="ask" onKeyDown={(event) => event.key === 'Escape' && setArmed(false)}>
      <button
        type="button"
        class={`button ${size} ${armed ? 'armed' : ''}`}
        data-testid={testId}
        aria-label={about === undefined ? undefined : `${armed ? sure : label}: ${about}`}
        onClick={press}
      >
        {armed ? sure : label}
      </button>
      {armed && (
        <button type="button" class={`button plain ${size}`} onClick={() => setArmed(false)}>
          {t('cancel')}
        </button>
      )}
    </span>
  );
}
