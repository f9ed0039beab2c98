import type { JSX } from 'preact';
import { CopyButton } from '../design/CopyButton';
import { tc } from '../messages/console';

/** Shown once. */
export function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone(): void }): JSX.Element {
  return (
    <section class="due" data-testid="recovery-codes">
      <h2>{tc('codes_title')}</h2>
      <p class="quiet">{tc('codes_lead')}</p>
      <ul class="codes figures">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <CopyButton text={codes.join('\n')} label={tc('copy')} />
      <button type="button" class="button primary" data-testid="codes-kept" onClick={onDone}>
        {tc('codes_kept')}
      </button>
    </section>
  );
}
