import type { ProofReport } from '../proof/report';
import { getJson, patchJson, postJson, putJson, remove, send } from './http';
import type { ChatLine, CodeSent, Comment, CommentChange, DisplayCheck, Inspection, Lease, NewComment, Probe, ProbeTarget, RoomState, Waiting } from './types';

/** What a viewer's browser asks of the server. */

/** Longer than the server waits for its mail server. */
const CODE_PATIENCE_MS = 25_000;

export const inspectLink = (secret: string): Promise<Inspection> => postJson('/api/links/inspect', { secret });

/** The room, its closed door, or that a code was sent to the invited address. */
export const redeemLink = (secret: string, passphrase: string): Promise<RoomState | Waiting | CodeSent> =>
  postJson('/api/links/redeem', { secret, passphrase }, CODE_PATIENCE_MS);
export const giveLinkCode = (ticket: string, code: string): Promise<RoomState | Waiting> =>
  postJson('/api/links/code', { ticket, code });
export const isCodeSent = (answer: RoomState | Waiting | CodeSent): answer is CodeSent => 'ticket' in answer;

/** The room, or that its door is still closed. */
export const getRoom = (): Promise<RoomState | Waiting> => getJson('/api/room');

export const isWaiting = (answer: RoomState | Waiting): answer is Waiting => 'waiting' in answer;

export const newLease = (): Promise<Lease> => postJson('/api/leases');

export const sendComment = (comment: NewComment): Promise<Comment> => postJson('/api/comments', comment);

const comment = (id: string): string => `/api/comments/${encodeURIComponent(id)}`;
export const changeComment = (id: string, change: CommentChange): Promise<Comment> => patchJson(comment(id), change);
export const takeBackComment = (id: string): Promise<void> => remove(comment(id));

export async function sendStill(id: string, still: Blob): Promise<void> {
  await send(`${comment(id)}/still`, { method: 'PUT', headers: { 'content-type': 'image/jpeg' }, body: still });
}

/** A line of chat; its id is made here, so that sending twice says it once. */
export const sendChat = (line: { id: string; text: string }): Promise<ChatLine> => postJson('/api/chat', line);

export const sendDisplayCheck = (check: DisplayCheck): Promise<void> => putJson('/api/room/display', check);

export const sendProbe = (name: string, text: string, target: ProbeTarget): Promise<Probe> =>
  putJson('/api/room/probe', { name, text, target });

export const sendProof = (report: ProofReport): Promise<void> => postJson('/api/room/proof', report);

export const leaveRoom = (): Promise<void> => postJson('/api/room/leave');

export interface WhepAnswer {
  sdp: string;
  location: string;
  viewingId: string;
}

export async function postOffer(url: string, lease: string, offer: string): Promise<WhepAnswer> {
  const response = await send(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${lease}`, 'content-type': 'application/sdp' },
    body: offer,
  });
  const location = response.headers.get('location') ?? '';
  return { sdp: await response.text(), location, viewingId: location.split('/').pop() ?? '' };
}

/** Begins ICE of a viewing anew: ours for the server's credentials, both as SDP fragments (RFC 8840). */
export async function restartIce(location: string, lease: string, fragment: string): Promise<string> {
  const response = await send(location, {
    method: 'PATCH',
    headers: { authorization: `Bearer ${lease}`, 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': '*' },
    body: fragment,
  });
  return response.text();
}

/** Also while the page is being closed: `keepalive` lets the request outlive it. */
export function deleteViewing(location: string, lease: string): void {
  send(location, { method: 'DELETE', keepalive: true, headers: { authorization: `Bearer ${lease}` } }).catch(
    () => undefined,
  );
}
