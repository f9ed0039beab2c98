import { createContext } from 'preact';
import type { Me } from '../api/types';

/** The role of whoever is signed in, for what would only be refused (and recorded as a refusal) if it were asked. */
export const RoleContext = createContext<Me['role'] | null>(null);
