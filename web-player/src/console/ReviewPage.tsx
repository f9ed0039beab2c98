import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { admitViewer, denyViewer, removeViewer, revokeLink, setTarget } from '../api/account';
import { drive } from '../api/drive';
import { asApiError } from '../api/http';
import { lowerHand, muteViewer } from '../api/floor';
import { answerEntry, changeEntry } from '../api/log';
import type { Comment, Me, Review, Viewer } from '../api/types';
import { t } from '../messages';
import { tc } from '../messages/console';
import { instant } from '../messages/time';
import { withComment } from '../room/threads';
import { useStore } from '../store';
import { CommentsPanel, type LogActions } from './CommentsPanel';
import { InvitePanel } from './InvitePanel';
import { LinksPanel } from './LinksPanel';
import { LiveReviewFeed } from './live';
import { OutputPanel } from './OutputPanel';
import { PreviewPanel } from './PreviewPanel';
import { RecordPanel } from './RecordPanel';
import { RoomPanel } from './RoomPanel';
import { RoundsPanel } from './RoundsPanel';
import { SourcePanel } from './SourcePanel';
import { ViewersPanel } from './ViewersPanel';
import './review.css';
import './tables.css';

interface ReviewPageProps {
  id: string;
  me: Me;
  onRefused(error: unknown): void;
}

/** One command at a time is said to have failed; success is seen in the page itself. */
export interface Commands {
  feed: LiveReviewFeed;
  run(command: () => Promise<void>): void;
}

export function ReviewPage({ id, me, onRefused }: ReviewPageProps): JSX.Element {
  const [problem, setProblem] = useState<string | null>(null);
  const failed = (error: unknown): void => {
    onRefused(error);
    const { unreachable, message } = asApiError(error);
    setProblem(unreachable ? t('unreachable') : t('failed', { message }));
  };
  const feed = useMemo(() => new LiveReviewFeed(id, failed), [id]);
  useEffect(() => () => feed.close(), [feed]);
  const { review, fresh } = useStore(feed.store);
  // What failed for want of a connection is old news once there is one.
  useEffect(() => setProblem(null), [fresh]);
  const run = (command: () => Promise<void>): void => {
    setProblem(null);
    command().catch(failed);
  };
  if (!review) return <main class="page">{problem ? <p class="problem">{problem}</p> : <p class="quiet">{t('loading')}</p>}</main>;
  return (
    <main class="review">
      <LiveBar review={review} fresh={fresh} />
      {problem !== null && (
        <p class="problem review-problem" role="alert">
          {problem}
        </p>
      )}
      <Columns review={review} me={me} commands={{ feed, run }} />
    </main>
  );
}

function barText(review: Review): string {
  const { viewers_possible: possible } = review.capacity;
  const watching = review.viewers.filter((viewer) => viewer.state === 'watching').length;
  if (review.state === 'live') return tc('live_bar', { watching, possible: Math.max(possible, watching) });
  return review.state === 'planned' ? tc('planned_bar', { time: instant(review.starts_at) }) : tc('ended_bar');
}

/** Whether this goes out now: a word and a bar, not a colour. */
function LiveBar({ review, fresh }: { review: Review; fresh: boolean }): JSX.Element {
  return (
    <header class="live-bar" data-stage={review.state} data-fresh={fresh ? 'yes' : 'no'} data-testid="live-bar">
      <strong class="live-word">{tc(`stage_${review.state}`)}</strong>
      <h1>
        {review.title} {review.version > 1 && <span class="live-version">{t('version', { version: review.version })}</span>}
      </h1>
      <span class="live-host">{review.host}</span>
      <span class="live-count figures" role="status">
        {fresh ? barText(review) : tc('stale')}
      </span>
    </header>
  );
}

function logActions(review: Review, { feed, run }: Commands): LogActions {
  const put = (change: () => Promise<Comment>): void =>
    run(async () => {
      const comment = await change();
      feed.patch(({ comments }) => ({ comments: withComment(comments, comment) }));
    });
  const canSeek = review.source.transport?.can_seek === true;
  return {
    jump: canSeek ? (frame) => run(() => drive(review.id, { action: 'seek', frame })) : null,
    change: (id, change) => put(() => changeEntry(id, change)),
    answer: (id, text) => put(() => answerEntry(id, text)),
  };
}

interface ColumnsProps {
  review: Review;
  me: Me;
  commands: Commands;
}

/** Who may look at the picture: the others would only be refused. */
const mayPreview = ({ role }: Me): boolean => role !== 'security-lead';

function Columns({ review, me, commands }: ColumnsProps): JSX.Element {
  const { feed, run } = commands;
  const revoke = (linkId: string): void =>
    run(async () => {
      const link = await revokeLink(linkId);
      feed.patch(({ links }) => ({ links: links.map((old) => (old.id === link.id ? link : old)) }));
    });
  const change = (command: (id: string) => Promise<Viewer>) => (viewerId: string): void =>
    run(async () => {
      const viewer = await command(viewerId);
      feed.patch(({ viewers }) => ({ viewers: viewers.map((old) => (old.id === viewer.id ? viewer : old)) }));
    });
  const open = review.state !== 'ended';
  return (
    <div class="columns">
      <div class="column">
        <SourcePanel review={review} commands={commands} />
      </div>
      <div class="column">
        {review.state === 'live' && mayPreview(me) && <PreviewPanel review={review} me={me} commands={commands} />}
        {open && <OutputPanel review={review} />}
        {open && <RoomPanel review={review} commands={commands} />}
        <RoundsPanel review={review} />
        {open && <InvitePanel review={review} feed={feed} />}
        <LinksPanel links={review.links} onRevoke={revoke} />
        <RecordPanel review={review} commands={commands} />
      </div>
      <div class="column">
        <ViewersPanel
          viewers={review.viewers}
          links={review.links}
          comments={review.comments}
          onAdmit={change(admitViewer)}
          onDeny={change(denyViewer)}
          onRemove={change(removeViewer)}
          onRevoke={revoke}
          onMute={(viewerId, muted) => change((id) => muteViewer(id, muted))(viewerId)}
          onLowerHand={(viewerId) => run(() => lowerHand(viewerId))}
          onTarget={(viewerId, target) => change((id) => setTarget(id, target))(viewerId)}
        />
        <CommentsPanel comments={review.comments} sources={review.sources} actions={logActions(review, commands)} />
      </div>
    </div>
  );
}
