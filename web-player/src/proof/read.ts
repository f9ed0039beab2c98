/** Reads one picture: only the rows of its strip are ever copied. */
import type { Tags } from './color';
import { measureCanvas, measureRaw, type Measured } from './measure';
import type { Look, Reading } from './reading';
import { chromaName, rawFormat, readCanvas, readPlanes } from './samples';
import { CELL, GUARD, stripRows, visibleHeight } from './strip';

const NOTHING: Measured = { message: null, codeError: null, deltaE: null };
/** Cells and patches end here in a picture that is wide enough. */
const WIDEST = 640;

interface Rows {
  top: number;
  width: number;
  height: number;
}

/** Where cells and patches lie in a coded picture. */
function rowsOf(width: number, height: number): Rows | null {
  const top = visibleHeight(width, height) + GUARD;
  const rows = stripRows(width) - GUARD;
  if (width < 2 * CELL || height <= rows + GUARD) return null;
  return { top, width: Math.min(width, WIDEST), height: rows };
}

function tagsOfFrame({ colorSpace }: VideoFrame): Tags | null {
  const { primaries, transfer, matrix, fullRange } = colorSpace;
  if (primaries === null || transfer === null || matrix === null || fullRange === null) return null;
  return { primaries, transfer, matrix, fullRange };
}

const sizeOf = (picture: VideoFrame | ImageBitmap): { width: number; height: number } =>
  'codedWidth' in picture
    ? { width: picture.visibleRect?.width ?? 0, height: picture.visibleRect?.height ?? 0 }
    : { width: picture.width, height: picture.height };

let canvas: OffscreenCanvas | null = null;

/** What a page would show of the strip. */
function readShown(picture: VideoFrame | ImageBitmap, { top, width, height }: Rows, wide: number): Measured {
  canvas ??= new OffscreenCanvas(width, height);
  if (canvas.width !== width || canvas.height !== height) [canvas.width, canvas.height] = [width, height];
  const pen = canvas.getContext('2d', { willReadFrequently: true });
  if (!pen) return NOTHING;
  pen.drawImage(picture, 0, top, width, height, 0, 0, width, height);
  return measureCanvas(readCanvas(pen.getImageData(0, 0, width, height).data, width, wide));
}

async function readRaw(frame: VideoFrame, rows: Rows, wide: number): Promise<Pick<Reading, 'raw'> & Measured | null> {
  const format = rawFormat(frame.format);
  const visible = frame.visibleRect;
  if (!format || !visible) return null;
  const rect = { x: visible.x, y: visible.y + rows.top, width: rows.width, height: rows.height };
  try {
    const bytes = new Uint8Array(frame.allocationSize({ rect }));
    const layout = await frame.copyTo(bytes, { rect });
    const tags = tagsOfFrame(frame);
    const raw = { bits: format.bits, chroma: chromaName(format), tags };
    return { raw, ...measureRaw(readPlanes(bytes, layout, format, wide), tags) };
  } catch {
    // Some browsers have the format but do not hand the samples out.
    return null;
  }
}

/** Looks that were answered: a canvas costs more than raw samples and is asked now and then, or where there are none. */
const CANVAS_EVERY = 4;

export async function read({ id, picture }: Look): Promise<Reading> {
  const { width, height } = sizeOf(picture);
  const rows = rowsOf(width, height);
  if (!rows) return { id, raw: null, canvas: null, ...NOTHING };
  const raw = 'codedWidth' in picture ? await readRaw(picture, rows, width) : null;
  if (raw && id % CANVAS_EVERY !== 0) return { id, canvas: null, ...raw };
  const shown = readShown(picture, rows, width);
  return raw ? { id, ...raw, canvas: shown.codeError } : { id, raw: null, canvas: shown.codeError, ...shown };
}
