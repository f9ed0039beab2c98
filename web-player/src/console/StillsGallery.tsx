import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Comment, ListedSource } from '../api/types';
import { IconButton } from '../design/Icon';
import { t } from '../messages';
import { tc } from '../messages/console';
import { StillPicture } from './StillPicture';
import { rem, stepTo } from './stills';
import './stills.css';

interface GalleryProps {
  stills: Comment[];
  sources: ListedSource[];
  /** Winds the source to a still's frame; null when that still's source cannot be wound now. */
  jumpTo(comment: Comment): (() => void) | null;
  onClose(): void;
}

/** All stills of a review over the console: arrows go from one to the next, Enter opens, J winds the source there. */
export function StillsGallery({ stills, sources, jumpTo, onClose }: GalleryProps): JSX.Element {
  const [at, setAt] = useState(0);
  const [open, setOpen] = useState(false);
  const grid = useRef<HTMLOListElement>(null);
  const dialog = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const before = document.activeElement;
    return () => before instanceof HTMLElement && before.focus();
  }, []);
  // With the change itself, not after the next paint: a key pressed in between would go to the transport below.
  useLayoutEffect(() => {
    if (open) dialog.current?.focus();
    else grid.current?.querySelectorAll('button')[at]?.focus();
  }, [at, open]);
  const shown = stills[Math.min(at, stills.length - 1)];
  const columns = (): number => (open || !grid.current ? 1 : getComputedStyle(grid.current).gridTemplateColumns.split(' ').length);
  const pressed = (event: KeyboardEvent): void => {
    // Nothing below hears of keys while this is open.
    event.stopPropagation();
    if (event.key === 'Escape') return open ? setOpen(false) : onClose();
    if (event.key.toLowerCase() === 'j') return shown && jumpTo(shown)?.();
    if (event.key === 'Enter' && open && event.target === dialog.current) return setOpen(false);
    const to = stepTo(event.key, at, stills.length, columns());
    if (to === at) return;
    event.preventDefault();
    setAt(to);
  };
  return (
    <div class="gallery" role="dialog" aria-modal="true" aria-label={tc('stills')} tabIndex={-1} ref={dialog} data-testid="gallery" onKeyDown={pressed}>
      <header class="gallery-head">
        <h2>{tc('stills')}</h2>
        <p class="quiet small">{tc('stills_keys')}</p>
        <IconButton icon="close" label={t('close')} onClick={onClose} />
      </header>
      {stills.length === 0 && <p class="gallery-none quiet">{tc('stills_none')}</p>}
      {open && shown ? (
        <Large comment={shown} source={nameOf(shown, sources)} jump={jumpTo(shown)} place={`${at + 1} / ${stills.length}`} onClose={() => setOpen(false)} />
      ) : (
        <ol class="gallery-grid" ref={grid}>
          {stills.map((comment, index) => (
            <li key={comment.id}>
              <Small comment={comment} source={nameOf(comment, sources)} picked={index === at} onPick={() => (setAt(index), setOpen(true))} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** Timecode says which frame it was only together with its source. */
const nameOf = (comment: Comment, sources: readonly ListedSource[]): string | null =>
  sources.length > 1 ? (sources.find(({ id }) => id === comment.source_id)?.name ?? '–') : null;

interface SmallProps {
  comment: Comment;
  source: string | null;
  picked: boolean;
  onPick(): void;
}

function Small({ comment, source, picked, onPick }: SmallProps): JSX.Element {
  const { timecode, author, text } = comment;
  return (
    <button type="button" class="gallery-still" data-resolved={comment.resolved_at === null ? 'no' : 'yes'} tabIndex={picked ? 0 : -1} onClick={onPick}>
      <StillPicture comment={comment} width={rem(18)} height={rem(10.125)} />
      <span class="gallery-caption">
        <span class="figures gallery-timecode">{timecode}</span>
        <span class="quiet small">{[author, source].filter((part) => part !== null).join(' · ')}</span>
        <span class="gallery-text">{text}</span>
      </span>
    </button>
  );
}

interface LargeProps {
  comment: Comment;
  source: string | null;
  jump: (() => void) | null;
  place: string;
  onClose(): void;
}

function Large({ comment, source, jump, place, onClose }: LargeProps): JSX.Element {
  const stage = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  useEffect(() => {
    const box = stage.current;
    if (!box) return undefined;
    const measure = (): void => setSize({ width: box.clientWidth, height: box.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    measure();
    return () => observer.disconnect();
  }, []);
  const { timecode, author, text } = comment;
  return (
    <div class="gallery-large" data-testid="gallery-large">
      <div class="gallery-stage" ref={stage}>
        <StillPicture comment={comment} {...size} />
      </div>
      <footer class="gallery-foot">
        <span class="figures gallery-timecode">{timecode}</span>
        <span class="quiet figures small">{[place, author, source].filter((part) => part !== null).join(' · ')}</span>
        <p class="shot-text">{text}</p>
        <button type="button" class="button compact" disabled={!jump} title={jump ? undefined : tc('stills_not_here')} onClick={() => jump?.()}>
          {tc('stills_jump')}
        </button>
        <button type="button" class="button compact" onClick={onClose}>
          {tc('stills_all')}
        </button>
      </footer>
    </div>
  );
}
