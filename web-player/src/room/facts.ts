import type { Picture } from '../api/types';

/** What the browser itself says about the picture it shows: the proof beside the server's word. */
export interface Received {
  framesPerSecond: number;
  framesDropped: number;
  framesDecoded: number;
  /** Time spent decoding so far, and of a frame since the look before; null while no frame was decoded. */
  decodeSeconds: number;
  decodeMs: number | null;
  bytes: number;
  packets: number;
  packetsLost: number;
  /** Of a hundred packets, how many were lost since the look before; null while none came. */
  lossPercent: number | null;
  width: number;
  height: number;
  srtpCipher: string | null;
  /** Of the certificate that the other end of DTLS has proven to be its own. */
  fingerprint: string | null;
  frameFormat: string | null;
  roundTripMs: number | null;
  /** From the server's network to a decoded picture, by the browser's own count. */
  latencyMs: number | null;
  /** Seconds that all pictures together took from their first packet to decoded. */
  processingS: number;
}

export const NOTHING_RECEIVED: Received = {
  framesPerSecond: 0,
  framesDropped: 0,
  framesDecoded: 0,
  decodeSeconds: 0,
  decodeMs: null,
  bytes: 0,
  packets: 0,
  packetsLost: 0,
  lossPercent: null,
  width: 0,
  height: 0,
  srtpCipher: null,
  fingerprint: null,
  frameFormat: null,
  roundTripMs: null,
  latencyMs: null,
  processingS: 0,
};

/** "sRGB on Rec.709, limited range (1-13-1)" -> "sRGB (1-13-1)". */
export function shortColor(color: string): string {
  const name = color.split(/ on |,| \(/)[0] ?? color;
  const tag = /\(\d+-\d+-\d+\)/.exec(color)?.[0];
  return tag ? `${name} ${tag}` : color;
}

export function pictureParts(picture: Picture): string[] {
  return [
    `${picture.bits}-bit ${picture.chroma}`,
    `${picture.width}x${picture.height}`,
    shortColor(picture.color),
    picture.codec.replace(/ Predictive$/, ''),
  ];
}

/** One line a person can use: "10-bit 4:4:4 · 1280x720 · sRGB (1-13-1) · H.264 High 4:4:4". */
export const pictureLine = (picture: Picture): string => pictureParts(picture).join(' · ');

/** Mean time to decode a frame between two looks; null when there was none. */
export function decodeMs(before: Received, now: Received): number | null {
  const frames = now.framesDecoded - before.framesDecoded;
  return frames > 0 ? ((now.decodeSeconds - before.decodeSeconds) / frames) * 1000 : null;
}

/** Of a hundred packets, how many were lost between two looks; a packet that comes late is counted back. */
export function lossPercent(before: Received, now: Received): number | null {
  const lost = Math.max(0, now.packetsLost - before.packetsLost);
  const all = now.packets - before.packets + lost;
  return all > 0 ? (100 * lost) / all : null;
}

/** 8-bit and deeper names of VideoFrame.format: "I444P10" -> "10-bit 4:4:4". */
export function readableFormat(format: string): string {
  const match = /^I(420|422|444)(?:P(\d+))?$/.exec(format);
  if (!match?.[1]) return format === 'NV12' ? '8-bit 4:2:0' : format;
  return `${match[2] ?? '8'}-bit ${match[1].split('').join(':')}`;
}

/** "SRTP_AEAD_AES_256_GCM", "AEAD_AES_256_GCM" -> "AES-256-GCM". */
export function readableCipher(cipher: string): string {
  return cipher.replace(/^(SRTP_)?(AEAD_)?/, '').replace(/_/g, '-');
}

export const megabits = (bps: number): string => `${(bps / 1e6).toFixed(1)} Mbit/s`;
