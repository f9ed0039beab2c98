import { ClockMap, type FrameTime } from './clock';
import { takeStill, type Still } from './still';

type FrameListener = (frame: FrameTime | null) => void;

/** WebCodecs VideoFrame Metadata Registry: RTP timestamp of a frame that came by WebRTC. */
interface FrameMetadata {
  rtpTimestamp?: number;
}

/** The RTP timestamp of the frame `video` shows now, where the browser can tell (Chromium). */
function currentRtp(video: HTMLVideoElement | null): number | null {
  if (!video || typeof VideoFrame === 'undefined') return null;
  try {
    const frame: VideoFrame & { metadata?(): FrameMetadata } = new VideoFrame(video);
    const rtp = frame.metadata?.().rtpTimestamp;
    frame.close();
    return rtp ?? null;
  } catch {
    // No frame yet, or one this browser does not hand out.
    return null;
  }
}

/** The video element and the frame that is on it now. */
export class Screen {
  readonly clocks = new ClockMap();
  private shown: HTMLVideoElement | null = null;
  private readonly listeners = new Set<FrameListener>();
  private rtp: number | null = null;
  private firstTold = false;

  constructor(
    private readonly handlers: { firstFrame(): void; soundRefused(): void },
  ) {}

  /** The element that shows the picture, while there is one. */
  get video(): HTMLVideoElement | null {
    return this.shown;
  }

  attach(video: HTMLVideoElement | null): void {
    this.shown = video;
    if (video) this.watchFrames(video);
  }

  async show(stream: MediaStream): Promise<void> {
    const { video } = this;
    if (!video) return;
    this.rtp = null;
    this.firstTold = false;
    video.srcObject = stream;
    try {
      await video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      video.muted = true;
      this.handlers.soundRefused();
      await video.play().catch(() => undefined);
    }
  }

  clear(): void {
    this.rtp = null;
    if (this.video) this.video.srcObject = null;
    this.tell();
  }

  setMuted(muted: boolean): void {
    if (this.video) this.video.muted = muted;
  }

  /** The last frame the browser told of: good enough to show, up to a frame late on a busy machine. */
  frame(): FrameTime | null {
    return this.rtp === null ? null : this.clocks.at(this.rtp);
  }

  /** The frame on screen at this very moment. */
  frameNow(): FrameTime | null {
    const rtp = this.rtp === null ? null : (currentRtp(this.video) ?? this.rtp);
    return rtp === null ? null : this.clocks.at(rtp);
  }

  /** What is on screen at this very moment. */
  still(): Still {
    return takeStill(this.video);
  }

  onFrame(listener: FrameListener): () => void {
    this.listeners.add(listener);
    listener(this.frame());
    return () => {
      this.listeners.delete(listener);
    };
  }

  private watchFrames(video: HTMLVideoElement): void {
    video.addEventListener('playing', () => this.tellFirst());
    if (!('requestVideoFrameCallback' in video)) return;
    const each = (_now: number, metadata: VideoFrameCallbackMetadata): void => {
      if (video !== this.video) return;
      this.rtp = metadata.rtpTimestamp ?? null;
      this.tellFirst();
      this.tell();
      video.requestVideoFrameCallback(each);
    };
    video.requestVideoFrameCallback(each);
  }

  private tellFirst(): void {
    if (this.firstTold) return;
    this.firstTold = true;
    this.handlers.firstFrame();
  }

  private tell(): void {
    const frame = this.frame();
    for (const listener of this.listeners) listener(frame);
  }
}
