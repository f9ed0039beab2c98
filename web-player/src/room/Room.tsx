import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { RoomState } from '../api/types';
import { Card } from '../design/Card';
import { t } from '../messages';
import { useStore } from '../store';
import { DisplayPanel } from './DisplayPanel';
import { takeEarlyCheck } from './display';
import { Drawer } from './Drawer';
import { EndedPage } from './EndedPage';
import { FullPage } from './FullPage';
import { Help } from './Help';
import { useIdle, useRoomKeys } from './keys';
import { Line } from './Line';
import { Player } from './player';
import { Program } from './Program';
import type { Prepared } from './whep';
import './room.css';
import './line.css';
import './drawer.css';

interface RoomProps {
  room: RoomState;
  prepared: Prepared | null;
}

/** Full screen is the room's own, so that the comments stay one key away. */
function toggleFullScreen(element: HTMLElement | null): void {
  const change = document.fullscreenElement ? document.exitFullscreen() : element?.requestFullscreen();
  change?.catch(() => undefined);
}

function usePlayer({ room, prepared }: RoomProps): Player {
  const player = useMemo(() => new Player(room, prepared), []);
  useEffect(() => {
    document.title = `${room.review.title} · Vitrine`;
    player.start();
    const early = takeEarlyCheck();
    if (early) void player.checkedDisplay(early).catch(() => undefined);
    return () => player.stop();
  }, [player]);
  return player;
}

export function Room(props: RoomProps): JSX.Element {
  const player = usePlayer(props);
  const view = useStore(player.store);
  const element = useRef<HTMLDivElement>(null);
  const [drawer, setDrawer] = useState(() => window.matchMedia('(min-width: 1100px)').matches);
  const [focusComment, setFocusComment] = useState(0);
  const [help, setHelp] = useState(false);
  const [display, setDisplay] = useState(false);
  const idle = useIdle(view.connection.at === 'live' && view.hasFrame && !help);
  const openComments = (): void => {
    setDrawer(true);
    setFocusComment((count) => count + 1);
  };
  const actions = {
    comments: () => (drawer ? setDrawer(false) : openComments()),
    comment: openComments,
    draw: () => {
      if (player.easel.store.get().open) return player.easel.close();
      if (!view.hasFrame) return;
      setDrawer(true);
      player.easel.open();
    },
    undo: () => player.easel.store.get().open && player.easel.undo(),
    mute: () => player.setMuted(!player.store.get().muted),
    fullScreen: () => toggleFullScreen(element.current),
    help: () => setHelp((shown) => !shown),
    escape: () => {
      if (help || display) {
        setHelp(false);
        setDisplay(false);
      } else if (player.easel.store.get().open) player.easel.close();
      else setDrawer(false);
    },
  };
  useRoomKeys(actions, drawer);

  const { connection } = view;
  if (connection.at === 'ended')
    return <EndedPage {...connection} host={view.room.review.host} onRejoin={() => player.rejoin()} />;
  if (connection.at === 'not_joined')
    return <Card title={t('not_joined_title')} text={t('not_joined_text')} testId="ended-reason" />;
  if (connection.at === 'unsupported')
    return <Card title={t('unsupported_title')} text={t('unsupported_text')} testId="ended-reason" />;
  if (connection.at === 'full') return <FullPage delayMs={connection.delayMs} onAgain={() => player.hurry()} />;
  return (
    <div class="room" ref={element} data-drawer={drawer ? 'open' : 'closed'} data-idle={idle ? 'yes' : 'no'}>
      <Program player={player} view={view} />
      <Line player={player} view={view} drawer={drawer} actions={actions} onDisplay={() => setDisplay(true)} />
      <Drawer player={player} view={view} open={drawer} focus={focusComment} onClose={() => setDrawer(false)} />
      {display && <DisplayPanel keep={(check) => player.checkedDisplay(check)} onClose={() => setDisplay(false)} />}
      {help && <Help onClose={() => setHelp(false)} />}
    </div>
  );
}
