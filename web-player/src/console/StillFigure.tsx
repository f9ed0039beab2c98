import type { JSX } from 'preact';
import { stillUrl } from '../api/account';
import type { Comment } from '../api/types';
import { StillPicture } from './StillPicture';
import { rem } from './stills';

/** In rem. */
const WIDTH = 16;
/** A picture that is taller than wide is shown smaller. */
const HIGHEST = 18;

/** What the comment's author saw, with their drawing over it; it opens as it is, without the drawing. */
export function StillFigure({ comment }: { comment: Comment }): JSX.Element {
  const picture = <StillPicture comment={comment} width={rem(WIDTH)} height={rem(HIGHEST)} />;
  return (
    <figure class="log-drawing" data-testid="still">
      {comment.has_still ? (
        <a href={stillUrl(comment.id)} target="_blank" rel="noopener">
          {picture}
        </a>
      ) : (
        picture
      )}
    </figure>
  );
}
