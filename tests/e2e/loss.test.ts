/** A network that loses one packet in ten: the picture plays on. Long form with figures: loss.long.ts, `make soak`. */
import { expect, it } from "vitest";
import { framesShown, watching } from "./support/browser.ts";
import { Network, whyNoNetwork } from "./support/netns.ts";
import { Server } from "./support/server.ts";

const missing = whyNoNetwork();
if (missing !== null) console.log(`loss.test.ts is SKIPPED: ${missing}`);

it.skipIf(missing !== null)("one packet in ten is lost, each way: the picture plays on", async () => {
  const network = new Network();
  const server = await Server.start([], network.within);
  const browser = await network.browser();
  try {
    const page = await watching(browser, server.client);
    network.lose(10, server.started.media_udp_port);
    const before = await framesShown(page);
    await expect.poll(() => framesShown(page), { timeout: 60_000 }).toBeGreaterThan(before + 40);
    const repaired = await page.evaluate(async () => {
      const { peers } = globalThis as unknown as { peers: RTCPeerConnection[] };
      const entries = [...((await peers[0]?.getStats()) ?? new Map()).values()] as Record<string, unknown>[];
      const video = entries.find((entry) => entry["type"] === "inbound-rtp" && entry["kind"] === "video");
      return { peers: peers.length, retransmitted: Number(video?.["retransmittedPacketsReceived"]) };
    });
    expect(repaired.peers, "nobody had to connect again").toBe(1);
    expect(repaired.retransmitted).toBeGreaterThan(0);
  } finally {
    await browser.close();
    await server.stop();
    network.remove();
  }
});
