/** Clips whose every frame says its own number, in cells that survive any codec. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { stripRows } from "./strip.ts";

export interface Rate {
  name: string;
  num: number;
  den: number;
  dropFrame: boolean;
}

export const RATES: Rate[] = [
  { name: "23.976", num: 24000, den: 1001, dropFrame: false },
  { name: "25", num: 25, den: 1, dropFrame: false },
  { name: "29.97 DF", num: 30000, den: 1001, dropFrame: true },
  { name: "59.94", num: 60000, den: 1001, dropFrame: false },
];

/** Cells lie in the middle of the picture, where no mark is burned in. */
export const CELLS = { bits: 12, size: 20, left: 40, top: 80, width: 320, height: 180 };

/** Writes `frames` numbered frames, 320x180, to `path` (format by its name). */
export async function writeNumberedClip(path: string, rate: Rate, frames: number): Promise<void> {
  const ffmpeg = spawn(
    "ffmpeg",
    [
      "-hide_banner", "-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s", `${CELLS.width}x${CELLS.height}`,
      "-r", `${rate.num}/${rate.den}`, "-i", "-", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "16", "-g", "24",
      "-pix_fmt", "yuv420p", "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", path,
    ],
    { stdio: ["pipe", "inherit", "inherit"] },
  );
  for (let frame = 0; frame < frames; frame++) {
    if (!ffmpeg.stdin.write(numberedFrame(frame))) await once(ffmpeg.stdin, "drain");
  }
  ffmpeg.stdin.end();
  const [code] = (await once(ffmpeg, "exit")) as [number];
  if (code !== 0) throw new Error(`ffmpeg ended with ${code}`);
}

function numberedFrame(frame: number): Buffer {
  const { bits, size, left, top, width, height } = CELLS;
  const pixels = Buffer.alloc(width * height, 60);
  for (let bit = 0; bit < bits; bit++) {
    const value = (frame >> bit) & 1 ? 230 : 20;
    for (let y = top; y < top + size; y++) pixels.fill(value, y * width + left + bit * size, y * width + left + (bit + 1) * size);
  }
  return pixels;
}

/** Runs in the page: the number in the frame a video element shows. */
export const READ_NUMBER = `(video) => {
  const cells = ${JSON.stringify(CELLS)};
  const canvas = new OffscreenCanvas(cells.width, cells.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const stripRows = ${stripRows.toString()};
  const { videoWidth, videoHeight } = video;
  context.drawImage(video, 0, 0, videoWidth, videoHeight - stripRows(videoWidth), 0, 0, cells.width, cells.height);
  let number = 0;
  for (let bit = 0; bit < cells.bits; bit++) {
    const x = cells.left + bit * cells.size + cells.size / 2;
    const [red] = context.getImageData(x, cells.top + cells.size / 2, 1, 1).data;
    if (red > 127) number += 2 ** bit;
  }
  return number;
}`;
