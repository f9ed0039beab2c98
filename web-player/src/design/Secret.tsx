import type { ComponentChildren, JSX } from 'preact';
import { CopyButton } from './CopyButton';

interface SecretProps {
  label: string;
  text: string;
  /** Label of the button that copies it. */
  copy: string;
  testId: string;
  children?: ComponentChildren;
}

/** Something that is shown once, to be copied. */
export function Secret({ label, text, copy, testId, children }: SecretProps): JSX.Element {
  return (
    <div class="secret">
      <span class="quiet small">{label}</span>
      <code data-testid={testId}>{text}</code>
      <CopyButton text={text} label={copy} />
      {children}
    </div>
  );
}
