import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { serverNow } from '../api/http';
import { IconButton } from '../design/Icon';
import { AskOnce } from '../design/AskOnce';
import { t } from '../messages';
import { duration, instant } from '../messages/time';
import type { RoomActions } from './keys';
import { PictureFacts } from './PictureFacts';
import type { Player, RoomView } from './player';
import { useStore } from '../store';
import { ProofMark } from './ProofMark';

interface LineProps {
  player: Player;
  view: RoomView;
  drawer: boolean;
  actions: RoomActions;
  onDisplay(): void;
}

const NO_TIMECODE = '--:--:--:--';

/** Written straight into the text node: it changes with every frame. */
function Timecode({ player }: { player: Player }): JSX.Element {
  const element = useRef<HTMLSpanElement>(null);
  useEffect(
    () =>
      player.screen.onFrame((frame) => {
        const text = frame && !frame.slate ? frame.timecode : NO_TIMECODE;
        if (element.current && element.current.textContent !== text) element.current.textContent = text;
      }),
    [player],
  );
  return <span class="timecode" data-testid="timecode" aria-label={t('timecode')} role="timer" aria-live="off" ref={element} />;
}

const ENDING_MS = 5 * 60_000;

function SessionClock({ expiresAt }: { expiresAt: string }): JSX.Element {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = window.setInterval(() => setNow(serverNow()), 1000);
    return () => window.clearInterval(timer);
  }, []);
  const left = Date.parse(expiresAt) - now;
  const ending = left < ENDING_MS;
  return (
    <span class={`line-clock figures ${ending ? 'ending' : ''}`} title={t('expires', { time: instant(expiresAt) })}>
      {t(ending ? 'time_ending' : 'time_left', { time: duration(left) })}
    </span>
  );
}

/** Whether one's own hand is up, as the server has it. */
export const handOf = ({ people, room }: RoomView): boolean =>
  people.some((person) => person.link_id === room.viewer.link_id && person.hand);

/** Pointing and raising one's hand. */
function CompanyButtons({ player, view, actions }: Pick<LineProps, 'player' | 'view' | 'actions'>): JSX.Element {
  const { floor, muted } = useStore(player.company.store);
  const { on } = useStore(player.company.laser.store);
  const hand = handOf(view);
  const mayPoint = floor.pointers && !muted && view.hasFrame;
  return (
    <>
      <IconButton icon="laser" label={t(mayPoint ? 'laser' : 'laser_off')} keys="L" pressed={on} disabled={!mayPoint} onClick={actions.laser} />
      <IconButton icon="hand" label={t(hand ? 'hand_lower' : 'hand_raise')} keys="H" pressed={hand} onClick={actions.hand} />
    </>
  );
}

type Signal = 'live' | 'waiting' | 'lost' | 'connecting' | 'reconnecting';

/** One word for whether there is a picture; its shape says the same without reading. How good it is, says the proof beside it. */
export function signalOf(view: RoomView): Signal {
  const { connection, source } = view;
  if (connection.at === 'live' && view.hasFrame && !view.eventsFlow) return 'reconnecting';
  if (connection.at !== 'live' && 'again' in connection && connection.again) return 'reconnecting';
  if (connection.at !== 'live' && source.state !== 'waiting') return 'connecting';
  if (source.state !== 'live') return source.state === 'idle' ? 'waiting' : source.state;
  return view.hasFrame ? 'live' : 'connecting';
}

function SignalState({ view }: { view: RoomView }): JSX.Element {
  const signal = signalOf(view);
  return (
    <span class="signal" data-signal={signal} data-testid="signal" role="status">
      {t(`state_${signal}`)}
    </span>
  );
}

export function Line({ player, view, drawer, actions, onDisplay }: LineProps): JSX.Element {
  const { review } = view.room;
  const version = review.version === undefined ? '' : ` ${t('version', { version: review.version })}`;
  return (
    <footer class="line">
      <Timecode player={player} />
      <h1 class="line-name">
        {review.title}
        <span class="quiet">{version}</span>
      </h1>
      <SignalState view={view} />
      {view.hasFrame && <ProofMark player={player} />}
      <PictureFacts picture={view.picture} received={view.received} />
      <SessionClock expiresAt={view.room.expires_at} />
      <div class="line-buttons">
        {view.hasFrame && <IconButton icon="draw" label={t('draw')} keys="D" onClick={actions.draw} />}
        <CompanyButtons player={player} view={view} actions={actions} />
        <IconButton icon="display" label={t('display')} onClick={onDisplay} />
        <IconButton
          icon={view.muted ? 'soundOff' : 'soundOn'}
          label={t(view.muted ? 'unmute' : 'mute')}
          keys="M"
          onClick={actions.mute}
        />
        {document.fullscreenEnabled && (
          <IconButton icon="fullScreen" label={t('full_screen')} keys="F" onClick={actions.fullScreen} />
        )}
        <IconButton icon="help" label={t('help')} keys="?" onClick={actions.help} />
        <IconButton icon="comments" label={t('comments_key')} keys="C" expanded={drawer} onClick={actions.comments} />
        <AskOnce testId="leave" label={t('leave')} sure={t('leave_sure')} onSure={() => void player.leave()} />
      </div>
    </footer>
  );
}
