import type { JSX } from 'preact';
import { endReview } from '../api/account';
import type { Review } from '../api/types';
import { AskOnce } from '../design/AskOnce';
import { tc } from '../messages/console';
import { AuditList } from './AuditList';
import { ExportMenu } from './ExportMenu';
import { Panel } from './Panel';
import type { Commands } from './ReviewPage';

export function RecordPanel({ review, commands: { feed, run } }: { review: Review; commands: Commands }): JSX.Element {
  return (
    <Panel title={tc('record')}>
      <ExportMenu review={review} />
      <AuditList review={review} />
      {review.state !== 'ended' && (
        <div class="end">
          <AskOnce compact={false} label={tc('end')} sure={tc('end_sure')} testId="end-review" onSure={() => run(async () => feed.put(await endReview(review.id)))} />
          <p class="hint">{tc('end_hint')}</p>
        </div>
      )}
    </Panel>
  );
}
