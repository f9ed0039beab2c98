import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

interface FieldProps {
  label: string;
  value: string;
  onValue(value: string): void;
  hint?: string | undefined;
  problem?: string | null | undefined;
  testId?: string;
  type?: string;
  name?: string;
  autocomplete?: string;
  autocapitalize?: string;
  inputMode?: 'numeric';
  autoFocus?: boolean;
  spellcheck?: boolean;
  min?: string;
  max?: string;
  maxLength?: number;
}

/** A labelled input; what is wrong and what to do next stands under it. */
export function Field({ label, value, onValue, hint, problem, testId, autoFocus = false, ...input }: FieldProps): JSX.Element {
  const id = useId();
  const element = useRef<HTMLInputElement>(null);
  // The attribute counts only while a page loads: a field that comes later takes the cursor by itself.
  useLayoutEffect(() => {
    if (autoFocus) element.current?.focus();
  }, []);
  const attributes = input as JSX.IntrinsicElements['input'];
  return (
    <div class="field">
      <label htmlFor={id}>{label}</label>
      <input
        {...attributes}
        ref={element}
        id={id}
        value={value}
        data-testid={testId}
        aria-invalid={problem ? 'true' : undefined}
        aria-describedby={`${id}-hint ${id}-problem`}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      <Problem id={`${id}-problem`} text={problem} />
    </div>
  );
}

export function Problem({ id, text }: { id?: string; text: string | null | undefined }): JSX.Element {
  return (
    <div id={id} role="alert">
      {text && <p class="problem">{text}</p>}
    </div>
  );
}
