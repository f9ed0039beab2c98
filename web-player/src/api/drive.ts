import { getJson, patchJson, postJson, remove } from './http';
import type { Configuration, LookChange, Lut, NewSource, NewView, PublishKey, Review, TransportAction } from './types';

/** What a colourist does while a review is shown. */

const review = (id: string): string => `/api/reviews/${encodeURIComponent(id)}`;

export const drive = (id: string, action: TransportAction): Promise<void> => postJson(`${review(id)}/transport`, action);
export const changeLook = (id: string, change: LookChange): Promise<Review> => patchJson(`${review(id)}/look`, change);

export const addSource = (id: string, source: NewSource): Promise<Review> => postJson(`${review(id)}/sources`, source);
export const showSource = (id: string, source: string): Promise<Review> => postJson(`${review(id)}/sources/${encodeURIComponent(source)}/show`, {});
export const removeSource = (id: string, source: string): Promise<void> => remove(`${review(id)}/sources/${encodeURIComponent(source)}`);
export const makePublishKey = (id: string, source: string): Promise<PublishKey> => postJson(`${review(id)}/sources/${encodeURIComponent(source)}/key`, {});

export const listLuts = async (): Promise<Lut[]> => (await getJson<{ luts: Lut[] }>('/api/luts')).luts;
export const addLut = (name: string, text: string): Promise<Lut> => postJson('/api/luts', { name, text });
/** What an OpenColorIO configuration offers; `config` is the file in base64. */
export const readConfiguration = (config: string): Promise<Configuration> => postJson('/api/luts/configuration', { config });
export const addView = (view: NewView): Promise<Lut> => postJson('/api/luts/view', view);
export const removeLut = (id: string): Promise<void> => remove(`/api/luts/${encodeURIComponent(id)}`);
