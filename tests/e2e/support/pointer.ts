/** Pointing in a picture. */
import type { Page } from 'playwright-core';

/** Where a pointer is shown, in parts of the picture as it lies on the screen. */
export const spot = (page: Page): Promise<number[] | null> =>
  page.evaluate(() => {
    const mark = document.querySelector('.spot')?.getBoundingClientRect();
    const picture = document.querySelector('[data-testid=program]')?.parentElement?.getBoundingClientRect();
    return mark && picture ? [(mark.left - picture.left) / picture.width, (mark.top - picture.top) / picture.height].map((part) => Math.round(part * 50) / 50) : null;
  });

/** Moves the mouse to a place of the picture, in parts of it. */
export async function point(page: Page, x: number, y: number): Promise<void> {
  const box = await page.getByTestId('laser').boundingBox();
  if (!box) throw new Error('there is nothing to point at');
  await page.mouse.move(box.x + x * box.width, box.y + y * box.height, { steps: 4 });
}
