import { postJson, send } from './http';
import type { Preview } from './types';

/** The house looks at its own review as a viewer does. */

const preview = (review: string): string => `/api/reviews/${encodeURIComponent(review)}/preview`;

/** Asked again, it prolongs the right to look. */
export const startPreview = (review: string): Promise<Preview> => postJson(preview(review));

/** Also while the page is being closed. */
export async function endPreview(review: string): Promise<void> {
  await send(preview(review), { method: 'DELETE', keepalive: true });
}
