import { getJson, patchJson, postJson } from './http';
import type { Category, Comment, CommentChange } from './types';

/** What the house does with comments. */

const entry = (id: string): string => `/api/log/${encodeURIComponent(id)}`;

export const changeEntry = (id: string, change: CommentChange): Promise<Comment> => patchJson(entry(id), change);
export const answerEntry = (id: string, text: string): Promise<Comment> =>
  postJson(`${entry(id)}/answers`, { id: crypto.randomUUID(), text });

/** Which threads of all reviews; what is empty does not narrow. */
export interface LogSearch {
  project: string;
  review: string;
  status: '' | 'open' | 'resolved';
  category: '' | Category;
  text: string;
}

export interface LogThread {
  review_id: string;
  review_title: string;
  first: Comment;
  answers: Comment[];
}

function queryOf(search: LogSearch): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...search, text: search.text.trim() })) if (value !== '') query.set(name, value);
  return query;
}

export function searchLog(search: LogSearch, before: string | null): Promise<{ threads: LogThread[]; more: boolean }> {
  const query = queryOf(search);
  if (before !== null) query.set('before', before);
  return getJson(`/api/log?${query}`);
}

/** What became of a file of replies. */
export interface ImportedReplies {
  answered: number;
  resolved: number;
  reopened: number;
  unchanged: number;
  /** What belongs to no thread of the review: where it stands in the file, and what it was meant for. */
  strays: { line: number; place: string }[];
}

const IMPORT_MS = 120_000;

export const importReplies = (review: string, text: string): Promise<ImportedReplies> =>
  postJson(`/api/reviews/${encodeURIComponent(review)}/replies`, { text }, IMPORT_MS);

/** Spreadsheets know UTF-8 by its byte order mark. */
export const logUrl = (search: LogSearch): string => `/api/log.csv?bom=1&${queryOf(search)}`;
