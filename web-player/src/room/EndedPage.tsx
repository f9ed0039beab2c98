import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { EndReason } from '../api/types';
import { Card } from '../design/Card';
import { CopyButton } from '../design/CopyButton';
import { t } from '../messages';
import type { ShownComment } from './outbox';

const COMES_BACK_MS = 5000;
const COMES_BACK: readonly EndReason[] = ['server_stopping', 'room_full'];
/** After these nothing is sent any more. */
const FINAL: readonly EndReason[] = ['review_ended', 'left', 'removed', 'link_expired', 'link_revoked'];

interface EndedProps {
  reason: EndReason;
  message: string;
  host: string | null;
  /** What this page knows of comments; those that were sent are the house's. */
  comments?: readonly ShownComment[];
  onRejoin?: () => void;
}

/** Why the picture stopped, and what to do next. */
export function EndedPage({ reason, message, host, comments = [], onRejoin }: EndedProps): JSX.Element {
  useEffect(() => {
    if (!COMES_BACK.includes(reason)) return undefined;
    const timer = window.setTimeout(() => location.replace('/room'), COMES_BACK_MS);
    return () => window.clearTimeout(timer);
  }, [reason]);
  const known = `ended_${reason}` as const;
  const unsent = FINAL.includes(reason) ? comments.filter(({ state }) => state !== 'sent') : [];
  const name = host ?? 'Vitrine';
  // That comments arrived is not said when some did not.
  const next = unsent.length > 0 ? t('ended_unsent', { count: unsent.length, host: name }) : t(`${known}_next`, { host: name });
  return (
    <Card title={t(known) || message} text={next} testId="ended-reason">
      {unsent.length > 0 && <Unsent comments={unsent} />}
      {reason === 'replaced' && onRejoin && (
        <button type="button" class="button primary" onClick={onRejoin}>
          {t('watch_here')}
        </button>
      )}
    </Card>
  );
}

/** One's own words that reached nobody, to be sent by another way. */
function Unsent({ comments }: { comments: readonly ShownComment[] }): JSX.Element {
  const text = comments.map((comment) => `${comment.timecode}  ${comment.text}`).join('\n');
  return (
    <>
      <ul class="unsent" data-testid="unsent">
        {comments.map((comment) => (
          <li key={comment.id}>
            <span class="figures quiet">{comment.timecode}</span> <span>{comment.text}</span>
          </li>
        ))}
      </ul>
      <CopyButton text={text} label={t('ended_unsent_copy')} />
    </>
  );
}
