/** Flash and beep of the reference reel, as a browser receives them. */
import type { Page } from "playwright-core";
import { stripRows } from "./strip.ts";

/** One flash of the reel and its beep: when the page was handed each to show and to play, in ms of one clock. */
export interface Clap {
  flash: number;
  beep: number;
}

/** Where the flash is in the reel: a part of the picture's width and height. */
const FLASH = { x: 1712 / 1920, y: 252 / 1080 };

/** Watches and hears `count` flashes; those whose one white frame the browser dropped are not among them. */
export async function claps(page: Page, count: number): Promise<Clap[]> {
  return page.evaluate(
    async ({ count, FLASH, strip }) => {
      const video = document.querySelector<HTMLVideoElement>('[data-testid="program"]');
      const stream = video?.srcObject as MediaStream;
      const sound = stream.getAudioTracks()[0];
      if (!video || !sound) throw new Error("no picture or no sound");
      let over = false;
      const beeps: number[] = [];
      const hear = async (): Promise<void> => {
        // Chromium takes sound tracks too; the type library knows pictures only.
        const { MediaStreamTrackProcessor } = globalThis as unknown as {
          MediaStreamTrackProcessor: new (init: { track: MediaStreamTrack }) => { readable: ReadableStream<AudioData> };
        };
        const reader = new MediaStreamTrackProcessor({ track: sound.clone() }).readable.getReader();
        // Half a second before a beep is silent, so the first loud sample is its start.
        for (let quiet = 0; !over; ) {
          const { value: block } = await reader.read();
          if (!block) return;
          const handed = performance.now();
          const samples = new Float32Array(block.numberOfFrames);
          block.copyTo(samples, { planeIndex: 0, format: "f32-planar" });
          const { sampleRate } = block;
          block.close();
          samples.forEach((sample, i) => {
            const loud = Math.abs(sample) > 0.02;
            if (loud && quiet > sampleRate / 2) beeps.push(handed + (1000 * i) / sampleRate);
            quiet = loud ? 0 : quiet + 1;
          });
        }
        await reader.cancel();
      };
      const heard = hear();
      const flashes: number[] = [];
      const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
      for (let was = true; flashes.length < count; ) {
        await new Promise<void>((next) =>
          video.requestVideoFrameCallback((_, { expectedDisplayTime, width, height }) => {
            pen?.drawImage(video, FLASH.x * width, FLASH.y * (height - strip), 1, 1, 0, 0, 1, 1);
            const white = (pen?.getImageData(0, 0, 1, 1).data[1] ?? 0) > 128;
            if (white && !was) flashes.push(expectedDisplayTime);
            was = white;
            next();
          }),
        );
      }
      await new Promise((later) => setTimeout(later, 400));
      over = true;
      await heard;
      return flashes.flatMap((flash) => {
        const beep = beeps.find((at) => Math.abs(at - flash) < 450);
        return beep === undefined ? [] : [{ flash, beep }];
      });
    },
    { count, FLASH, strip: stripRows(640) },
  );
}

/** What the browser itself says of sound and picture: ms by which the sound it plays is older than the picture it shows. */
export async function estimatedLag(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const peers = (globalThis as unknown as { peers: RTCPeerConnection[] }).peers;
    const report = await peers.at(-1)?.getStats();
    const playout: Record<string, number> = {};
    report?.forEach((entry: { type: string; kind: string; estimatedPlayoutTimestamp?: number }) => {
      if (entry.type === "inbound-rtp") playout[entry.kind] = entry.estimatedPlayoutTimestamp ?? NaN;
    });
    return (playout["video"] ?? NaN) - (playout["audio"] ?? NaN);
  });
}
