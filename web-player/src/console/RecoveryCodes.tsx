import type { JSX } from 'preact';
import { CopyButton } from '../design/CopyButton';
import { tc } from '../messages/console';

interface CodesProps {
  codes: string[];
  /** Whether they are all that the page shows. */
  alone?: boolean;
  onDone(): void;
}

/** Shown once. */
export function RecoveryCodes({ codes, alone = false, onDone }: CodesProps): JSX.Element {
  const title = tc('codes_title');
  return (
    <section class="due" data-testid="recovery-codes">
      <header>
        {alone ? <h1>{title}</h1> : <h2>{title}</h2>}
        <p class="quiet">{tc('codes_lead')}</p>
      </header>
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
