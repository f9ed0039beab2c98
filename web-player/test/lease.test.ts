import { afterEach, describe, expect, it, vi } from 'vitest';
import { leases } from '../src/room/connection';
import type { Lease } from '../src/api/types';

const lease = (text: string): Lease => ({ lease: text, expires_at: '2030-01-01T00:00:00Z', renew_after_s: 120 });

describe('leases', () => {
  afterEach(() => vi.unstubAllGlobals());

  /** The server, which gives `asked` whenever it is asked. */
  const serving = (): ReturnType<typeof vi.fn> => {
    const answer = (): Promise<Response> => Promise.resolve(Response.json(lease('asked'), { status: 201 }));
    const fetching = vi.fn(answer);
    vi.stubGlobal('fetch', fetching);
    return fetching;
  };

  it('begin with the one that came with the room, and are asked for from then on', async () => {
    const fetching = serving();
    const next = leases(lease('first'));
    expect((await next()).lease).toBe('first');
    expect(fetching).not.toHaveBeenCalled();
    expect((await next()).lease).toBe('asked');
    expect((await next()).lease).toBe('asked');
  });

  it('are asked for at once where a page was opened anew', async () => {
    serving();
    expect((await leases()()).lease).toBe('asked');
  });
});
