import type { JSX } from 'preact';
import type { Point, Shape } from '../api/types';
import { headOf, INKS, spanOf } from './drawing';

interface ShapesProps {
  shapes: readonly Shape[];
  width: number;
  height: number;
}

/** Shapes over a picture that is shown so many pixels wide and high. */
export function Shapes({ shapes, width, height }: ShapesProps): JSX.Element {
  const line = Math.max(2, height / 240);
  return (
    <svg class="shapes" width={width} height={height} viewBox={`0 0 ${width} ${height}`} aria-hidden="true" stroke-width={line}>
      {shapes.map((shape, index) => (
        <ShapeMark key={index} shape={shape} width={width} height={height} line={line} />
      ))}
    </svg>
  );
}

interface MarkProps {
  shape: Shape;
  width: number;
  height: number;
  line: number;
}

function ShapeMark({ shape, width, height, line }: MarkProps): JSX.Element {
  const at = ([x, y]: Point): Point => [x * width, y * height];
  const stroke = INKS[shape.ink];
  switch (shape.kind) {
    case 'pen':
      return <polyline points={shape.points.map((point) => at(point).join(',')).join(' ')} stroke={stroke} />;
    case 'arrow': {
      const [from, to] = [at(shape.from), at(shape.to)];
      const [left, right] = headOf(from, to, line * 6);
      return <path d={`M${from.join(',')}L${to.join(',')}M${left.join(',')}L${to.join(',')}L${right.join(',')}`} stroke={stroke} />;
    }
    case 'box':
      return <rect {...spanOf(at(shape.from), at(shape.to))} stroke={stroke} />;
    case 'ellipse': {
      const { x, y, width: w, height: h } = spanOf(at(shape.from), at(shape.to));
      return <ellipse cx={x + w / 2} cy={y + h / 2} rx={w / 2} ry={h / 2} stroke={stroke} />;
    }
    case 'text': {
      const [x, y] = at(shape.at);
      return (
        <text x={x} y={y} fill={stroke} font-size={Math.max(13, height / 28)} dominant-baseline="text-before-edge">
          {shape.text}
        </text>
      );
    }
  }
}
