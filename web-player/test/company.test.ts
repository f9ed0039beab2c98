import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ChatLine, RoomMessage, RoomState } from '../src/api/types';
import { Company, withLine } from '../src/room/company';

const line = (number: number, link_id: string | null = 'other'): ChatLine => ({
  id: `line-${number}`, number, link_id, author: 'Ben', text: `said ${number}`, said_at: '2026-01-01T00:00:00Z',
});
const room = (chat: ChatLine[] = []): RoomState =>
  ({ viewer: { id: 'v', link_id: 'me', name: 'Ana', email: '', session_code: '', muted: false }, chat, floor: { pointers: true, talkback: null } }) as unknown as RoomState;
const hear = (company: Company, message: object): void => company.hear({ seq: 1, ...message } as RoomMessage);

describe('chat', () => {
  it('keeps each line once, in the order it was said, whichever way it came', () => {
    const chat = [3, 1, 2, 3, 1].reduce<ChatLine[]>((lines, number) => withLine(lines, line(number)), []);
    expect(chat.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('after a gap takes what a snapshot brings without saying anything twice', () => {
    const company = new Company(room([line(1)]), () => undefined);
    hear(company, { type: 'chat', line: line(2) });
    hear(company, { type: 'snapshot', room: room([line(1), line(2), line(3)]) });
    expect(company.store.get().chat.map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it('counts what came while it was closed, not what one said oneself', () => {
    const company = new Company(room(), () => undefined);
    hear(company, { type: 'chat', line: line(1) });
    hear(company, { type: 'chat', line: line(2, 'me') });
    expect(company.store.get().unread).toBe(1);
    company.readChat(true);
    hear(company, { type: 'chat', line: line(3) });
    expect(company.store.get().unread).toBe(0);
  });

  afterEach(() => vi.unstubAllGlobals());

  it('says why a line was not taken, and gives the words back', async () => {
    const answer = { error: { code: 'too_fast', message: 'Wait a moment.' } };
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(answer), { status: 429 })));
    const company = new Company(room(), () => undefined);
    expect(await company.say('id', 'hello')).toBe(false);
    expect(company.store.get().problem).toBe('Wait a moment.');
  });
});

describe('the floor', () => {
  it('takes the pointer away from whoever is muted, or when nobody may point', () => {
    const company = new Company(room(), () => undefined);
    company.point();
    expect(company.laser.store.get().on).toBe(true);
    hear(company, { type: 'floor', floor: { pointers: false, talkback: 'Back in 5' } });
    expect(company.laser.store.get().on).toBe(false);
    company.point();
    expect(company.laser.store.get().on).toBe(false);
    hear(company, { type: 'floor', floor: { pointers: true, talkback: null } });
    hear(company, { type: 'muted', muted: true });
    company.point();
    expect(company.laser.store.get().on).toBe(false);
  });
});
