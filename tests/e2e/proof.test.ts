/** Proof of picture: what the player says of pictures that are true, reduced or wrong, and that nobody sees the strip. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { join, launch, newPage, untilPlaying, watching } from "./support/browser.ts";
import { Server } from "./support/server.ts";
import { session } from "./support/session.ts";

/** A busy machine may take this long for what takes two seconds otherwise. */
const PATIENCE = { timeout: 20_000, interval: 100 };

interface Proven {
  state: string | null;
  reasons: string[];
}

const proof = async (page: Page): Promise<Proven> => {
  const mark = page.getByTestId("proof");
  return { state: await mark.getAttribute("data-proof"), reasons: ((await mark.getAttribute("data-reasons")) ?? "").split(" ").filter(Boolean) };
};

/** How many pictures a machine shows in a second, and of what size it sends them, is its own affair. */
const OWN = ["lower_rate", "smaller"];
const reasonsOf = async (page: Page): Promise<string[]> => (await proof(page)).reasons.filter((reason) => !OWN.includes(reason));

async function watchingIn(browser: Browser, server: Server, format: string): Promise<Page> {
  const page = await newPage(browser);
  await page.route("**/whep/**", (route, request) => {
    if (request.method() !== "POST") return route.continue();
    const url = new URL(request.url());
    url.searchParams.set("formats", format);
    return route.continue({ url: url.toString() });
  });
  await join(page, await server.invite(format, `${format}@example.test`));
  await untilPlaying(page);
  return page;
}

describe("a picture without fault", () => {
  const run = session("--viewers", "1");
  let page: Page & { errors: string[] };
  let watched: Browser | undefined;
  beforeEach(async () => {
    // One page for all, and another in the browser of a test that is tried again.
    if (watched === run.browser) return;
    watched = run.browser;
    page = await watching(watched, run.server.client);
  });

  it("is true, in 10-bit 4:4:4, and no frame number disagrees", async () => {
    await expect.poll(() => proof(page).then(({ state }) => state), PATIENCE).toMatch(/^(true|reduced)$/);
    expect(await reasonsOf(page)).toEqual([]);
    expect(await page.getByTestId("proof").textContent()).toContain("10-bit 4:4:4, sRGB target");
    expect(page.errors).toEqual([]);
  });

  it("is wrong under a filter on the picture or around it, and right again without", async () => {
    for (const selector of ["[data-testid=program]", ".room"]) {
      await page.locator(selector).evaluate((element: HTMLElement) => (element.style.filter = "sepia(0.2)"));
      await expect.poll(() => proof(page), PATIENCE).toEqual({ state: "wrong", reasons: ["filter"] });
      await page.locator(selector).evaluate((element: HTMLElement) => (element.style.filter = ""));
      await expect.poll(() => reasonsOf(page), PATIENCE).toEqual([]);
    }
  });

  it("is reduced at less than half its size", async () => {
    await page.setViewportSize({ width: 460, height: 400 });
    await expect.poll(() => reasonsOf(page), PATIENCE).toEqual(["scaled"]);
    await page.setViewportSize({ width: 1440, height: 900 });
    await expect.poll(() => reasonsOf(page), PATIENCE).toEqual([]);
  });

  it("has not a pixel of its strip on screen, at any size of the window, any zoom, or full screen", async () => {
    for (const [width, height] of [[320, 568], [390, 844], [844, 390], [700, 500], [701, 500], [1024, 768], [1099, 900], [1280, 720], [1366, 768], [1440, 900], [1920, 1080], [2560, 1440]] as const) {
      await page.setViewportSize({ width, height });
      expect(await stripPixels(page), `${width}x${height}`).toBe(0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
    const devtools = await page.context().newCDPSession(page);
    for (const scale of [0.5, 0.67, 1.1, 1.5, 2]) {
      await devtools.send("Emulation.setDeviceMetricsOverride", { width: Math.round(1440 / scale), height: Math.round(900 / scale), deviceScaleFactor: scale, mobile: false });
      expect(await stripPixels(page), `zoom ${scale}`).toBe(0);
    }
    await devtools.send("Emulation.clearDeviceMetricsOverride");
    await page.locator("body").press("f");
    await page.waitForFunction(() => document.fullscreenElement !== null);
    expect(await stripPixels(page), "full screen").toBe(0);
    await page.locator("body").press("f");
  });
});

/**
 * Pixels of a screenshot that only the strip can have: the video is made to show, in place of the source, a picture whose
 * visible part is black and whose strip is magenta.
 */
async function stripPixels(page: Page): Promise<number> {
  await page.evaluate(async () => {
    const video = document.querySelector<HTMLVideoElement>("[data-testid=program]");
    const scope = globalThis as unknown as { real?: MediaProvider | null };
    if (!video || scope.real) return;
    scope.real = video.srcObject;
    const [width, height] = [video.videoWidth, video.videoHeight];
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const pen = canvas.getContext("2d");
    const draw = (): void => {
      if (!pen) return;
      pen.fillStyle = "#000";
      pen.fillRect(0, 0, width, height);
      // The guard, which has the colour of the picture's lower edge, is left out.
      pen.fillStyle = "#f0f";
      pen.fillRect(0, height - 8, width, 8);
    };
    draw();
    video.srcObject = canvas.captureStream(20);
    setInterval(draw, 50);
    await video.play();
    await new Promise((done) => video.requestVideoFrameCallback(done));
  });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const shot = (await page.screenshot({ type: "png" })).toString("base64");
  return page.evaluate(async (shot) => {
    const bytes = Uint8Array.from(atob(shot), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const pen = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    pen?.drawImage(picture, 0, 0);
    const { data } = pen?.getImageData(0, 0, picture.width, picture.height) ?? { data: [] };
    let count = 0;
    for (let at = 0; at < data.length; at += 4) if ((data[at] ?? 0) > 60 && (data[at + 1] ?? 0) < 40 && (data[at + 2] ?? 0) > 60) count++;
    return count;
  }, shot);
}

describe("renditions", () => {
  const run = session("--viewers", "1");

  it.each([
    ["h264-high444-bits10", []],
    ["vp9-profile1", ["eight_bit"]],
    ["h264-high10", ["chroma_420"]],
    ["h264-bits8", ["eight_bit", "chroma_420"]],
  ])("%s is told for what it is", async (format, expected) => {
    const page = await watchingIn(run.browser, run.server, format);
    await expect.poll(() => reasonsOf(page), PATIENCE).toEqual(expected);
    await page.goto("about:blank");
    await page.context().close();
  });
});

describe("a colour profile that turns colours about", () => {
  it("is told", async () => {
    const server = await Server.start(["--viewers", "1"]);
    const browser = await launch("--force-color-profile=color-spin-gamma24");
    try {
      const page = await watching(browser, server.client);
      await expect.poll(() => proof(page), PATIENCE).toEqual({ state: "wrong", reasons: ["color_profile"] });
    } finally {
      await browser.close();
      await server.stop();
    }
  });
});

describe("pictures that are tagged wrongly", () => {
  let server: Server | undefined;
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterEach(async () => server?.stop());
  afterAll(async () => browser.close());

  it.each([
    ["matrix601", ["matrix"]],
    ["full-range", ["range"]],
    ["bt2020", ["matrix", "primaries"]],
    ["pq", ["transfer"]],
  ])("%s is wrong by name", async (drill, expected) => {
    server = await Server.start(["--viewers", "1", "--drill", drill]);
    const page = await watching(browser, server.client);
    await expect.poll(() => proof(page), PATIENCE).toEqual({ state: "wrong", reasons: expected });
    await page.context().close();
  });
});
