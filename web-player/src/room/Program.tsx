import type { JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { t } from '../messages';
import { placeOf, useCrop } from './crop';
import { DrawingLayer } from './DrawingLayer';
import { useStore } from '../store';
import { EndingNotice } from './EndingNotice';
import { LaserLayer } from './LaserLayer';
import type { Player, RoomView } from './player';

const prevent = (event: Event): void => event.preventDefault();

/** What stands in the place of the picture while there is none; null when there is one. */
function absence(view: RoomView): { title: string; text: string } | null {
  if (view.hasFrame) return null;
  if (view.source.state === 'waiting') return { title: t('wait_title'), text: t('wait_text') };
  return { title: t('connecting_title'), text: t('connecting_text') };
}

/** What is said over the picture while it is not all right. */
function notice(view: RoomView): string | null {
  if (!view.hasFrame) return null;
  if (view.connection.at !== 'live' || !view.eventsFlow) return t('reconnecting_line');
  if (view.source.state === 'lost') return t('lost_line');
  if (view.source.clean_until) return t('clean_line');
  const limit = view.picture?.limit;
  return limit ? t(`limit_${limit}`) : null;
}

export function Program({ player, view }: { player: Player; view: RoomView }): JSX.Element {
  const stage = useRef<HTMLElement>(null);
  const video = useRef<HTMLVideoElement>(null);
  const crop = useCrop(() => stage.current, () => video.current);
  useLayoutEffect(() => {
    // Not in the type library of every browser version, so set as attributes.
    video.current?.setAttribute('controlslist', 'nodownload noplaybackrate noremoteplayback');
    player.screen.attach(video.current);
    return () => player.screen.attach(null);
  }, [player]);
  const { floor } = useStore(player.company.store);
  const missing = absence(view);
  const line = notice(view);
  return (
    <main class="stage" ref={stage} onContextMenu={prevent}>
      {/* The signal strip under the picture is for the proof alone: nobody sees it, nor what has no shape yet. */}
      <div class="stage-crop" data-testid="crop" style={crop ? placeOf(crop.rect) : { visibility: 'hidden' }}>
        <video
          ref={video}
          data-testid="program"
          style={{ height: `${100 * (crop?.taller ?? 1)}%` }}
          playsInline
          disablePictureInPicture
          disableRemotePlayback
          tabIndex={-1}
          aria-label={view.room.review.title}
          onContextMenu={prevent}
          onDragStart={prevent}
        />
      </div>
      {view.hasFrame && crop && <LaserLayer laser={player.company.laser} rect={crop.rect} />}
      {view.hasFrame && <DrawingLayer easel={player.easel} rect={crop?.rect ?? null} video={() => video.current} />}
      {missing && (
        <div class="stage-card" role="status">
          <h2>{missing.title}</h2>
          <p class="quiet">{missing.text}</p>
        </div>
      )}
      <div class="stage-foot" aria-live="polite">
        {floor.talkback !== null && (
          <p class="talkback" data-testid="talkback">
            {floor.talkback}
          </p>
        )}
        <EndingNotice expiresAt={view.room.expires_at} />
        {line !== null && <p class="stage-notice">{line}</p>}
        {view.soundRefused && view.hasFrame && (
          <button type="button" class="button stage-sound" onClick={() => player.setMuted(false)}>
            {t('turn_sound_on')}
          </button>
        )}
      </div>
    </main>
  );
}
