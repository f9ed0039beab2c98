import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Card } from '../design/Card';
import { t } from '../messages';

/** The room is full: the try again comes by itself, or now by the button. */
export function FullPage({ delayMs, onAgain }: { delayMs: number; onAgain(): void }): JSX.Element {
  const [left, setLeft] = useState(Math.ceil(delayMs / 1000));
  useEffect(() => {
    const timer = window.setInterval(() => setLeft((seconds) => Math.max(0, seconds - 1)), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return (
    <Card title={t('full_title')} text={t('full_text', { seconds: left })} testId="ended-reason">
      <button type="button" class="button" onClick={onAgain}>
        {t('try_again')}
      </button>
    </Card>
  );
}
