/** What proving its picture costs a page: `npm --prefix tests/e2e run proof -- -t "of a core"`. Figures go into docs/proof.md by hand. */
import type { Browser } from "playwright-core";
import { expect, it } from "vitest";
import { join as joinRoom, launch, newPage, untilPlaying } from "./support/browser.ts";
import { footage } from "./support/footage.ts";
import { Server } from "./support/server.ts";
import { threadSeconds } from "./support/threads.ts";

const ROUNDS = 5;
const SECONDS = 20;

/** Before the page loads: what it does twice a second, which is to look at its picture, it never does. */
const NEVER_LOOK = `
  const { setInterval } = globalThis;
  globalThis.setInterval = (what, every, ...rest) => (every === 500 ? 0 : setInterval(what, every, ...rest));
`;

type Spent = Map<string, number>;

/** Parts of a core that each thread of a browser takes while a page plays. */
async function watching(server: Server, looks: boolean, round: number): Promise<Spent> {
  const browser = await launch();
  try {
    const page = await newPage(browser);
    if (!looks) await page.addInitScript(NEVER_LOOK);
    await joinRoom(page, await server.invite(`Round ${round}`, `round-${round}@example.test`));
    await untilPlaying(page);
    const root = await processOf(browser);
    await page.waitForTimeout(3_000);
    const before = threadSeconds(root);
    await page.waitForTimeout(SECONDS * 1000);
    const after = threadSeconds(root);
    expect((await page.getByTestId("proof").getAttribute("data-proof")) === "unknown").toBe(!looks);
    return new Map([...after].map(([name, seconds]) => [name, (seconds - (before.get(name) ?? 0)) / SECONDS]));
  } finally {
    await browser.close();
  }
}

async function processOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = (await session.send("SystemInfo.getProcessInfo")) as { processInfo: { type: string; id: number }[] };
  return processInfo.find(({ type }) => type === "browser")?.id ?? 0;
}

const median = (numbers: number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
const total = (spent: Spent): number => [...spent.values()].reduce((sum, part) => sum + part, 0);

it("needs at most 2 % of a core to prove its picture", async () => {
  const server = await Server.start(["--media", footage("960x540"), "--viewers", "4"]);
  const [looking, not]: [Spent[], Spent[]] = [[], []];
  try {
    for (let round = 0; round < ROUNDS; round++) {
      looking.push(await watching(server, true, 2 * round));
      not.push(await watching(server, false, 2 * round + 1));
    }
  } finally {
    await server.stop();
  }
  const percent = (part: number): string => (part * 100).toFixed(2);
  for (const name of new Set([...looking, ...not].flatMap((spent) => [...spent.keys()]))) {
    const [one, other] = [looking, not].map((rounds) => median(rounds.map((spent) => spent.get(name) ?? 0))) as [number, number];
    if (one + other > 0.001) console.log(`${name}: ${percent(one)} % of a core, ${percent(other)} % without`);
  }
  const [one, other] = [looking, not].map((rounds) => rounds.map(total)) as [number[], number[]];
  console.log(`all: ${one.map(percent).join(" ")}, without ${other.map(percent).join(" ")}; ${percent(median(one) - median(other))} % by the medians`);
  expect(median(one) - median(other)).toBeLessThan(0.02);
});
