import type { JSX } from 'preact';
import { useStore } from '../store';
import { placeOf } from './crop';
import { pointIn, type Rect } from './drawing';
import type { Laser } from './laser';
import './laser.css';

interface LaserProps {
  laser: Laser;
  /** Where the picture lies in the stage. */
  rect: Rect;
}

const percent = (value: number): string => `${value * 100}%`;

/** Pointers over the picture, each with the name of whose it is. Whoever cannot see them misses nothing that is kept. */
export function LaserLayer({ laser, rect }: LaserProps): JSX.Element {
  const { on, spots } = useStore(laser.store);
  const move = (event: PointerEvent): void => {
    const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
    laser.move(pointIn(box, event.clientX, event.clientY));
  };
  return (
    <div
      class="laser"
      style={placeOf(rect)}
      data-on={on ? 'yes' : 'no'}
      data-testid="laser"
      aria-hidden="true"
      onPointerDown={move}
      onPointerMove={move}
      onPointerLeave={() => laser.leave()}
      onPointerCancel={() => laser.leave()}
    >
      {spots.map(({ link_id, name, at: [x, y], fading }) => (
        <span key={link_id} class="spot" data-fading={fading ? 'yes' : 'no'} data-side={x > 0.8 ? 'left' : 'right'} style={{ left: percent(x), top: percent(y) }}>
          <span class="spot-name">{name}</span>
        </span>
      ))}
    </div>
  );
}
