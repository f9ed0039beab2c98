import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { asApiError } from '../api/http';
import { getRoom, isWaiting, leaveRoom } from '../api/viewer';
import type { EndReason, RoomState, Waiting } from '../api/types';
import { Card } from '../design/Card';
import { t } from '../messages';

/** How often the door is tried; each try also tells the house that somebody is still there. */
const TRY_EVERY_MS = 2000;

interface WaitingProps {
  waiting: Waiting;
  onAdmitted(room: RoomState): void;
  onEnded(reason: EndReason, message: string): void;
  onNotJoined(): void;
}

/** The guest has shown their passphrase, and somebody of the house lets them in or not. */
export function WaitingPage({ waiting, onAdmitted, onEnded, onNotJoined }: WaitingProps): JSX.Element {
  const [away, setAway] = useState(false);
  const tryDoor = async (): Promise<void> => {
    try {
      const answer = await getRoom();
      setAway(false);
      if (!isWaiting(answer)) onAdmitted(answer);
    } catch (error) {
      const { status, reason, message } = asApiError(error);
      if (status === 410) onEnded(reason ?? 'review_ended', message);
      else if (status === 401 || status === 403) onNotJoined();
      else setAway(true);
    }
  };
  useEffect(() => {
    const timer = window.setInterval(() => void tryDoor(), TRY_EVERY_MS);
    return () => window.clearInterval(timer);
  }, []);
  const leave = (): void => {
    leaveRoom()
      .then(() => onEnded('left', ''))
      .catch(() => onNotJoined());
  };
  const { host, title } = waiting.review;
  return (
    <Card title={t('door_title')} text={t(away ? 'door_away' : 'door_text', { host, title, name: waiting.name })} testId="waiting-room">
      <button type="button" class="button" onClick={leave}>
        {t('leave')}
      </button>
    </Card>
  );
}
