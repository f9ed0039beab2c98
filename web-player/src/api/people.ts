import { getJson, postJson, putJson, remove } from './http';
import type { Account, Classification, Project, Role } from './house';

/** Accounts, and the projects they work on. */

export const listAccounts = async (): Promise<Account[]> =>
  (await getJson<{ accounts: Account[] }>('/api/accounts')).accounts;

const account = (id: string): string => `/api/accounts/${encodeURIComponent(id)}`;

export const createAccount = (user: string, password: string, role: Role): Promise<Account> =>
  postJson('/api/accounts', { user, password, role });
export const setRole = (id: string, role: Role): Promise<Account> => postJson(`${account(id)}/role`, { role });
export const unlockAccount = (id: string): Promise<Account> => postJson(`${account(id)}/unlock`);
export const resetFactors = (id: string): Promise<Account> => postJson(`${account(id)}/reset-factors`);
/** Without an instant, at once. */
export const offboard = (id: string, at: string | null): Promise<Account> =>
  postJson(`${account(id)}/offboard`, at === null ? {} : { at });

export const listProjects = async (): Promise<Project[]> =>
  (await getJson<{ projects: Project[] }>('/api/projects')).projects;

const project = (id: string): string => `/api/projects/${encodeURIComponent(id)}`;
const member = (id: string, of: string): string => `${project(of)}/members/${encodeURIComponent(id)}`;

/** Networks as people write them, with commas or without. */
export const networksIn = (text: string): string[] => text.split(/[\s,]+/).filter((part) => part !== '');

export const createProject = (name: string, classification: Classification): Promise<Project> =>
  postJson('/api/projects', { name, classification });
export const classify = (id: string, classification: Classification): Promise<Project> =>
  postJson(`${project(id)}/classification`, { classification });
export const setNetworks = (id: string, networks: string[]): Promise<Project> =>
  putJson(`${project(id)}/networks`, { networks });
export const addMember = (of: string, id: string): Promise<void> => putJson(member(id, of));
export const removeMember = (of: string, id: string): Promise<void> => remove(member(id, of));

/** Takes back every link of a project: how many. */
export const revokeProject = (id: string): Promise<{ links: number }> => postJson(`/api/projects/${encodeURIComponent(id)}/revoke`);
/** Takes back every link through which a guest is in from some networks: how many. */
export const revokeNetworks = (networks: string[]): Promise<{ links: number }> => postJson('/api/networks/revoke', { networks });
