import { describe, expect, it } from 'vitest';
import { ApiError } from '../src/api/http';
import type { Comment, NewComment } from '../src/api/types';
import { Outbox, type Said, type ShownComment } from '../src/room/outbox';

const rate = { num: 25, den: 1, drop_frame: false };
const pin = { viewing_id: 'w', rtp_timestamp: 7, timecode: '01:00:00:00' };
const about = { pin, end: null, still: Promise.resolve(null) };
const said = (text: string): Said => ({ text, category: null, priority: 'normal', mentions: [], drawing: null });
let revision = 0;
const answer = (body: NewComment): Comment => ({
  id: body.id, revision: ++revision, parent_id: body.parent_id ?? null, link_id: 'me', viewer_id: 'v', author: 'Me', source_id: 's', text: body.text,
  source_frame: 1, duration_frames: 1, rate, timecode: '01:00:00:01', category: null, priority: 'normal', mentions: [], drawing: null, has_still: false,
  created_at: '2026-11-21T20:00:00.000Z', edited_at: null, resolved_at: null, resolved_by: null, deleted: false, proof: null, drawing_proof: null, frame_witness: null,
});

const stills: { id: string; still: Blob }[] = [];

function outbox(replies: (() => Comment | Error)[], sent: NewComment[], waits: number[] = []): { box: Outbox; shown: () => ShownComment[] } {
  let shown: ShownComment[] = [];
  const box = new Outbox({
    me: { link_id: 'me', name: 'Me' },
    wait: (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
    changed: (comments) => (shown = comments),
    sendStill: (id, still) => {
      stills.push({ id, still });
      return Promise.resolve();
    },
    send: (body) => {
      sent.push(body);
      const reply = replies.shift()?.() ?? answer(body);
      return reply instanceof Error ? Promise.reject(reply) : Promise.resolve(reply);
    },
  });
  return { box, shown: () => shown };
}

const gone = (): Error => new ApiError(0, 'unreachable', '');

describe('a comment', () => {
  it('shows at once and then with the server’s timecode', async () => {
    const sent: NewComment[] = [];
    const { box, shown } = outbox([], sent);
    const done = box.submit(said('hello'), about);
    expect(shown()).toMatchObject([{ state: 'sending', timecode: '01:00:00:00', mine: true }]);
    await done;
    expect(shown()).toMatchObject([{ state: 'sent', timecode: '01:00:00:01' }]);
    expect(sent).toMatchObject([{ viewing_id: 'w', rtp_timestamp: 7, text: 'hello' }]);
  });

  it('is tried once more under the same id', async () => {
    const sent: NewComment[] = [];
    const { box, shown } = outbox([gone], sent);
    await box.submit(said('hello'), about);
    expect(sent).toHaveLength(2);
    expect(sent[0]?.id).toBe(sent[1]?.id);
    expect(shown()).toMatchObject([{ state: 'sent' }]);
  });

  it('typed during a drop is sent after it, once', async () => {
    const sent: NewComment[] = [];
    const { box, shown } = outbox([gone, gone], sent);
    await box.submit(said('hello'), about);
    expect(shown()).toMatchObject([{ state: 'unsent', problem: 'unreachable' }]);
    box.resume();
    await new Promise((resolve) => setTimeout(resolve));
    expect(shown()).toMatchObject([{ state: 'sent' }]);
    box.resume();
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(sent).toHaveLength(3);
  });

  it('that comes too fast is sent when the server says, however often it says so', async () => {
    const [sent, waits]: [NewComment[], number[]] = [[], []];
    const hurried = (): Error => new ApiError(429, 'too_fast', '', null, null, 3);
    const { box, shown } = outbox([hurried, gone, hurried], sent, waits);
    await box.submit(said('hello'), about);
    expect(shown()).toMatchObject([{ state: 'sent' }]);
    expect(waits).toEqual([3000, 1000, 3000]);
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
  });

  it('that is refused is not tried again by itself', async () => {
    const sent: NewComment[] = [];
    const { box, shown } = outbox([() => new ApiError(409, 'frame_unknown', '')], sent);
    await box.submit(said('hello'), about);
    box.resume();
    expect(sent).toHaveLength(1);
    expect(shown()).toMatchObject([{ state: 'unsent', problem: 'frame_unknown' }]);
  });

  it('stays in the list when a snapshot comes before its answer, and is there once', async () => {
    const sent: NewComment[] = [];
    const { box, shown } = outbox([], sent);
    const done = box.submit(said('hello'), about);
    box.replace([]);
    expect(shown()).toHaveLength(1);
    await done;
    const [body] = sent;
    if (body) box.receive(answer(body));
    expect(shown()).toHaveLength(1);
  });

  it('carries its range, and an answer only what it answers', async () => {
    const sent: NewComment[] = [];
    const { box, shown } = outbox([], sent);
    await box.submit(said('from here'), { ...about, end: { ...pin, rtp_timestamp: 9 } });
    await box.submit(said('other viewing'), { ...about, end: { ...pin, viewing_id: 'x', rtp_timestamp: 9 } });
    const [first] = shown();
    if (first) await box.submit(said('yes'), { answers: first });
    expect(sent.map(({ end_rtp_timestamp }) => end_rtp_timestamp)).toEqual([9, undefined, undefined]);
    expect(sent[2]).toMatchObject({ parent_id: first?.id, text: 'yes' });
    expect(sent[2]).not.toHaveProperty('rtp_timestamp');
  });
});

describe('the log', () => {
  const entry = (id: string, at: number, text: string): Comment => ({ ...answer({ id, text }), link_id: 'other', revision: at });

  it('keeps the newer of two states of a comment, in whatever order they come', () => {
    const { box, shown } = outbox([], []);
    box.merge([entry('a', 3, 'reworded')]);
    box.receive(entry('a', 1, 'first'));
    expect(shown().map(({ text }) => text)).toEqual(['reworded']);
  });

  it('goes on after what the event stream told, not after the answer to a request', () => {
    const { box } = outbox([], []);
    box.replace([entry('a', 1, 'x'), entry('b', 2, 'y')]);
    box.receive(entry('c', 4, 'z'));
    expect(box.revision, '3 may still be on its way').toBe(2);
    box.merge([entry('d', 3, 'w'), entry('c', 4, 'z')]);
    expect(box.revision).toBe(4);
  });
});

describe('a still', () => {
  it('is followed by the still of what its author saw, once it is there', async () => {
    const sent: NewComment[] = [];
    const { box } = outbox([gone, gone], sent);
    const still = new Blob(['jpeg']);
    await box.submit(said('hello'), { ...about, still: Promise.resolve(still) });
    expect(stills).toEqual([]);
    box.resume();
    await new Promise((resolve) => setTimeout(resolve));
    expect(stills).toEqual([{ id: sent[0]?.id, still }]);
  });
});
