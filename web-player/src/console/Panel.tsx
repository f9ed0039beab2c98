import type { ComponentChildren, JSX } from 'preact';
import { useId } from 'preact/hooks';

interface PanelProps {
  title: string;
  aside?: ComponentChildren;
  grow?: boolean;
  children: ComponentChildren;
}

export function Panel({ title, aside, grow = false, children }: PanelProps): JSX.Element {
  const id = useId();
  return (
    <section class={`panel ${grow ? 'panel-grow' : ''}`} aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

/** A word with a small dot of muted colour; the word alone says it. */
export function Status({ tone, children }: { tone: 'good' | 'warn' | 'bad' | 'off'; children: ComponentChildren }): JSX.Element {
  return (
    <span class="status" data-tone={tone}>
      {children}
    </span>
  );
}

/** Label and value, one under the other pair. */
export function Facts({ rows }: { rows: readonly (readonly [string, ComponentChildren])[] }): JSX.Element {
  return (
    <dl class="fact-list figures">
      {rows.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
