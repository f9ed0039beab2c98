import type { JSX } from 'preact';
import { qrCode } from './qr';

/** Light modules around a code, without which no camera finds it. */
const QUIET = 4;

/** A text for the camera of another device: dark on light, whatever surrounds it. */
export function QrCode({ text, label }: { text: string; label: string }): JSX.Element | null {
  const modules = qrCode(text);
  if (!modules) return null;
  const size = modules.length + 2 * QUIET;
  const dark = modules.flatMap((row, y) => row.map((is, x) => (is ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : ''))).join('');
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <path fill="#d8d8d8" d={`M0 0h${size}v${size}h-${size}z`} />
      <path fill="#000" d={dark} />
    </svg>
  );
}
