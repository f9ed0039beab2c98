import { visibleHeight } from '../proof/strip';
import { NOTHING_RECEIVED, type Received } from './facts';

type Entry = Record<string, unknown>;

const number = (value: unknown): number => (typeof value === 'number' ? value : 0);
const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

function readVideo(entry: Entry): Partial<Received> {
  return {
    framesPerSecond: number(entry['framesPerSecond']),
    framesDropped: number(entry['framesDropped']),
    framesDecoded: number(entry['framesDecoded']),
    decodeSeconds: number(entry['totalDecodeTime']),
    bytes: number(entry['bytesReceived']),
    packets: number(entry['packetsReceived']),
    packetsLost: number(entry['packetsLost']),
    width: number(entry['frameWidth']),
    height: visibleHeight(number(entry['frameWidth']), number(entry['frameHeight'])),
    processingS: number(entry['totalProcessingDelay']),
  };
}

/** The few figures that matter out of the browser's report. */
export function readStats(report: { forEach(visit: (entry: Entry) => void): void }): Received {
  let received = NOTHING_RECEIVED;
  const certificates = new Map<unknown, string | null>();
  let remote: unknown;
  report.forEach((entry) => {
    if (entry['type'] === 'certificate') certificates.set(entry['id'], text(entry['fingerprint']));
    if (entry['type'] === 'transport') remote = entry['remoteCertificateId'];
    if (entry['type'] === 'inbound-rtp' && entry['kind'] === 'video') received = { ...received, ...readVideo(entry) };
    if (entry['type'] === 'transport') received = { ...received, srtpCipher: text(entry['srtpCipher']) };
    if (entry['type'] === 'candidate-pair' && entry['nominated'] === true && entry['currentRoundTripTime'] !== undefined)
      received = { ...received, roundTripMs: Math.round(number(entry['currentRoundTripTime']) * 1000) };
  });
  return { ...received, fingerprint: certificates.get(remote) ?? null };
}

/** Half the round trip, and what a picture took since `before` from its first packet to decoded. */
export function latencyOf(now: Received, before: Received): number | null {
  const frames = now.framesDecoded - before.framesDecoded;
  if (now.roundTripMs === null || frames <= 0 || now.processingS === 0) return null;
  return Math.round(now.roundTripMs / 2 + (1000 * (now.processingS - before.processingS)) / frames);
}

interface ProcessorLike {
  readable: ReadableStream<VideoFrame>;
}
type ProcessorConstructor = new (init: { track: MediaStreamTrack }) => ProcessorLike;

/** The pixel format of the decoded picture, where the browser tells it (Chromium); one frame, closed at once. */
export async function readFrameFormat(track: MediaStreamTrack): Promise<string | null> {
  const Processor = (window as unknown as { MediaStreamTrackProcessor?: ProcessorConstructor }).MediaStreamTrackProcessor;
  if (!Processor || track.readyState !== 'live') return null;
  const copy = track.clone();
  const reader = new Processor({ track: copy }).readable.getReader();
  try {
    const { value } = await reader.read();
    const format = value?.format ?? null;
    value?.close();
    return format;
  } catch {
    return null;
  } finally {
    void reader.cancel().catch(() => undefined);
    copy.stop();
  }
}
