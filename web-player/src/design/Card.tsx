import type { ComponentChildren, JSX } from 'preact';
import './card.css';

interface CardProps {
  title: string;
  text?: string | undefined;
  testId?: string;
  children?: ComponentChildren;
}

/** A calm page of its own: one thing to know, what happens next. */
export function Card({ title, text, testId, children }: CardProps): JSX.Element {
  return (
    <main class="card-page">
      <div class="card" role="status">
        <span class="wordmark">Vitrine</span>
        <div data-testid={testId}>
          <h1>{title}</h1>
          {text !== undefined && text !== '' && <p class="quiet">{text}</p>}
        </div>
        {children}
      </div>
    </main>
  );
}
