/** When frames are shown: what a person sees of a bad network. */
import type { Page } from "playwright-core";

/** Notes the time of every frame that is presented, in milliseconds of the page. */
export async function watchFlow(page: Page): Promise<void> {
  await page.getByTestId("program").evaluate((element) => {
    const video = element as HTMLVideoElement;
    const times: number[] = [];
    Object.assign(globalThis, { frameTimes: times });
    const note = (now: number): void => {
      times.push(now);
      video.requestVideoFrameCallback(note);
    };
    video.requestVideoFrameCallback(note);
  });
}

export const pageNow = (page: Page): Promise<number> => page.evaluate(() => performance.now());

/** Times of the frames shown since `from`, which counts as one. */
export const shownSince = (page: Page, from: number): Promise<number[]> =>
  page.evaluate((from) => {
    const { frameTimes } = globalThis as unknown as { frameTimes: number[] };
    return [from, ...frameTimes.filter((time) => time > from)];
  }, from);

/** Longest time without a new frame, in milliseconds, up to `until`. */
export function longestFreeze(times: number[], until: number): number {
  const ends = [...times.slice(1), until];
  return Math.max(...ends.map((end, index) => end - (times[index] ?? end)));
}
