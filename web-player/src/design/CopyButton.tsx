import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { t } from '../messages';

const SAID_MS = 1600;

export function CopyButton({ text, label }: { text: string; label: string }): JSX.Element {
  const [done, setDone] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setDone(true);
    window.setTimeout(() => setDone(false), SAID_MS);
  };
  return (
    <button type="button" class="button compact" aria-live="polite" onClick={() => void copy().catch(() => undefined)}>
      {done ? t('copied') : label}
    </button>
  );
}
