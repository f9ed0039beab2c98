/** Takes pictures from a video element, as they were decoded where the browser hands them out. */
import { Tap } from './tap';

/** WebCodecs VideoFrame Metadata Registry: RTP timestamp of a frame that came by WebRTC. */
type FrameWithMetadata = VideoFrame & { metadata?(): { rtpTimestamp?: number } };

export interface Grabbed {
  picture: VideoFrame | ImageBitmap;
  rtp: number | null;
}

const withTime = (picture: FrameWithMetadata): Grabbed => ({ picture, rtp: picture.metadata?.().rtpTimestamp ?? null });

export class Grabber {
  private tap: Tap | null = null;
  private converted = false;

  /** The element's own pictures have been converted: there are raw ones at the tap, if anywhere. */
  useTap(): void {
    this.converted = true;
  }

  /** A picture and, where the browser tells it, its RTP timestamp. */
  async grab(video: HTMLVideoElement): Promise<Grabbed | null> {
    if (video.videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    if (typeof VideoFrame !== 'function') return { picture: await createImageBitmap(video), rtp: null };
    if (this.converted && !this.tap?.isOf(video)) {
      this.tap?.close();
      this.tap = Tap.open(video);
    }
    const tapped = this.tap ? await this.tap.next() : null;
    return withTime(tapped ?? new VideoFrame(video));
  }

  close(): void {
    this.tap?.close();
    this.tap = null;
  }
}
