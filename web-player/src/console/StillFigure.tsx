import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { stillUrl } from '../api/account';
import type { Comment } from '../api/types';
import { t } from '../messages';
import { tc } from '../messages/console';
import { Shapes } from '../room/Shapes';

const WIDTH = 256;
const WIDE = 16 / 9;
/** A picture that is taller than wide is shown smaller. */
const HIGHEST = 288;

/** What the comment's author saw, with their drawing over it; on grey where there is no still. */
export function StillFigure({ comment }: { comment: Comment }): JSX.Element {
  const [ratio, setRatio] = useState(WIDE);
  const height = Math.min(HIGHEST, WIDTH / ratio);
  const width = height * ratio;
  const { id, has_still, drawing, timecode } = comment;
  return (
    <figure
      class="log-drawing"
      style={{ width: `${width}px`, height: `${height}px` }}
      aria-label={drawing ? t('comment_drawing') : undefined}
      data-testid="still"
    >
      {has_still && (
        <a href={stillUrl(id)} target="_blank" rel="noopener">
          <img
            src={stillUrl(id)}
            alt={tc('still_at', { timecode })}
            loading="lazy"
            onLoad={({ currentTarget: picture }) => setRatio(picture.naturalWidth / picture.naturalHeight)}
          />
        </a>
      )}
      {drawing && <Shapes shapes={drawing.shapes} width={width} height={height} />}
    </figure>
  );
}
