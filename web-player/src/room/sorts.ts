import type { Category, Priority } from '../api/types';

/** In the order in which they are offered. */
export const CATEGORIES: readonly Category[] = ['color', 'sound', 'vfx', 'edit', 'other'];
export const PRIORITIES: readonly Priority[] = ['low', 'normal', 'high'];
