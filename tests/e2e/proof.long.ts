/** Proof of picture, at length: `npm --prefix tests/e2e run proof`. Figures go into docs/proof.md by hand. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { join as joinRoom, launch, newPage, signIn, untilPlaying, watching } from "./support/browser.ts";
import { RATES, writeNumberedClip } from "./support/clip.ts";
import { footage } from "./support/footage.ts";
import { Network } from "./support/netns.ts";
import { Server } from "./support/server.ts";
import { stripRows } from "./support/strip.ts";

const FRAMES = Number(process.env["PROOF_FRAMES"] ?? 10_000);
const MINUTES = Number(process.env["PROOF_MINUTES"] ?? 30);
const FAULTS = Number(process.env["PROOF_FAULTS"] ?? 100);
const FOLDER = process.env["TMPDIR"] ?? "/tmp";

/** Before the page loads: keeps the clocks that the server tells, and can read every frame's number. */
const READ_FRAMES = `
  globalThis.clocks = [];
  const Socket = globalThis.WebSocket;
  globalThis.WebSocket = class extends Socket {
    constructor(...args) {
      super(...args);
      this.addEventListener("message", ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === "clock") globalThis.clocks.push(message);
      });
    }
  };
  const stripRows = ${stripRows.toString()};
  globalThis.readFrames = async (count) => {
    const video = document.querySelector('[data-testid="program"]');
    const read = [];
    const one = async (frame) => {
      const { width, height } = frame.visibleRect;
      const rows = stripRows(width) - 8;
      const wide = String(frame.format).includes("P10");
      const rect = { x: 0, y: height - rows, width, height: rows };
      const bytes = new Uint8Array(frame.allocationSize({ rect }));
      const [luma] = await frame.copyTo(bytes, { rect });
      const view = new DataView(bytes.buffer);
      const across = 2 * Math.floor(width / 16);
      const bit = (column) => {
        const [x, y] = [(column % across) * 8 + 4, Math.floor(column / across) * 8 + 4];
        const at = luma.offset + y * luma.stride + x * (wide ? 2 : 1);
        return (wide ? view.getUint16(at, true) / 4 : bytes[at]) > 125 ? 1 : 0;
      };
      let gray = 0;
      for (let column = 8; column < 40; column++) gray = gray * 2 + bit(column);
      let number = gray;
      for (let shift = 16; shift > 0; shift >>= 1) number ^= number >>> shift;
      read.push([frame.metadata().rtpTimestamp, number >>> 0]);
      frame.close();
    };
    while (read.length < count) {
      await new Promise((next) => video.requestVideoFrameCallback(next));
      await one(new VideoFrame(video));
    }
    return read;
  };
`;

interface Clock {
  rtp_timestamp: number;
  source_frame: number;
  rate: { num: number; den: number };
  speed_percent: number;
}

/** The frame that an RTP timestamp stands for, by the last clock at or before it. */
function frameAt(clocks: Clock[], rtp: number): number | null {
  const clock = clocks
    .map((clock) => ({ clock, age: (rtp - clock.rtp_timestamp) | 0 }))
    .filter(({ age }) => age >= 0)
    .sort((a, b) => a.age - b.age)[0];
  if (!clock) return null;
  const { source_frame, rate, speed_percent } = clock.clock;
  return source_frame + Math.round((clock.age * rate.num * speed_percent) / (90_000 * rate.den * 100));
}

describe.each(RATES)("at $name", (rate) => {
  it(`the number in each of ${FRAMES} frames is the one of its RTP timestamp, through seeks, steps and pauses`, async () => {
    const clip = join(FOLDER, `vitrine-proof-${rate.num}.mp4`);
    await writeNumberedClip(clip, rate, Math.ceil((rate.num / rate.den) * 20));
    const server = await Server.start(["--media", clip, ...(rate.dropFrame ? ["--drop-frame"] : [])]);
    const browser = await launch();
    try {
      const page = await newPage(browser);
      await page.addInitScript(READ_FRAMES);
      await joinRoom(page, server.client);
      await untilPlaying(page);
      const desk = await newPage(browser);
      await signIn(desk, server);
      let over = false;
      const reading = page
        .evaluate((count) => (globalThis as unknown as { readFrames(count: number): Promise<[number, number][]> }).readFrames(count), FRAMES)
        .finally(() => (over = true));
      const transport = desk.getByRole("group", { name: "Transport" });
      for (let turn = 0; !over; turn++) {
        await desk.waitForTimeout(3_000);
        if (over) break;
        await transport.getByRole("button", { name: "Pause" }).click();
        for (const step of ["+1 frame", "−1 frame", "−1 frame"]) {
          await transport.getByRole("button", { name: step }).click();
          await desk.waitForTimeout(300);
        }
        await transport.getByRole("button", { name: "Play" }).click();
      }
      const read = await reading;
      await page.waitForTimeout(1_500);
      const clocks = await page.evaluate(() => (globalThis as unknown as { clocks: Clock[] }).clocks);
      const wrong = read.map(([rtp, number], index) => ({ index, rtp, number, told: frameAt(clocks, rtp) })).filter(({ number, told }) => number !== told);
      console.log(`${rate.name}: ${read.length} frames read, ${wrong.length} disagree, ${clocks.length} clocks`);
      for (const { index, rtp } of wrong.slice(0, 3)) {
        const near = clocks.filter((clock) => Math.abs((rtp - clock.rtp_timestamp) | 0) < 90_000);
        console.log(JSON.stringify({ around: read.slice(Math.max(0, index - 2), index + 3), near }));
      }
      expect(wrong.slice(0, 10)).toEqual([]);
    } finally {
      await browser.close();
      await server.stop();
    }
  });
});

/** Notes every state that the mark shows, with its time. */
const WATCH_MARK = `
  globalThis.states = [];
  new MutationObserver(() => {
    const mark = document.querySelector('[data-testid="proof"]');
    const state = mark && mark.dataset.proof + " " + mark.dataset.reasons;
    const last = globalThis.states.at(-1);
    if (state && (!last || last.state !== state)) globalThis.states.push({ at: performance.now(), state });
  }).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-proof", "data-reasons"] });
`;
const statesOf = (page: Page): Promise<{ at: number; state: string }[]> =>
  page.evaluate(() => (globalThis as unknown as { states: { at: number; state: string }[] }).states);

/**
 * What a quarter of the time is spent under, and which reasons are true there: where there are too few bits the picture is smaller or
 * slower, and, until it is, its codes are off.
 */
const LINES: { line: string; true: string; worsen(network: Network, port: number): void }[] = [
  { line: "2 Mbit/s", true: "smaller|lower_rate|code_values", worsen: (network) => network.limit(2) },
  ...[5, 12].map((mbps) => ({ line: `${mbps} Mbit/s`, true: "smaller|lower_rate", worsen: (network: Network) => network.limit(mbps) })),
  { line: "5 % of the packets lost", true: "smaller|lower_rate", worsen: (network, port) => network.lose(5, port) },
];

describe("real footage", () => {
  it.each(LINES)(`raises no false alarm in ${MINUTES / LINES.length} minutes at $line`, async ({ line, true: so, worsen }) => {
    const network = new Network();
    const clip = footage(process.env["PROOF_SIZE"] ?? "640x360");
    const server = await Server.start(["--media", clip, "--viewers", "2"], network.within);
    const browser = await network.browser();
    try {
      const page = await newPage(browser);
      await page.addInitScript(WATCH_MARK);
      await joinRoom(page, server.client);
      await untilPlaying(page);
      worsen(network, server.started.media_udp_port);
      await page.waitForTimeout((MINUTES / LINES.length) * 60_000);
      const states = await statesOf(page);
      console.log(`${line}: ${JSON.stringify(states)}`);
      const alarms = states.slice(1).filter(({ state }) => !new RegExp(`^(true|reduced)( (${so}))* ?$`).test(state));
      expect(alarms).toEqual([]);
    } finally {
      await browser.close();
      await server.stop();
      network.remove();
    }
  });
});

describe("faults in the page", () => {
  it(`are told within 2 s, ${FAULTS} of ${FAULTS}`, async () => {
    const server = await Server.start(["--media", footage("640x360"), "--viewers", "2"]);
    const browser = await launch();
    try {
      const page = await watching(browser, server.client);
      const faults = [
        { selector: "[data-testid=program]", style: "filter: saturate(1.1)", reason: "filter" },
        { selector: ".room", style: "filter: contrast(0.9)", reason: "filter" },
        { selector: "body", style: "mix-blend-mode: multiply", reason: "filter" },
        { selector: ".stage", style: "opacity: 0.9", reason: "filter" },
        { selector: ".stage", style: "transform: scale(0.1)", reason: "scaled" },
      ];
      const took: number[] = [];
      for (let round = 0; round < FAULTS; round++) {
        const fault = faults[round % faults.length];
        const ms = await page.evaluate(async ({ selector, style, reason }) => {
          const element = document.querySelector<HTMLElement>(selector);
          const shows = (): boolean => (document.querySelector<HTMLElement>("[data-testid=proof]")?.dataset["reasons"] ?? "").split(" ").includes(reason);
          const wait = async (wanted: boolean): Promise<number> => {
            const since = performance.now();
            while (shows() !== wanted && performance.now() - since < 10_000) await new Promise((next) => setTimeout(next, 20));
            return performance.now() - since;
          };
          const [name = "", value = ""] = style.split(": ");
          element?.style.setProperty(name, value);
          const ms = await wait(true);
          element?.style.removeProperty(name);
          await wait(false);
          return ms;
        }, fault ?? { selector: "", style: "", reason: "" });
        took.push(ms);
      }
      took.sort((a, b) => a - b);
      console.log(`faults: p50 ${took[took.length >> 1]?.toFixed(0)} ms, longest ${took.at(-1)?.toFixed(0)} ms`);
      expect(took.filter((ms) => ms > 2_000)).toEqual([]);
    } finally {
      await browser.close();
      await server.stop();
    }
  });
});
