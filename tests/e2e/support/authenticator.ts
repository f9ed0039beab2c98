/** What a person has beside their password: an authenticator app, a laptop's own passkeys. */
import { createHash, createHmac, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { launch } from './browser.ts';
import type { Server } from './server.ts';

const STEP_S = 30;
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** A browser that has passkeys on this server's pages: Chromium has none where it doubts a certificate, so it is told to trust this one. */
export function launchTrusting(server: Server): Promise<Browser> {
  const certificate = new X509Certificate(readFileSync(join(server.data, 'tls.pem')));
  const key = certificate.publicKey.export({ type: 'spki', format: 'der' });
  return launch(`--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`);
}

/** A laptop's built-in authenticator with a finger that is always the right one. */
export async function authenticator(page: Page): Promise<{ devtools: CDPSession; id: string }> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const options = {
    protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true,
    automaticPresenceSimulation: true,
  } as const;
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
  return { devtools, id: authenticatorId };
}

/** The six digits that an authenticator app shows now for a secret in base 32 (RFC 6238). */
export function totp(secret: string, now = Date.now()): string {
  const bits = [...secret].map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 1000 / STEP_S)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const at = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
