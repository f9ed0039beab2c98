import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { commentsUrl, type CommentFormat } from '../api/account';
import type { Review } from '../api/types';
import { ArchivePanel } from './ArchivePanel';
import { RepliesPicker } from './RepliesPicker';
import { tc } from '../messages/console';

/** Names of programs and formats are the same in every language. */
const FORMATS: readonly (readonly [CommentFormat, string])[] = [
  ['pdf', 'PDF'],
  ['csv', 'CSV'],
  ['resolve', 'DaVinci Resolve (EDL)'],
  ['avid', 'Avid Media Composer (TXT)'],
  ['avid-xml', 'Avid Media Composer (XML)'],
  ['premiere', 'Premiere (XML)'],
  ['fcpxml', 'Final Cut Pro (FCPXML)'],
  ['otio', 'OpenTimelineIO'],
  ['json', 'JSON'],
];

/** Comments in the form a program or a person wants, and the archive. Without comments there is nothing to put into markers. */
export function ExportMenu({ review }: { review: Review }): JSX.Element {
  const [format, setFormat] = useState<CommentFormat>('pdf');
  return (
    <div class="exports">
      {review.comments.length > 0 && (
        <div class="export-comments">
          <div class="field">
            <select
              aria-label={tc('export_format')}
              data-testid="export-format"
              value={format}
              onChange={(event) => setFormat(event.currentTarget.value as CommentFormat)}
            >
              {FORMATS.map(([value, name]) => (
                <option key={value} value={value}>
                  {name}
                </option>
              ))}
            </select>
          </div>
          <a class="button compact" href={commentsUrl(review.id, format)} download data-testid="export-comments">
            {tc('export_comments')}
          </a>
        </div>
      )}
      {review.comments.length > 0 && <RepliesPicker review={review} />}
      <ArchivePanel review={review} />
      <a class="button compact" href={`#/reviews/${review.id}/proof`} data-testid="proof-report">
        {tc('proof')}
      </a>
    </div>
  );
}
