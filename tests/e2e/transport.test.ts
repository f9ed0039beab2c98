/** The colourist drives, the client sees it: what is paused stands, what is stepped moves by one frame. */
import type { Page } from "playwright-core";
import { expect, it } from "vitest";
import { join, newPage, signIn, untilPlaying } from "./support/browser.ts";
import { session } from "./support/session.ts";

const run = session();

const shown = async (page: Page): Promise<string> => (await page.getByTestId("timecode").textContent()) ?? "";

/** The timecode, once it has stood for half a second. */
async function standing(page: Page): Promise<string> {
  let last = "";
  await expect
    .poll(
      async () => {
        const before = last;
        last = await shown(page);
        return before !== "" && before === last;
      },
      { timeout: 10_000, interval: 500 },
    )
    .toBe(true);
  return last;
}

/** Frames since midnight at the reel's timecode base. */
function frames(timecode: string): number {
  const [hours = 0, minutes = 0, seconds = 0, frame = 0] = timecode.split(/[:;]/).map(Number);
  return ((hours * 60 + minutes) * 60 + seconds) * 24 + frame;
}

it("pauses, steps by single frames both ways, and plays on, with the source's timecode on both sides", async () => {
  const client = await newPage(run.browser);
  await join(client, run.server.client);
  await untilPlaying(client);
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  const transport = desk.getByRole("group", { name: "Transport" });

  await transport.getByRole("button", { name: "Pause" }).click();
  const held = frames(await standing(client));
  expect(held).toBeGreaterThanOrEqual(24 * 3600);
  const told = await desk.getByRole("region", { name: "Transport" }).locator(".figures").first().textContent();
  expect(told).toBe(await shown(client));

  await transport.getByRole("button", { name: "+1 frame" }).click();
  await expect.poll(async () => frames(await shown(client)) - held, { timeout: 20_000 }).toBe(1);
  await transport.getByRole("button", { name: "−1 frame" }).click();
  await expect.poll(async () => frames(await shown(client)) - held, { timeout: 20_000 }).toBe(0);

  await transport.getByRole("button", { name: "Play" }).click();
  await expect.poll(async () => frames(await shown(client)) - held, { timeout: 20_000 }).toBeGreaterThan(24);
});
