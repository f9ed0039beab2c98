import { getJson, postJson } from './http';
import type { AuditEntry, AuditState, AuditVerdict, Told } from './house';

/** The record of the house, and what somebody was told of. */

/** What is searched for; what is empty does not narrow. */
export interface Search {
  review: string;
  /** An account's name, or a guest's e-mail address. */
  person: string;
  action: string;
  since: string | null;
  until: string | null;
}

/** A long record takes its time. */
const VERIFY_MS = 120_000;

export function queryOf(search: Search): URLSearchParams {
  const person = search.person.trim();
  const parts: [string, string | null][] = [
    ['review', search.review],
    [person.includes('@') ? 'email' : 'actor', person === '' ? '' : actorOf(person)],
    ['action', search.action],
    ['since', search.since],
    ['until', search.until],
  ];
  const query = new URLSearchParams();
  for (const [name, value] of parts) if (value) query.set(name, value);
  return query;
}

/** People type names; the record says what kind of actor that is. */
function actorOf(person: string): string {
  const known = person.includes('@') || person.includes(':') || ['server', 'command-line', 'stranger'].includes(person);
  return known ? person : `account:${person.toLowerCase()}`;
}

export async function searchRecord(search: Search, before: number | null): Promise<AuditEntry[]> {
  const query = queryOf(search);
  if (before !== null) query.set('before', String(before));
  return (await getJson<{ entries: AuditEntry[] }>(`/api/audit?${query}`)).entries;
}

export const recordUrl = (search: Search, format: 'csv' | 'json'): string => `/api/audit/${format}?${queryOf(search)}`;

export const getAuditState = (): Promise<AuditState> => getJson('/api/audit/state');
export const verifyRecord = (): Promise<AuditVerdict> => postJson('/api/audit/verify', undefined, VERIFY_MS);

export const listTold = (): Promise<{ targets: string[]; notifications: Told[] }> => getJson('/api/notifications');
export const testTarget = (target: string): Promise<void> => postJson('/api/notifications/test', { target });
