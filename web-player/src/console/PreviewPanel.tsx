import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Me, Review, TargetColor } from '../api/types';
import { IconButton } from '../design/Icon';
import { t } from '../messages';
import { tc } from '../messages/console';
import { placeOf, useCrop } from '../room/crop';
import { pictureLine } from '../room/facts';
import { LaserLayer } from '../room/LaserLayer';
import { useStore } from '../store';
import { useConsoleKeys } from './keys';
import { Panel } from './Panel';
import { PreviewPlayer, type PreviewView } from './preview';
import type { Commands } from './ReviewPage';
import { ScopesPart } from './ScopesPart';
import './preview.css';

interface PreviewProps {
  review: Review;
  me: Me;
  commands: Commands;
}

/** The picture as viewers get it, with its scopes. It takes one of the machine's places, so it is shown when asked for. */
export function PreviewPanel({ review, me, commands }: PreviewProps): JSX.Element {
  const [on, setOn] = useState(false);
  const toggle = (): void => setOn(!on);
  useConsoleKeys({ v: toggle });
  return (
    <Panel
      title={tc('preview')}
      aside={
        <button type="button" class="button compact" aria-pressed={on} title={tc('key', { key: 'V' })} data-testid="preview" onClick={toggle}>
          {tc(on ? 'preview_off' : 'preview_on')}
        </button>
      }
    >
      {on ? <Preview review={review} me={me} commands={commands} /> : <p class="quiet small">{tc('preview_hint')}</p>}
    </Panel>
  );
}

function absence({ connection, problem }: PreviewView): string {
  if (problem !== null) return problem;
  if (connection.at === 'mismatch') return t('mismatch_title');
  if (connection.at === 'full') return t('full_title');
  if (connection.at === 'ended') return t(`ended_${connection.reason}`);
  return t('connecting_title');
}

function Preview({ review, me, commands: { feed } }: PreviewProps): JSX.Element {
  const [player, setPlayer] = useState<PreviewPlayer | null>(null);
  useEffect(() => {
    const made = new PreviewPlayer(review.id);
    setPlayer(made);
    made.start();
    return () => made.stop();
  }, [review.id]);
  useEffect(() => feed.laser.be({ link_id: me.id, name: me.user }), [feed]);
  return player ? <Picture review={review} player={player} feed={feed} /> : <div class="preview-stage" />;
}

/** What stands over the picture, or in its place. */
function Over({ view, talkback }: { view: PreviewView; talkback: string | null }): JSX.Element | null {
  if (view.hasFrame) return talkback === null ? null : <p class="talkback small">{talkback}</p>;
  return (
    <p class="preview-card quiet" role="status">
      {absence(view)}
    </p>
  );
}

interface PictureProps {
  review: Review;
  player: PreviewPlayer;
  feed: Commands['feed'];
}

function Picture({ review, player, feed }: PictureProps): JSX.Element {
  const view = useStore(player.store);
  const { on } = useStore(feed.laser.store);
  const stage = useRef<HTMLDivElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const crop = useCrop(() => stage.current, () => video.current);
  useLayoutEffect(() => {
    player.attach(video.current);
    return () => player.attach(null);
  }, [player]);
  const point = (): void => feed.laser.switch(!on);
  useConsoleKeys({ g: point });
  const own = review.viewers.find(({ id }) => id === view.preview?.viewer_id);
  const target: TargetColor = own?.picture?.target ?? 'srgb709';
  return (
    <>
      <div class="preview-stage" ref={stage} data-testid="preview-stage">
        <div class="stage-crop" style={crop ? placeOf(crop.rect) : { visibility: 'hidden' }}>
          <video ref={video} style={{ height: `${100 * (crop?.taller ?? 1)}%` }} muted playsInline disablePictureInPicture tabIndex={-1} aria-label={review.title} data-testid="program" />
        </div>
        {crop && view.hasFrame && <LaserLayer laser={feed.laser} rect={crop.rect} />}
        <Over view={view} talkback={review.floor.talkback} />
      </div>
      <div class="preview-foot">
        <p class="quiet small figures">{own?.picture ? pictureLine(own.picture) : ''}</p>
        <IconButton icon="laser" label={tc('preview_point')} keys="G" pressed={on} disabled={!view.hasFrame} onClick={point} />
      </div>
      {view.hasFrame && <ScopesPart video={() => video.current} target={target} />}
    </>
  );
}
