/** How long a picture takes from being presented on the server to being shown. */
import { execFileSync } from "node:child_process";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";

export const LATENCY_FRAMES = 480;

export function quantile(values: number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? NaN);
}

export function print(name: string, ms: number[]): void {
  console.log(`${name}: p50 ${quantile(ms, 0.5)} ms, p95 ${quantile(ms, 0.95)} ms, ${ms.length} values, ${cpus().length} cores`);
}

/** A minute of moving pictures, 1280x720, 24 a second, with a tone or without sound: the path of a file. */
export function clipOf720Lines(sound: boolean): string {
  const clip = join(tmpdir(), `vitrine-latency-${sound ? "sound" : "silent"}.mp4`);
  const tone = sound ? ["-f", "lavfi", "-i", "sine=f=440:r=48000:d=60", "-c:a", "aac"] : [];
  execFileSync("ffmpeg", [
    "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi", "-i", "testsrc2=s=1280x720:r=24:d=60", ...tone,
    "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", clip,
  ]);
  return clip;
}

/** From the moment a source presents a frame to the moment the browser hands it to its compositor. */
export async function latencyMs(page: Page): Promise<number[]> {
  return page.evaluate(async (frames) => {
    interface Clock { type: string; rtp_timestamp: number; presented_unix_ms: number }
    const clocks: Clock[] = [];
    const socket = new WebSocket(`wss://${location.host}/api/room/events`);
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(String(data)) as Clock;
      if (message.type === "clock") clocks.push(message);
    };
    const video = document.querySelector<HTMLVideoElement>('[data-testid="program"]');
    const values: number[] = [];
    while (video && values.length < frames) {
      await new Promise<void>((next) =>
        video.requestVideoFrameCallback((now, { rtpTimestamp }) => {
          const clock = clocks.at(-1);
          if (clock && rtpTimestamp !== undefined) {
            const presented = clock.presented_unix_ms + ((rtpTimestamp - clock.rtp_timestamp) | 0) / 90;
            values.push(performance.timeOrigin + now - presented);
          }
          next();
        }),
      );
    }
    socket.close();
    return values;
  }, LATENCY_FRAMES);
}
