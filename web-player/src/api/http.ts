import { sayAttended } from './attendance';
import type { EndReason } from './types';

/** A refusal by the server, or `status` 0 when the server could not be reached. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string | null = null,
    readonly reason: EndReason | null = null,
    readonly retryAfterS: number | null = null,
  ) {
    super(message);
  }

  get unreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 504;
  }
}

interface ErrorBody {
  error?: { code?: string; message?: string; field?: string | null; reason?: EndReason };
}

let clockOffsetMs = 0;

/** Now by the server's clock, so that a wrong clock on the viewer's machine does not shift "time left". */
export function serverNow(): number {
  return Date.now() + clockOffsetMs;
}

function learnTime(response: Response): void {
  const date = Date.parse(response.headers.get('date') ?? '');
  if (Number.isNaN(date)) return;
  // The header has whole seconds: a small difference is no difference.
  const offset = date + 500 - Date.now();
  clockOffsetMs = Math.abs(offset) < 2000 ? 0 : offset;
}

let wording = (_code: string, message: string): string => message;

/** How refusals are worded for the reader, where the server's own words will not do. */
export const wordBy = (words: typeof wording): void => {
  wording = words;
};

async function toError(response: Response): Promise<ApiError> {
  let body: ErrorBody;
  try {
    body = (await response.json()) as ErrorBody;
  } catch {
    body = {};
  }
  const retry = Number(response.headers.get('retry-after'));
  const { code = 'unknown', message = response.statusText, field = null, reason = null } = body.error ?? {};
  return new ApiError(response.status, code, wording(code, message), field, reason, retry > 0 ? retry : null);
}

/** One request with the rules every request follows: own origin only, nothing stored, no redirect, 15 s. */
export async function send(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  sayAttended(headers);
  let response: Response;
  try {
    response = await fetch(path, {
      credentials: 'same-origin',
      cache: 'no-store',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(15_000),
      ...init,
      headers,
    });
  } catch {
    throw new ApiError(0, 'unreachable', '');
  }
  learnTime(response);
  if (!response.ok) throw await toError(response);
  return response;
}

const ANSWERS_WITHIN_MS = 4000;

/** Whether the server answers at all. It is asked as by nobody: that prolongs no session. */
export const answers = (): Promise<boolean> =>
  fetch('/healthz', { credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(ANSWERS_WITHIN_MS) }).then(
    () => true,
    () => false,
  );

export async function getJson<T>(path: string): Promise<T> {
  return (await (await send(path, { method: 'GET' })).json()) as T;
}

export const postJson = <T>(path: string, body?: unknown, patienceMs?: number): Promise<T> =>
  sendJson('POST', path, body, patienceMs);
export const putJson = <T>(path: string, body?: unknown): Promise<T> => sendJson('PUT', path, body);
export const patchJson = <T>(path: string, body: unknown): Promise<T> => sendJson('PATCH', path, body);

export async function remove(path: string): Promise<void> {
  await send(path, { method: 'DELETE' });
}

async function sendJson<T>(method: string, path: string, body?: unknown, patienceMs?: number): Promise<T> {
  const init: RequestInit = { method };
  if (patienceMs !== undefined) init.signal = AbortSignal.timeout(patienceMs);
  if (body !== undefined) {
    init.headers = { 'content-type': 'application/json' };
    init.body = JSON.stringify(body);
  }
  const response = await send(path, init);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(0, 'internal', String(error));
}
