import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Comment, ListedSource } from '../api/types';
import { tc } from '../messages/console';
import { useConsoleKeys } from './keys';
import { stillsOf } from './stills';
import { StillsGallery } from './StillsGallery';

interface StillsProps {
  comments: Comment[];
  sources: ListedSource[];
  jumpTo(comment: Comment): (() => void) | null;
}

/** The way to the gallery: one button, one key. */
export function StillsPart({ comments, sources, jumpTo }: StillsProps): JSX.Element | null {
  const [open, setOpen] = useState(false);
  const stills = stillsOf(comments, sources);
  useConsoleKeys({ s: () => setOpen(true) });
  return (
    <>
      {stills.length > 0 && (
        <button type="button" class="button compact stills-open" title={tc('key', { key: 'S' })} data-testid="stills" onClick={() => setOpen(true)}>
          {tc('stills_open', { count: stills.length })}
        </button>
      )}
      {open && <StillsGallery stills={stills} sources={sources} jumpTo={jumpTo} onClose={() => setOpen(false)} />}
    </>
  );
}
