import type { JSX, TargetedKeyboardEvent, TargetedPointerEvent } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { IconButton } from '../design/Icon';
import { t } from '../messages';
import { visibleHeight } from '../proof/strip';
import { useStore } from '../store';
import { placeOf } from './crop';
import { INK_NAMES, INKS, LABEL_LIMIT, pointIn, type Rect } from './drawing';
import { TOOLS, type Easel } from './easel';
import { Shapes } from './Shapes';
import './drawing.css';

interface LayerProps {
  easel: Easel;
  /** Where the picture lies in the stage. */
  rect: Rect | null;
  video(): HTMLVideoElement | null;
}

const px = (value: number): string => `${value}px`;

/** Over the picture: what is drawn, and somebody's drawing that is looked at. */
export function DrawingLayer({ easel, rect, video }: LayerProps): JSX.Element {
  const view = useStore(easel.store);
  const { open, shapes, current, shown } = view;
  const own = current ? [...shapes, current] : shapes;
  return (
    <div class="drawing-layer" data-open={open ? 'yes' : 'no'}>
      {rect && open && <Canvas easel={easel} rect={rect} video={video} />}
      {rect && (
        <div class="drawing-over" style={placeOf(rect)} data-testid="drawing">
          <Shapes shapes={shown ? shown.drawing.shapes : own} width={rect.width} height={rect.height} />
        </div>
      )}
      {rect && open && view.typing && <TextEntry easel={easel} rect={rect} at={view.typing} ink={INKS[view.ink]} />}
      {open && <Tools easel={easel} />}
      {shown && (
        <div class="drawing-tools">
          <p class="small figures">{shown.caption}</p>
          <IconButton icon="close" label={t('close')} onClick={() => easel.show(null)} />
        </div>
      )}
    </div>
  );
}

/** The frame that is drawn on, held still: a copy of this viewer's own marked picture, in this page only. */
function Canvas({ easel, rect, video }: { easel: Easel; rect: Rect; video(): HTMLVideoElement | null }): JSX.Element {
  const held = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const [canvas, picture] = [held.current, video()];
    if (!canvas || !picture || picture.videoWidth === 0) return;
    canvas.width = picture.videoWidth;
    // Without the strip: what lies below is cut off.
    canvas.height = visibleHeight(picture.videoWidth, picture.videoHeight);
    canvas.getContext('2d')?.drawImage(picture, 0, 0);
  }, []);
  const at = (event: PointerEvent): [number, number] => {
    const box = held.current?.getBoundingClientRect();
    return pointIn(box ?? rect, event.clientX, event.clientY);
  };
  const down = (event: TargetedPointerEvent<HTMLCanvasElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    event.preventDefault();
    easel.down(at(event));
  };
  return (
    <canvas
      ref={held}
      class="drawing-canvas"
      style={placeOf(rect)}
      aria-label={t('draw_canvas')}
      onPointerDown={down}
      onPointerMove={(event) => easel.move(at(event))}
      onPointerUp={() => easel.up()}
      onPointerCancel={() => easel.up()}
    />
  );
}

interface TextEntryProps {
  easel: Easel;
  rect: Rect;
  at: [number, number];
  ink: string;
}

function TextEntry({ easel, rect, at, ink }: TextEntryProps): JSX.Element {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => input.current?.focus(), [at]);
  const pressed = (event: TargetedKeyboardEvent<HTMLInputElement>): void => {
    if (event.isComposing) return;
    if (event.key === 'Escape') event.currentTarget.value = '';
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    easel.write(event.currentTarget.value);
  };
  const left = Math.min(rect.left + at[0] * rect.width, rect.left + rect.width - 160);
  return (
    <input
      ref={input}
      class="drawing-text"
      style={{ left: px(Math.max(rect.left, left)), top: px(rect.top + at[1] * rect.height), color: ink }}
      maxLength={LABEL_LIMIT}
      aria-label={t('draw_text')}
      data-testid="draw-text"
      onKeyDown={pressed}
      onBlur={(event) => easel.write(event.currentTarget.value)}
    />
  );
}

function Tools({ easel }: { easel: Easel }): JSX.Element {
  const { tool, ink, shapes } = useStore(easel.store);
  return (
    <div class="drawing-tools" role="toolbar" aria-label={t('draw_tools')}>
      {TOOLS.map((each) => (
        <IconButton key={each} icon={each} label={t(`draw_${each}`)} pressed={tool === each} onClick={() => easel.pick({ tool: each })} />
      ))}
      <span class="drawing-inks" role="group" aria-label={t('draw_inks')}>
        {INK_NAMES.map((each) => (
          <button
            key={each}
            type="button"
            class="ink"
            data-ink={each}
            aria-label={t(`ink_${each}`)}
            title={t(`ink_${each}`)}
            aria-pressed={ink === each}
            onClick={() => easel.pick({ ink: each })}
          />
        ))}
      </span>
      <IconButton icon="undo" label={t('draw_undo')} keys="Control+Z" disabled={shapes.length === 0} onClick={() => easel.undo()} />
      <button type="button" class="button compact" data-testid="draw-done" onClick={() => easel.close()}>
        {t('draw_done')}
      </button>
    </div>
  );
}
