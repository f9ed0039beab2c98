// @vitest-environment happy-dom
import { render } from 'preact';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Viewer, Waiting } from '../src/api/types';
import { ViewersPanel } from '../src/console/ViewersPanel';
import { WaitingPage } from '../src/join/WaitingPage';
import { setLanguage } from '../src/messages';

const at = '2026-11-22T10:00:00Z';
const waiting: Waiting = {
  waiting: true,
  name: 'Ana Ito',
  review: { id: 'r1', title: 'Harbour, reel 2', host: 'North Light', starts_at: at, ends_at: at },
};
const guest: Viewer = {
  id: 'v1', link_id: 'l1', name: 'Ana Ito', email: 'ana@example.org', ip: '192.0.2.7', browser: 'Chrome 156', session_code: 'K7QX-2M',
  joined_at: at, state: 'waiting', ended_reason: null, picture: null, target: null, frames_per_second: null, frames_dropped: null, loss_percent: null,
  srtp_cipher: null, house: false, looking: true, hand_at: null, muted: false, display: null, display_at: null, probe: null, probe_at: null, proof: { now: null, worst: null, worst_reasons: [], frames_checked: 0, frames_disagreed: 0 },
};

function answer(status: number, body: unknown): void {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(body), { status })));
}

function root(): HTMLElement {
  const element = document.createElement('div');
  document.body.append(element);
  return element;
}

describe('the waiting room', () => {
  const told = { admitted: vi.fn(), ended: vi.fn(), notJoined: vi.fn() };
  let page: HTMLElement;

  beforeEach(() => {
    vi.useFakeTimers();
    setLanguage('en');
    Object.values(told).forEach((call) => call.mockClear());
    page = root();
    render(<WaitingPage waiting={waiting} onAdmitted={told.admitted} onEnded={told.ended} onNotJoined={told.notJoined} />, page);
  });

  afterEach(() => {
    render(null, page);
    document.body.replaceChildren();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const tick = (): Promise<unknown> => vi.advanceTimersByTimeAsync(2100);

  it('says who was told, and keeps waiting while the door is closed', async () => {
    answer(202, waiting);
    await tick();
    expect(page.textContent).toContain('North Light has been told that you are here');
    expect(told.admitted).not.toHaveBeenCalled();
  });

  it('opens by itself', async () => {
    const room = { review: waiting.review, whep_url: '/whep/r1' };
    answer(200, room);
    await tick();
    expect(told.admitted).toHaveBeenCalledWith(room);
  });

  it('tells a refusal by its reason', async () => {
    answer(410, { error: { code: 'ended', message: 'Not this time.', reason: 'denied' } });
    await tick();
    expect(told.ended).toHaveBeenCalledWith('denied', 'Not this time.');
  });

  it('stays open when the server cannot be reached', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('offline')));
    await tick();
    expect(page.textContent).toContain('keeps trying');
    expect(told.ended).not.toHaveBeenCalled();
  });
});

describe('the list of viewers', () => {
  afterEach(() => document.body.replaceChildren());

  it('puts who waits first, with one press to let in and two to turn away', () => {
    const calls: string[] = [];
    const say = (word: string) => (id: string) => calls.push(`${word} ${id}`);
    const viewers: Viewer[] = [{ ...guest, id: 'v0', state: 'watching' }, guest];
    const page = root();
    const onTarget = (id: string, target: string | null): unknown => calls.push(`${target ?? 'auto'} ${id}`);
    const actions = { onAdmit: say('admit'), onDeny: say('deny'), onRemove: say('remove'), onRevoke: say('revoke'), onMute: say('mute'), onLowerHand: say('lower'), onTarget };
    render(<ViewersPanel viewers={viewers} links={[]} comments={[]} {...actions} />, page);
    expect(page.querySelector('tbody tr')?.getAttribute('data-viewer')).toBe('v1');
    page.querySelector<HTMLButtonElement>('[data-testid=admit]')?.click();
    page.querySelector<HTMLButtonElement>('[data-testid=deny]')?.click();
    expect(calls).toEqual(['admit v1']);
    // Whoever waits is sent nothing yet.
    const choices = page.querySelectorAll<HTMLSelectElement>('[data-testid=target]');
    expect(choices).toHaveLength(1);
    const choice = choices[0];
    if (!choice) throw new Error('no choice');
    choice.value = 'display-p3';
    choice.dispatchEvent(new Event('change', { bubbles: true }));
    expect(calls).toEqual(['admit v1', 'display-p3 v0']);
  });
});
