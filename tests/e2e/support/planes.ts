/** Runs in the page: raw planes of received frames, through MediaStreamTrackProcessor and VideoFrame.copyTo. */
import type { Page } from "playwright-core";
import { stripRows } from "./strip.ts";

export interface Area {
  name: string;
  rect: [number, number, number, number];
}

/** For each area its lowest and highest code in Y, Cb and Cr, in the frame's own bits. */
export interface AreaCodes {
  name: string;
  low: [number, number, number];
  high: [number, number, number];
}

export interface FrameCodes {
  format: string;
  width: number;
  /** Rows that people see. */
  height: number;
  color: { primaries: string | null; transfer: string | null; matrix: string | null; fullRange: boolean | null };
  areas: AreaCodes[];
}

/** Codes of `areas` in the next frame that arrives. */
export async function readAreas(page: Page, areas: Area[]): Promise<FrameCodes> {
  const read = await page.evaluate(async (areas) => {
    const video = document.querySelector<HTMLVideoElement>('[data-testid="program"]');
    const track = (video?.srcObject as MediaStream).getVideoTracks()[0];
    // Chromium only; not in the DOM library of TypeScript.
    const Processor = (globalThis as unknown as { MediaStreamTrackProcessor: new (init: object) => { readable: ReadableStream<VideoFrame> } }).MediaStreamTrackProcessor;
    const reader = new Processor({ track: track?.clone() }).readable.getReader();
    const { value: frame } = await reader.read();
    if (!frame) throw new Error("no frame");
    const bytes = new Uint8Array(frame.allocationSize());
    const layout = await frame.copyTo(bytes);
    const view = new DataView(bytes.buffer);
    const format = String(frame.format);
    const wide = format.includes("P10");
    const half = format.startsWith("I420") ? 2 : 1;
    const code = (plane: number, x: number, y: number): number => {
      const at = layout[plane];
      if (!at) throw new Error("no plane");
      return wide ? view.getUint16(at.offset + y * at.stride + x * 2, true) : view.getUint8(at.offset + y * at.stride + x);
    };
    const result = areas.map(({ name, rect: [left, top, width, height] }) => {
      const low: [number, number, number] = [65535, 65535, 65535];
      const high: [number, number, number] = [0, 0, 0];
      for (let plane = 0; plane < 3; plane++) {
        const step = plane === 0 ? 1 : half;
        for (let y = top / step; y < (top + height) / step; y++) {
          for (let x = left / step; x < (left + width) / step; x++) {
            const value = code(plane, x, y);
            low[plane] = Math.min(low[plane] ?? value, value);
            high[plane] = Math.max(high[plane] ?? value, value);
          }
        }
      }
      return { name, low, high };
    });
    const { primaries, transfer, matrix, fullRange } = frame.colorSpace;
    const read = { format, width: frame.visibleRect?.width ?? 0, height: frame.visibleRect?.height ?? 0, color: { primaries, transfer, matrix, fullRange }, areas: result };
    frame.close();
    await reader.cancel();
    return read;
  }, areas);
  return { ...read, height: read.height - stripRows(read.width) };
}

/** Luma codes of the row in the middle of the next frame that arrives, where no mark is burned in. */
export async function readMiddleRow(page: Page): Promise<number[]> {
  return page.evaluate(async () => {
    const video = document.querySelector<HTMLVideoElement>('[data-testid="program"]');
    const track = (video?.srcObject as MediaStream).getVideoTracks()[0];
    const Processor = (globalThis as unknown as { MediaStreamTrackProcessor: new (init: object) => { readable: ReadableStream<VideoFrame> } }).MediaStreamTrackProcessor;
    const reader = new Processor({ track: track?.clone() }).readable.getReader();
    const { value: frame } = await reader.read();
    if (!frame) throw new Error("no frame");
    const bytes = new Uint8Array(frame.allocationSize());
    const [luma] = await frame.copyTo(bytes);
    if (!luma) throw new Error("no plane");
    const view = new DataView(bytes.buffer);
    const row = luma.offset + (frame.codedHeight >> 1) * luma.stride;
    const codes = Array.from({ length: frame.codedWidth }, (_, x) => view.getUint16(row + 2 * x, true));
    frame.close();
    await reader.cancel();
    return codes;
  });
}

/** Must be installed before the page loads: keeps a thumbnail of the luma of the first frames that arrive. */
export const RECORD_FIRST_FRAMES = `
  globalThis.firstFrames = [];
  const stripRows = ${stripRows.toString()};
  const addTrack = RTCPeerConnection;
  globalThis.RTCPeerConnection = class extends addTrack {
    constructor(...args) {
      super(...args);
      this.addEventListener("track", async ({ track }) => {
        if (track.kind !== "video") return;
        const reader = new MediaStreamTrackProcessor({ track: track.clone() }).readable.getReader();
        while (globalThis.firstFrames.length < 48) {
          const { value: frame, done } = await reader.read();
          if (done) return;
          const bytes = new Uint8Array(frame.allocationSize());
          const [luma] = await frame.copyTo(bytes);
          const wide = String(frame.format).includes("P10");
          const view = new DataView(bytes.buffer);
          const marked = [];
          const { width, height } = frame.visibleRect;
          for (let y = 0; y < height - stripRows(width); y++) {
            for (let x = 0; x < width; x++) {
              const at = luma.offset + y * luma.stride + x * (wide ? 2 : 1);
              marked.push(wide ? view.getUint16(at, true) >> 2 : bytes[at]);
            }
          }
          globalThis.firstFrames.push(marked);
          frame.close();
        }
        await reader.cancel();
      });
    }
  };
`;
