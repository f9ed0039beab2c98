import { getJson, postJson, remove, send } from './http';

/** Whose copy is this? */

export interface Suspect {
  viewing: string;
  review: string;
  name: string;
  email: string;
  ip: string;
  session_code: string;
  started_at: string;
  ended_at: string | null;
  z: number | null;
  p: number | null;
  named: boolean;
  subtracted: boolean;
}

export interface Finding {
  no_decision: string | null;
  sha256: string;
  pictures: number;
  viewings: number;
  needed_z: number;
  suspects: Suspect[];
  has_pictures: boolean;
}

export interface Trace {
  id: string;
  scope: string;
  name: string;
  sent_at: string;
  state: 'waiting' | 'running' | 'done' | 'failed';
  reason: string | null;
  finding: Finding | null;
}

export interface CodeBearers {
  misread: boolean;
  bearers: Suspect[];
}

/** Where a leak is looked for. */
export type Scope = { review: string } | { project: string };

/** A large file takes its time. */
const PATIENCE_MS = 30 * 60_000;

export async function sendLeak(file: File, scope: Scope): Promise<Trace> {
  const query = new URLSearchParams({ ...scope, name: file.name });
  const headers = { 'content-type': 'application/octet-stream' };
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const response = await send(`/api/traces?${query.toString()}`, { method: 'POST', headers, body: file, signal });
  return (await response.json()) as Trace;
}

export const listTraces = async (): Promise<Trace[]> => (await getJson<{ traces: Trace[] }>('/api/traces')).traces;
export const forgetTrace = (id: string): Promise<void> => remove(`/api/traces/${encodeURIComponent(id)}`);
export const reportUrl = (id: string, file: string): string => `/api/traces/${encodeURIComponent(id)}/${file}`;
export const readCode = (code: string, scope: Scope | null): Promise<CodeBearers> => postJson('/api/codes', { code, ...scope });
