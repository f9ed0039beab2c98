import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Probe, ProbeTarget, RoomState } from '../api/types';
import { sendProbe } from '../api/viewer';
import { Card } from '../design/Card';
import { t } from '../messages';
import { useStore } from '../store';
import { DisplayPanel } from './DisplayPanel';
import { takeEarlyCheck } from './display';
import { Drawer, type DrawerPart } from './Drawer';
import { EndedPage } from './EndedPage';
import { FullPage } from './FullPage';
import { Help } from './Help';
import { useIdle, useRoomKeys, type RoomActions } from './keys';
import { handOf, Line } from './Line';
import { Player } from './player';
import { Program } from './Program';
import { useSurround, type Surround } from './surround';
import type { Prepared } from './whep';
import './room.css';
import './line.css';
import './drawer.css';

const sendFile = async (file: File, target: ProbeTarget): Promise<Probe> => sendProbe(file.name, await file.text(), target);

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

type Panel = 'help' | 'display' | null;

interface RoomPanels {
  drawer: boolean;
  part: DrawerPart;
  panel: Panel;
  /** Grows each time the cursor is wanted in the comment. */
  focus: number;
  setDrawer(open: boolean): void;
  setPart(part: DrawerPart): void;
  setPanel(panel: Panel): void;
  actions: RoomActions;
  surround: Surround;
}

function useRoomPanels(player: Player, element: { current: HTMLDivElement | null }): RoomPanels {
  const [drawer, setDrawer] = useState(() => window.matchMedia('(min-width: 1100px)').matches);
  const [focus, setFocus] = useState(0);
  const [panel, setPanel] = useState<Panel>(null);
  const [part, setPart] = useState<DrawerPart>('comments');
  const [surround, changeSurround] = useSurround();
  const { easel, store, company } = player;
  const comment = (): void => {
    setDrawer(true);
    setPart('comments');
    setFocus((count) => count + 1);
  };
  const draw = (): void => {
    if (easel.store.get().open) easel.close();
    else if (store.get().hasFrame) {
      setDrawer(true);
      setPart('comments');
      company.laser.switch(false);
      easel.open();
    }
  };
  const escape = (): void => {
    if (panel !== null) setPanel(null);
    else if (easel.store.get().open) easel.close();
    else if (company.laser.store.get().on) company.laser.switch(false);
    else setDrawer(false);
  };
  const actions: RoomActions = {
    comments: () => (drawer && part === 'comments' ? setDrawer(false) : comment()),
    comment,
    draw,
    laser: () => {
      easel.close();
      company.point();
    },
    hand: () => company.raiseHand(!handOf(store.get())),
    chat: () => {
      setDrawer(true);
      setPart('chat');
      setFocus((count) => count + 1);
    },
    undo: () => easel.store.get().open && easel.undo(),
    mute: () => player.setMuted(!store.get().muted),
    fullScreen: () => toggleFullScreen(element.current),
    surround: changeSurround,
    help: () => setPanel(panel === 'help' ? null : 'help'),
    escape,
  };
  return { drawer, part, panel, focus, setDrawer, setPart, setPanel, actions, surround };
}

export function Room(props: RoomProps): JSX.Element {
  const player = usePlayer(props);
  const view = useStore(player.store);
  const element = useRef<HTMLDivElement>(null);
  const { drawer, part, panel, focus, setDrawer, setPart, setPanel, actions, surround } = useRoomPanels(player, element);
  const idle = useIdle(view.connection.at === 'live' && view.source.state === 'live' && view.hasFrame && panel === null);
  useRoomKeys(actions, drawer);

  const { connection } = view;
  if (connection.at === 'ended')
    return <EndedPage {...connection} host={view.room.review.host} comments={view.comments} onRejoin={() => player.rejoin()} />;
  if (connection.at === 'not_joined')
    return <Card title={t('not_joined_title')} text={t('not_joined_text')} testId="ended-reason" />;
  if (connection.at === 'unsupported')
    return <Card title={t('unsupported_title')} text={t('unsupported_text')} testId="ended-reason" />;
  if (connection.at === 'mismatch')
    return <Card title={t('mismatch_title')} text={t('mismatch_text')} testId="ended-reason" />;
  if (connection.at === 'full') return <FullPage delayMs={connection.delayMs} onAgain={() => player.hurry()} />;
  const close = (): void => setPanel(null);
  return (
    <div class="room" ref={element} data-drawer={drawer ? 'open' : 'closed'} data-idle={idle ? 'yes' : 'no'} data-surround={surround}>
      <Program player={player} view={view} />
      <Line player={player} view={view} drawer={drawer} actions={actions} onDisplay={() => setPanel('display')} />
      <Drawer player={player} view={view} open={drawer} part={part} onPart={setPart} focus={focus} onClose={() => setDrawer(false)} />
      {panel === 'display' && <DisplayPanel keep={(check) => player.checkedDisplay(check)} probe={sendFile} onClose={close} />}
      {panel === 'help' && <Help onClose={close} />}
    </div>
  );
}
