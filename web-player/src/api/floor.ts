import { patchJson, postJson } from './http';
import type { ChatLine, Floor, FloorChange, Viewer } from './types';

/** What the house says in a room, and to whom it gives the floor. */

const review = (id: string): string => `/api/reviews/${encodeURIComponent(id)}`;
const viewer = (id: string): string => `/api/viewers/${encodeURIComponent(id)}`;

export const changeFloor = (id: string, change: FloorChange): Promise<Floor> => patchJson(`${review(id)}/floor`, change);
export const chatAsHouse = (id: string, line: { id: string; text: string }): Promise<ChatLine> => postJson(`${review(id)}/chat`, line);
export const muteViewer = (id: string, muted: boolean): Promise<Viewer> => postJson(`${viewer(id)}/mute`, { muted });
export const lowerHand = (id: string): Promise<void> => postJson(`${viewer(id)}/lower-hand`);
