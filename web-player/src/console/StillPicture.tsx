import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { stillUrl } from '../api/account';
import type { Comment } from '../api/types';
import { t } from '../messages';
import { tc } from '../messages/console';
import { Shapes } from '../room/Shapes';
import './stills.css';

const WIDE = 16 / 9;

interface PictureProps {
  comment: Comment;
  /** As wide and high as it may be, in pixels of the page. */
  width: number;
  height: number;
}

/** What a comment's author saw, with their drawing over it, as large as it fits; grey where there is no still. */
export function StillPicture({ comment, width: most, height: highest }: PictureProps): JSX.Element {
  const [ratio, setRatio] = useState(WIDE);
  const height = Math.min(highest, most / ratio);
  const width = height * ratio;
  const { id, has_still, drawing, timecode } = comment;
  return (
    <span
      class="still-picture"
      style={{ width: `${width}px`, height: `${height}px` }}
      role={drawing ? 'img' : undefined}
      aria-label={drawing ? t('comment_drawing') : undefined}
    >
      {has_still && (
        <img
          src={stillUrl(id)}
          alt={tc('still_at', { timecode })}
          loading="lazy"
          onLoad={({ currentTarget: picture }) => setRatio(picture.naturalWidth / picture.naturalHeight)}
        />
      )}
      {drawing && <Shapes shapes={drawing.shapes} width={width} height={height} />}
    </span>
  );
}
