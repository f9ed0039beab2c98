/** The credentials of ICE in SDP, which a restart changes and nothing else. */

const CREDENTIALS = /^a=ice-(ufrag|pwd):.*$/gm;

/** The first credentials of a description, as an SDP fragment (RFC 8840). */
export function credentialsOf(sdp: string): string {
  const lines = sdp.match(CREDENTIALS) ?? [];
  return lines.slice(0, 2).map((line) => `${line}\r\n`).join('');
}

/** A description with the credentials of a fragment in the place of its own. */
export function withCredentials(sdp: string, fragment: string): string {
  const theirs = new Map([...fragment.matchAll(CREDENTIALS)].map(([line, name = '']) => [name, line]));
  return sdp.replace(CREDENTIALS, (line: string, name: string) => theirs.get(name) ?? line);
}
