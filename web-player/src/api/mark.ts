import { putJson, postJson, remove, send } from './http';
import type { MarkTemplate, Project } from './house';

/** What a project's visible marks show, and moments without them. */

const project = (id: string): string => `/api/projects/${encodeURIComponent(id)}`;
const hold = (review: string): string => `/api/reviews/${encodeURIComponent(review)}/clean-hold`;

export const setMark = (id: string, mark: MarkTemplate): Promise<Project> => putJson(`${project(id)}/mark`, mark);
export const allowCleanHold = (id: string, allowed: boolean): Promise<Project> => putJson(`${project(id)}/clean-hold`, { allowed });

/** A JPEG of the test chart under the real mark. */
export async function previewMark(id: string, mark: MarkTemplate): Promise<Blob> {
  const headers = { 'content-type': 'application/json' };
  const response = await send(`${project(id)}/mark/preview`, { method: 'POST', headers, body: JSON.stringify(mark) });
  return await response.blob();
}

export const startCleanHold = (review: string, seconds: number): Promise<{ ends_at: string }> => postJson(hold(review), { seconds });
export const endCleanHold = (review: string): Promise<void> => remove(hold(review));
