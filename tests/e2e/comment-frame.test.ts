/** A comment is pinned to the frame that was on this viewer's screen: 50 of 50, at every rate. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterEach, describe, expect, it } from "vitest";
import { launch, watching } from "./support/browser.ts";
import { RATES, READ_NUMBER, writeNumberedClip } from "./support/clip.ts";
import { Server } from "./support/server.ts";

const COMMENTS = 50;

interface Comment {
  text: string;
  source_frame: number;
  timecode: string;
  rate: { num: number; den: number; drop_frame: boolean };
}

/** SMPTE ST 12-1 labels from 01:00:00:00, written here a second time on purpose. */
function timecode(frame: number, nominal: number, dropFrame: boolean): string {
  const hour = 3600 * nominal - (dropFrame ? (nominal / 15) * 54 : 0);
  let label = frame + hour;
  if (dropFrame) {
    const dropped = nominal / 15;
    for (let minute = 1; label >= minute * nominal * 60; minute++) if (minute % 10 !== 0) label += dropped;
  }
  const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");
  const seconds = label / nominal;
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}${dropFrame ? ";" : ":"}${two(label % nominal)}`;
}

/** The record, once it holds every comment. */
async function allComments(page: Page): Promise<Comment[]> {
  for (let wait = 0; ; wait++) {
    const list = await page.evaluate(async () => {
      const answer = await fetch("/api/comments");
      return ((await answer.json()) as { comments: Comment[] }).comments;
    });
    if (list.length >= COMMENTS || wait === 50) return list;
    await page.waitForTimeout(100);
  }
}

describe.each(RATES)("at $name", (rate) => {
  let server: Server | undefined;
  afterEach(async () => server?.stop());

  it(`pins ${COMMENTS} of ${COMMENTS} comments to the frame shown`, async () => {
    const clip = join(process.env["TMPDIR"] ?? "/tmp", `vitrine-numbered-${rate.num}.mp4`);
    await writeNumberedClip(clip, rate, Math.ceil((rate.num / rate.den) * 20));
    server = await Server.start(["--media", clip, ...(rate.dropFrame ? ["--drop-frame"] : [])]);
    const browser = await launch();
    const page = await watching(browser, server.client);
    await page.getByTestId("comment-text").waitFor();
    // In the page: read the number of the frame on screen, type, and see that the same frame is still there.
    const shown = (await page.evaluate(`(async () => {
      const read = ${READ_NUMBER};
      const video = document.querySelector('[data-testid="program"]');
      const box = document.querySelector('[data-testid="comment-text"]');
      const send = document.querySelector('[data-testid="comment-send"]');
      const setter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(box), "value").set;
      const shown = [];
      while (shown.length < ${COMMENTS}) {
        const n = shown.length;
        await new Promise((next) => setTimeout(next, 60 + 37 * (n % 7)));
        const before = read(video);
        setter.call(box, "comment " + n);
        box.dispatchEvent(new InputEvent("input", { bubbles: true }));
        if (read(video) !== before) {
          // The frame changed just now: which one a person saw cannot be said. Typed away, and tried again.
          setter.call(box, "");
          box.dispatchEvent(new InputEvent("input", { bubbles: true }));
          continue;
        }
        shown.push(before);
        await new Promise((next) => setTimeout(next, 30));
        send.click();
        const sent = () => box.value === "";
        for (let wait = 0; wait < 200 && !sent(); wait++) await new Promise((next) => setTimeout(next, 10));
      }
      return shown;
    })()`)) as number[];
    const list = await allComments(page);
    const byText = new Map(list.map((comment) => [comment.text, comment]));
    const pinned = shown.map((_, n) => byText.get(`comment ${n}`)?.source_frame);
    expect(pinned).toEqual(shown);
    const nominal = Math.round(rate.num / rate.den);
    for (const comment of list) {
      expect(comment.rate).toEqual({ num: rate.num, den: rate.den, drop_frame: rate.dropFrame });
      expect(comment.timecode).toBe(timecode(comment.source_frame, nominal, rate.dropFrame));
    }
    await browser.close();
  });
});
