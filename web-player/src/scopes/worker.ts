/** The worker that reads pictures and draws scopes, so that the page never waits for them. */
import { chromaName, rawFormat } from '../proof/samples';
import { visibleHeight } from '../proof/strip';
import { BINS, histogram, parade, vectorscope, waveform, type Density } from './density';
import { COLUMNS_MOST, gridOfCanvas, gridOfPlanes, ROWS_MOST, type Grid } from './grid';
import type { ScopeName, ScopesAsk, ScopesRead } from './message';
import { HISTOGRAM_ROW, paint, paintHistogram } from './paint';

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ScopesAsk>) => void) | null;
  postMessage(read: ScopesRead | null): void;
};

const canvases = new Map<ScopeName, OffscreenCanvas>();
let bytes = new Uint8Array(0);
let small: OffscreenCanvas | null = null;

type Found = Omit<ScopesRead, 'ms'> & { grid: Grid };

async function readRaw(frame: VideoFrame): Promise<Found | null> {
  const format = rawFormat(frame.format);
  const visible = frame.visibleRect;
  if (!format || !visible) return null;
  // Without the signal strip: it is no part of the picture.
  const size = { width: visible.width, height: visibleHeight(visible.width, visible.height) };
  const rect = { x: visible.x, y: visible.y, width: size.width, height: size.height - (size.height % format.down) };
  try {
    const length = frame.allocationSize({ rect });
    if (bytes.length !== length) bytes = new Uint8Array(length);
    const layout = await frame.copyTo(bytes, { rect });
    const grid = gridOfPlanes(bytes, layout, format, { width: rect.width, height: rect.height });
    return { grid, raw: { bits: format.bits, chroma: chromaName(format) }, matrix: frame.colorSpace.matrix ?? 'bt709' };
  } catch {
    // Some browsers have the format but do not hand the samples out.
    return null;
  }
}

function readShown(picture: VideoFrame | ImageBitmap): Found | null {
  const [width, coded] = 'displayWidth' in picture ? [picture.displayWidth, picture.displayHeight] : [picture.width, picture.height];
  const height = visibleHeight(width, coded);
  const size = { width: Math.min(width, COLUMNS_MOST), height: Math.min(height, ROWS_MOST) };
  small ??= new OffscreenCanvas(size.width, size.height);
  if (small.width !== size.width || small.height !== size.height) [small.width, small.height] = [size.width, size.height];
  const pen = small.getContext('2d', { willReadFrequently: true });
  if (!pen || size.height === 0) return null;
  pen.imageSmoothingEnabled = false;
  pen.drawImage(picture, 0, 0, width, height, 0, 0, size.width, size.height);
  const grid = gridOfCanvas(pen.getImageData(0, 0, size.width, size.height).data, size);
  return { grid, raw: null, matrix: 'bt709' };
}

function put(name: ScopeName, width: number, height: number, pixels: Uint8ClampedArray<ArrayBuffer>): void {
  const canvas = canvases.get(name);
  if (!canvas) return;
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  canvas.getContext('2d')?.putImageData(new ImageData(pixels, width, height), 0, 0);
}

function draw(name: ScopeName, { grid, matrix }: Found): void {
  const show = (found: Density, rows: number): void => put(name, found.width, found.height, paint(found, rows));
  switch (name) {
    case 'waveform':
      return show(waveform(grid), grid.rows);
    case 'parade':
      return show(parade(grid, matrix), grid.rows);
    case 'vectorscope':
      return show(vectorscope(grid), 40);
    case 'histogram':
      return put(name, BINS, 4 * HISTOGRAM_ROW, paintHistogram(histogram(grid, matrix)));
  }
}

async function look(picture: VideoFrame | ImageBitmap, scopes: readonly ScopeName[]): Promise<ScopesRead | null> {
  const begun = performance.now();
  try {
    const found = ('codedWidth' in picture ? await readRaw(picture) : null) ?? readShown(picture);
    if (!found) return null;
    for (const name of scopes) draw(name, found);
    return { raw: found.raw, matrix: found.matrix, ms: performance.now() - begun };
  } finally {
    picture.close();
  }
}

scope.onmessage = ({ data }) => {
  if (data.type === 'canvas') canvases.set(data.scope, data.canvas);
  else
    look(data.picture, data.scopes).then(
      (read) => scope.postMessage(read),
      () => scope.postMessage(null),
    );
};

