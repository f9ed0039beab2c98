import { getJson, postJson } from './http';
import type { Me, Policy, Session } from './types';

/** Signing in with all that is due, and sessions. */

export const signIn = (user: string, password: string): Promise<Me> => postJson('/api/sign-in', { user, password });
export const signInWays = (): Promise<{ passwordless: boolean; provider: string | null }> => getJson('/api/sign-in/ways');
export const signOut = (): Promise<void> => postJson('/api/sign-out');
export const getMe = (): Promise<Me> => getJson('/api/me');
export const getPolicy = (): Promise<Policy> => getJson('/api/policy');

export const giveCode = (code: string): Promise<unknown> => postJson('/api/sign-in/code', { code });
export const changePassword = (old: string, next: string): Promise<void> => postJson('/api/password', { old, new: next });

export const offerTotp = (): Promise<{ secret: string; url: string }> => postJson('/api/factors/totp');

const codesOf = async (answer: Promise<{ recovery_codes: string[] }>): Promise<string[]> => (await answer).recovery_codes;

export const confirmTotp = (code: string): Promise<string[]> =>
  codesOf(postJson('/api/factors/totp/confirm', { code }));

export const listSessions = async (): Promise<Session[]> =>
  (await getJson<{ sessions: Session[] }>('/api/sessions')).sessions;
export const endSession = (id: string): Promise<void> => postJson(`/api/sessions/${encodeURIComponent(id)}/end`);
