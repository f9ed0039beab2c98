import { describe, expect, it } from 'vitest';
import { ApiError } from '../src/api/http';
import type { Comment, NewComment } from '../src/api/types';
import { Outbox, type ShownComment } from '../src/room/outbox';

const rate = { num: 25, den: 1, drop_frame: false };
const pin = { viewing_id: 'w', rtp_timestamp: 7, timecode: '01:00:00:00' };
const answer = (body: NewComment): Comment => ({
  id: body.id, viewer_id: 'me', author: 'Me', source_id: 's', text: body.text, source_frame: 1, rate, timecode: '01:00:00:01', created_at: '2026-11-21T20:00:00.000Z',
});

function outbox(replies: (() => Comment | Error)[], sent: NewComment[]): { box: Outbox; shown: () => ShownComment[] } {
  let shown: ShownComment[] = [];
  const box = new Outbox({
    me: { id: 'me', name: 'Me' },
    wait: () => Promise.resolve(),
    changed: (comments) => (shown = comments),
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
    const done = box.submit('hello', pin);
    expect(shown()).toMatchObject([{ state: 'sending', timecode: '01:00:00:00', mine: true }]);
    await done;
    expect(shown()).toMatchObject([{ state: 'sent', timecode: '01:00:00:01' }]);
    expect(sent).toMatchObject([{ viewing_id: 'w', rtp_timestamp: 7, text: 'hello' }]);
  });

  it('is tried once more under the same id', async () => {
    const sent: NewComment[] = [];
    const { box, shown } = outbox([gone], sent);
    await box.submit('hello', pin);
    expect(sent).toHaveLength(2);
    expect(sent[0]?.id).toBe(sent[1]?.id);
    expect(shown()).toMatchObject([{ state: 'sent' }]);
  });

  it('typed during a drop is sent after it, once', async () => {
    const sent: NewComment[] = [];
    const { box, shown } = outbox([gone, gone], sent);
    await box.submit('hello', pin);
    expect(shown()).toMatchObject([{ state: 'unsent', problem: 'unreachable' }]);
    box.resume();
    await new Promise((resolve) => setTimeout(resolve));
    expect(shown()).toMatchObject([{ state: 'sent' }]);
    box.resume();
    expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    expect(sent).toHaveLength(3);
  });

  it('that is refused is not tried again by itself', async () => {
    const sent: NewComment[] = [];
    const { box, shown } = outbox([() => new ApiError(409, 'frame_unknown', '')], sent);
    await box.submit('hello', pin);
    box.resume();
    expect(sent).toHaveLength(1);
    expect(shown()).toMatchObject([{ state: 'unsent', problem: 'frame_unknown' }]);
  });

  it('stays in the list when a snapshot comes before its answer, and is there once', async () => {
    const sent: NewComment[] = [];
    const { box, shown } = outbox([], sent);
    const done = box.submit('hello', pin);
    box.replace([]);
    expect(shown()).toHaveLength(1);
    await done;
    const [body] = sent;
    if (body) box.receive(answer(body));
    expect(shown()).toHaveLength(1);
  });
});
