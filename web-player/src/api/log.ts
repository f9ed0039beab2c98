import { patchJson, postJson } from './http';
import type { Comment, CommentChange } from './types';

/** What the house does with the comments of a review. */

const entry = (id: string): string => `/api/log/${encodeURIComponent(id)}`;

export const changeEntry = (id: string, change: CommentChange): Promise<Comment> => patchJson(entry(id), change);
export const answerEntry = (id: string, text: string): Promise<Comment> =>
  postJson(`${entry(id)}/answers`, { id: crypto.randomUUID(), text });
