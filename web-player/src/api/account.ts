import { getJson, postJson, send } from './http';
import type { AuditEntry } from './house';
import type { InputColor, Invitation, Link, NewLink, NewReview, Review, ReviewSummary, TargetColor, Viewer } from './types';

/** What the console asks of the server. */

export const listReviews = async (): Promise<ReviewSummary[]> =>
  (await getJson<{ reviews: ReviewSummary[] }>('/api/reviews')).reviews;

const review = (id: string): string => `/api/reviews/${encodeURIComponent(id)}`;

export const createReview = (body: NewReview): Promise<Review> => postJson('/api/reviews', body);
export const getReview = (id: string): Promise<Review> => getJson(review(id));
export const declareColor = (id: string, input_color: InputColor): Promise<Review> =>
  postJson(`${review(id)}/input-color`, { input_color });
export const endReview = (id: string): Promise<Review> => postJson(`${review(id)}/end`);

export const invite = (id: string, body: NewLink): Promise<Invitation> =>
  postJson(`${review(id)}/links`, body);
export const revokeLink = (id: string): Promise<Link> => postJson(`/api/links/${encodeURIComponent(id)}/revoke`);
export const removeViewer = (id: string): Promise<Viewer> => postJson(`/api/viewers/${encodeURIComponent(id)}/remove`);

export const admitViewer = (id: string): Promise<Viewer> => postJson(`/api/viewers/${encodeURIComponent(id)}/admit`);
export const setTarget = (id: string, target: TargetColor | null): Promise<Viewer> =>
  postJson(`/api/viewers/${encodeURIComponent(id)}/target`, { target });
export const denyViewer = (id: string): Promise<Viewer> => postJson(`/api/viewers/${encodeURIComponent(id)}/deny`);

export const listAudit = async (id: string): Promise<AuditEntry[]> =>
  (await getJson<{ entries: AuditEntry[] }>(`/api/audit?review=${encodeURIComponent(id)}`)).entries;

export type CommentFormat = 'csv' | 'json' | 'resolve' | 'avid' | 'avid-xml' | 'premiere' | 'fcpxml' | 'otio' | 'pdf';

/** Spreadsheets know UTF-8 by its byte order mark. */
export const commentsUrl = (id: string, format: CommentFormat): string =>
  `${review(id)}/comments/${format}${format === 'csv' ? '?bom=1' : ''}`;
export const stillUrl = (comment: string): string => `/api/log/${encodeURIComponent(comment)}/still`;
export const archiveUrl = (id: string): string => `${review(id)}/archive.zip`;

/** An archive that only its passphrase opens; the server keeps neither. */
export interface EncryptedArchive {
  file: Blob;
  passphrase: string;
}

const PACKING_MS = 300_000;

export async function encryptedArchive(id: string): Promise<EncryptedArchive> {
  const init = { method: 'POST', signal: AbortSignal.timeout(PACKING_MS) };
  const response = await send(`${review(id)}/archive.7z`, init);
  return { file: await response.blob(), passphrase: response.headers.get('vitrine-passphrase') ?? '' };
}
