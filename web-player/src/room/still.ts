import { visibleHeight } from '../proof/strip';

/** A still of a comment: what its author saw, marks included, small enough to go along at once. */
export type Still = Promise<Blob | null>;

const WIDEST = 960;
const QUALITY = 0.85;

/** A picture's size within the widest a still may be; never larger than it is. */
export function stillSize(picture: { width: number; height: number }): { width: number; height: number } {
  const scale = Math.min(1, WIDEST / Math.max(picture.width, picture.height));
  return { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) };
}

/** The frame that `video` shows at this moment, as JPEG; null when there is none. The frame is taken before this returns. */
export function takeStill(video: HTMLVideoElement | null): Still {
  if (!video || video.videoWidth === 0) return Promise.resolve(null);
  // Without the signal strip under the picture.
  const seen = { width: video.videoWidth, height: visibleHeight(video.videoWidth, video.videoHeight) };
  const { width, height } = stillSize(seen);
  const canvas = document.createElement('canvas');
  Object.assign(canvas, { width, height });
  const context = canvas.getContext('2d');
  if (!context) return Promise.resolve(null);
  context.drawImage(video, 0, 0, seen.width, seen.height, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY));
}
