import type { JSX } from 'preact';
import { useId } from 'preact/hooks';

interface SelectProps<T extends string> {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onValue(value: T): void;
  hint?: string | undefined;
  testId?: string;
  /** Whether the label is for screen readers only. */
  bare?: boolean;
}

/** A labelled choice of one. */
export function Select<T extends string>({ label, value, options, onValue, hint, testId, bare = false }: SelectProps<T>): JSX.Element {
  const id = useId();
  return (
    <div class="field">
      {!bare && <label htmlFor={id}>{label}</label>}
      <select
        id={id}
        aria-label={bare ? label : undefined}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        data-testid={testId}
        value={value}
        onChange={(event) => onValue(event.currentTarget.value as T)}
      >
        {options.map(([key, name]) => (
          <option key={key} value={key}>
            {name}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
