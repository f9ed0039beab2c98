import type { JSX } from 'preact';
import { useContext, useEffect, useState } from 'preact/hooks';
import { serverNow } from '../api/http';
import { endCleanHold, startCleanHold } from '../api/mark';
import type { Review } from '../api/types';
import { tc } from '../messages/console';
import { Panel } from './Panel';
import type { Commands } from './ReviewPage';
import { RoleContext } from './role';

const LENGTHS = [10, 30, 60] as const;

/** Whole seconds until an instant, counted down. */
function useSecondsLeft(until: string | null): number {
  const left = (): number => (until === null ? 0 : Math.max(0, Math.ceil((Date.parse(until) - serverNow()) / 1000)));
  const [seconds, setSeconds] = useState(left);
  useEffect(() => {
    setSeconds(left());
    if (until === null) return undefined;
    const timer = window.setInterval(() => setSeconds(left()), 250);
    return () => window.clearInterval(timer);
  }, [until]);
  return seconds;
}

/** Lifts the visible mark for moments; the server ends it whatever becomes of this page. */
export function CleanHoldPanel({ review, commands: { run } }: { review: Review; commands: Commands }): JSX.Element | null {
  const until = review.source.clean_until ?? null;
  const seconds = useSecondsLeft(until);
  const role = useContext(RoleContext);
  const may = role === 'admin' || role === 'colourist';
  if (review.state !== 'live' || (!may && until === null)) return null;
  return (
    <Panel title={tc('clean_hold')}>
      {until !== null && (
        <p class="warning" role="status" data-testid="clean-hold-on">
          {tc('clean_hold_on', { seconds })}
        </p>
      )}
      {may && until === null && (
        <div class="deck">
          {LENGTHS.map((length) => (
            <button key={length} type="button" class="button compact" data-testid={`clean-hold-${length}`} onClick={() => run(async () => void (await startCleanHold(review.id, length)))}>
              {tc('clean_hold_start', { seconds: length })}
            </button>
          ))}
        </div>
      )}
      {may && until !== null && (
        <button type="button" class="button compact" data-testid="clean-hold-end" onClick={() => run(() => endCleanHold(review.id))}>
          {tc('clean_hold_end')}
        </button>
      )}
    </Panel>
  );
}
