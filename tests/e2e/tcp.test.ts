import { expect, it } from 'vitest';
import { launch, watching } from './support/browser.ts';
import { Server } from './support/server.ts';

it('plays where no UDP gets out: over TCP, as encrypted as ever', async () => {
  const server = await Server.start();
  // Chromium's own policy for such networks: no UDP at all without a proxy.
  const browser = await launch('--webrtc-ip-handling-policy=disable_non_proxied_udp');
  const page = await watching(browser, server.client);
  const found = await page.evaluate(async () => {
    const peer = (globalThis as unknown as { peers: RTCPeerConnection[] }).peers.at(-1);
    const stats = [...((await peer?.getStats()) ?? new Map()).values()] as Record<string, string>[];
    const transport = stats.find(({ type }) => type === 'transport');
    const pair = stats.find(({ id }) => id === transport?.['selectedCandidatePairId']);
    const local = stats.find(({ id }) => id === pair?.['localCandidateId']);
    return { protocol: local?.['protocol'], cipher: transport?.['srtpCipher'] };
  });
  expect(found).toEqual({ protocol: 'tcp', cipher: 'SRTP_AEAD_AES_256_GCM' });
  await browser.close();
  await server.stop();
});
