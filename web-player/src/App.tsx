import type { JSX } from 'preact';
import { useCallback, useEffect, useState } from 'preact/hooks';
import { asApiError } from './api/http';
import { getRoom, isWaiting } from './api/viewer';
import type { EndReason, RoomState, Waiting } from './api/types';
import { Card } from './design/Card';
import { JoinPage } from './join/JoinPage';
import { WaitingPage } from './join/WaitingPage';
import { t } from './messages';
import { EndedPage } from './room/EndedPage';
import { Room } from './room/Room';
import type { Prepared } from './room/whep';

type View =
  | { at: 'join'; secret: string }
  | { at: 'no_link' }
  | { at: 'resuming' }
  | { at: 'unreachable' }
  | { at: 'not_joined' }
  | { at: 'ended'; reason: EndReason; message: string; host: string | null }
  | { at: 'waiting'; waiting: Waiting; prepared: Prepared | null }
  | { at: 'room'; room: RoomState; prepared: Prepared | null };

function firstView(): View {
  if (location.pathname !== '/join') return { at: 'resuming' };
  const secret = location.hash.slice(1);
  return secret === '' ? { at: 'no_link' } : { at: 'join', secret };
}

function entered(answer: RoomState | Waiting, prepared: Prepared | null): View {
  return isWaiting(answer) ? { at: 'waiting', waiting: answer, prepared } : { at: 'room', room: answer, prepared };
}

async function resume(): Promise<View> {
  try {
    return entered(await getRoom(), null);
  } catch (error) {
    const { status, reason, message, unreachable } = asApiError(error);
    if (status === 410) return { at: 'ended', reason: reason ?? 'review_ended', message, host: null };
    return unreachable ? { at: 'unreachable' } : { at: 'not_joined' };
  }
}

/** The client's one page: join, then in the same document (so that sound stays allowed) the room. */
export function App(): JSX.Element {
  const [view, setView] = useState(firstView);
  useEffect(() => {
    if (view.at === 'resuming') void resume().then(setView);
  }, [view.at]);
  useEffect(() => {
    // A second link pasted into the same window is a new beginning.
    const changed = (): void => location.reload();
    window.addEventListener('hashchange', changed);
    return () => window.removeEventListener('hashchange', changed);
  }, []);
  const enter = useCallback((answer: RoomState | Waiting, prepared: Prepared | null) => {
    history.replaceState(null, '', '/room');
    setView(entered(answer, prepared));
  }, []);
  switch (view.at) {
    case 'join':
      return <JoinPage secret={view.secret} onJoined={enter} />;
    case 'waiting':
      return (
        <WaitingPage
          waiting={view.waiting}
          onAdmitted={(room) => enter(room, view.prepared)}
          onEnded={(reason, message) => setView({ at: 'ended', reason, message, host: view.waiting.review.host })}
          onNotJoined={() => setView({ at: 'not_joined' })}
        />
      );
    case 'room':
      return <Room room={view.room} prepared={view.prepared} />;
    case 'no_link':
      return <Card title={t('no_link_title')} text={t('no_link')} />;
    case 'resuming':
      return <Card title={t('loading')} />;
    case 'not_joined':
      return <Card title={t('not_joined_title')} text={t('not_joined_text')} testId="ended-reason" />;
    case 'ended':
      return <EndedPage reason={view.reason} message={view.message} host={view.host} />;
    case 'unreachable':
      return (
        <Card title={t('ended_connection_lost')} text={t('unreachable')}>
          <button type="button" class="button primary" onClick={() => setView({ at: 'resuming' })}>
            {t('try_again')}
          </button>
        </Card>
      );
  }
}
