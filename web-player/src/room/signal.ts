/** Whether the media comes from the server that the page came from. */

/** The answer names another certificate than the page was told: somebody sits between, and nothing is played. */
export class SignalMismatch extends Error {}

const FINGERPRINT = /^a=fingerprint:(\S+) (\S+)\s*$/gim;
/** Bytes of the fingerprint that people compare. */
const CODE_BYTES = 10;

/** Whether an answer names this certificate (SHA-256, as SDP writes it), and no other. */
export function namesOnly(sdp: string, fingerprint: string): boolean {
  const named = [...sdp.matchAll(FINGERPRINT)];
  const same = ([, hash = '', value = '']: RegExpMatchArray): boolean =>
    hash.toLowerCase() === 'sha-256' && value.toUpperCase() === fingerprint.toUpperCase();
  return named.length > 0 && named.every(same);
}

/** What people compare by voice: "3F:7A:91:C0..." -> "3F7A 91C0 0B5D 22E1 9A40". */
export function safetyCode(fingerprint: string): string {
  const pairs = fingerprint.toUpperCase().split(':').slice(0, CODE_BYTES).join('');
  return (pairs.match(/.{1,4}/g) ?? []).join(' ');
}
