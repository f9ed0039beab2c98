/** The signal check: nothing is played that comes from somebody between browser and server, and people can compare. */
import { expect, it } from "vitest";
import { join, newPage, signIn, untilPlaying } from "./support/browser.ts";
import { session } from "./support/session.ts";

const run = session("--viewers", "1");

it("plays nothing when the answer names another certificate, and says so", async () => {
  const page = await newPage(run.browser);
  await page.route("**/whep/**", async (route, request) => {
    if (request.method() !== "POST") return route.continue();
    const answer = await route.fetch();
    const body = (await answer.text()).replaceAll(/(a=fingerprint:sha-256 )(..)/g, (_, name: string, first: string) => name + (first === "00" ? "01" : "00"));
    return route.fulfill({ response: answer, body });
  });
  await join(page, await run.server.invite("Mallory's neighbour", "between@example.test"));
  await page.getByText("The picture does not come from this server").waitFor();
  expect(await page.locator("video").count()).toBe(0);
  await page.close();
});

it("shows the viewer and the console the same code, the viewer's from what DTLS has proven", async () => {
  const page = await newPage(run.browser);
  await join(page, await run.server.invite("Ana Ito", "ana@example.test"));
  await untilPlaying(page);
  const desk = await newPage(run.browser);
  await signIn(desk, run.server);
  const code = await desk.getByTestId("signal-code").innerText();
  expect(code).toMatch(/^([0-9A-F]{4} ){4}[0-9A-F]{4}$/);
  await page.locator("#facts-raw dd", { hasText: code }).waitFor({ state: "attached" });
  await page.close();
});
