/** Pictures as they were decoded, for browsers that show a converted one (Chromium with a GPU does so with some formats). */

interface ProcessorLike {
  readable: ReadableStream<VideoFrame>;
}
type ProcessorConstructor = new (init: { track: MediaStreamTrack; maxBufferSize: number }) => ProcessorLike;

const processor = (): ProcessorConstructor | undefined =>
  (window as unknown as { MediaStreamTrackProcessor?: ProcessorConstructor }).MediaStreamTrackProcessor;

const trackOf = (video: HTMLVideoElement): MediaStreamTrack | null =>
  video.srcObject instanceof MediaStream ? (video.srcObject.getVideoTracks()[0] ?? null) : null;

/** The frames of one track; between two readings all but the newest are dropped. */
export class Tap {
  private constructor(
    private readonly source: MediaStreamTrack,
    private readonly copy: MediaStreamTrack,
    private readonly reader: ReadableStreamDefaultReader<VideoFrame>,
  ) {}

  /** Null where there is nothing like it. */
  static open(video: HTMLVideoElement): Tap | null {
    const [Processor, source] = [processor(), trackOf(video)];
    if (!Processor || source?.readyState !== 'live') return null;
    const copy = source.clone();
    return new Tap(source, copy, new Processor({ track: copy, maxBufferSize: 1 }).readable.getReader());
  }

  /** Whether the video element shows its track. */
  isOf(video: HTMLVideoElement): boolean {
    return trackOf(video) === this.source && this.source.readyState === 'live';
  }

  async next(): Promise<VideoFrame | null> {
    return (await this.reader.read()).value ?? null;
  }

  close(): void {
    void this.reader.cancel().catch(() => undefined);
    this.copy.stop();
  }
}
