import { useLayoutEffect, useState } from 'preact/hooks';
import type { CSSProperties } from 'preact';
import { visibleHeight } from '../proof/strip';
import { pictureRect, type Rect } from './drawing';

/** Where the picture lies in the stage, and how much taller than it the video element has to be for the strip under it. */
export interface Crop {
  rect: Rect;
  /** Height of the coded picture, in heights of what people see. */
  taller: number;
}

function cropOf(stage: HTMLElement, { videoWidth, videoHeight }: HTMLVideoElement): Crop | null {
  const height = visibleHeight(videoWidth, videoHeight);
  if (height === 0) return null;
  const size = { width: stage.clientWidth, height: stage.clientHeight };
  return { rect: pictureRect(size, { width: videoWidth, height }), taller: videoHeight / height };
}

/** Kept right while window and picture change; null while there is no picture. */
export function useCrop(stage: () => HTMLElement | null, video: () => HTMLVideoElement | null): Crop | null {
  const [crop, setCrop] = useState<Crop | null>(null);
  useLayoutEffect(() => {
    const [box, picture] = [stage(), video()];
    if (!box || !picture) return undefined;
    const measure = (): void => setCrop(cropOf(box, picture));
    const observer = new ResizeObserver(measure);
    observer.observe(box);
    picture.addEventListener('resize', measure);
    measure();
    return () => {
      observer.disconnect();
      picture.removeEventListener('resize', measure);
    };
  }, []);
  return crop;
}

const px = (value: number): string => `${value}px`;

export const placeOf = ({ left, top, width, height }: Rect): CSSProperties => ({
  left: px(left),
  top: px(top),
  width: px(width),
  height: px(height),
});
