import type { JSX } from 'preact';
import qrcode from 'qrcode-generator';

/** Light modules around a code, without which no camera finds it (ISO/IEC 18004, 9.1). */
const QUIET = 4;

/** A text for the camera of another device: dark on light, whatever surrounds it. */
export function QrCode({ text, label }: { text: string; label: string }): JSX.Element {
  // As large as it takes.
  const code = qrcode(0, 'M');
  code.addData(text);
  code.make();
  const modules = Array.from({ length: code.getModuleCount() }, (_, at) => at);
  const size = modules.length + 2 * QUIET;
  const dark = modules.flatMap((y) => modules.map((x) => (code.isDark(y, x) ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : ''))).join('');
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shape-rendering="crispEdges">
      <path fill="#d8d8d8" d={`M0 0h${size}v${size}h-${size}z`} />
      <path fill="#000" d={dark} />
    </svg>
  );
}
