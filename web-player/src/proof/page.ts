/** What the page itself does to the picture on its way to the compositor. */
import type { PageFacts } from './state';

/** Styles that change the colours of everything below an element. */
function changesColor(style: CSSStyleDeclaration): boolean {
  const { filter, mixBlendMode, opacity, maskImage } = style;
  const set = (value: string | undefined): boolean => value !== undefined && value !== '' && value !== 'none';
  return set(filter) || set(maskImage) || (mixBlendMode !== '' && mixBlendMode !== 'normal') || Number(opacity || 1) < 1;
}

function isFiltered(video: Element): boolean {
  for (let element: Element | null = video; element; element = element.parentElement) {
    if (changesColor(getComputedStyle(element))) return true;
  }
  return false;
}

/** Something that is not ours lies over the picture, as the sheets of night-mode extensions do. */
function isCovered(video: Element): boolean {
  const picture = video.getBoundingClientRect();
  const foreign = [...document.documentElement.children, ...document.body.children].filter(
    (element) => element !== document.head && element !== document.body && !element.contains(video),
  );
  return foreign.some((element) => {
    const box = element.getBoundingClientRect();
    const over = box.left < picture.right && box.right > picture.left && box.top < picture.bottom && box.bottom > picture.top;
    if (!over || box.width === 0 || box.height === 0) return false;
    const style = getComputedStyle(element);
    return style.display !== 'none' && style.visibility === 'visible' && style.position !== 'static';
  });
}

const says = (query: string): boolean => matchMedia(query).matches;

const showsHdr = (): boolean => says('(dynamic-range: high)') || says('(video-dynamic-range: high)');

/**
 * A display's profile that is none of a display: less than sRGB, or all of Rec.2020 without HDR, which profiles say that
 * turn colours about. A profile of another display that exists cannot be told from that display.
 */
const hasOddProfile = (): boolean => !says('(color-gamut: srgb)') || (says('(color-gamut: rec2020)') && !showsHdr());

/** `height`: rows of the picture that people see. */
export function readPage(video: HTMLVideoElement, height: number): PageFacts {
  const shown = (video.parentElement ?? video).getBoundingClientRect().height * devicePixelRatio;
  return {
    hidden: document.visibilityState !== 'visible',
    filtered: isFiltered(video) || isCovered(video),
    oddProfile: hasOddProfile(),
    hdrShown: showsHdr(),
    scaled: height > 0 && shown < height / 2,
  };
}
