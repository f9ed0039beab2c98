import { describe, expect, it } from 'vitest';
import { logUrl, type LogThread } from '../src/api/log';
import type { Comment } from '../src/api/types';
import { withEntry } from '../src/console/LogPage';

const comment = (id: string, patch: Partial<Comment> = {}): Comment => ({
  id, revision: 1, parent_id: null, link_id: null, viewer_id: null, author: 'Ana', source_id: 's', text: id, source_frame: 0,
  duration_frames: 1, rate: { num: 25, den: 1, drop_frame: false }, timecode: '01:00:00:00', category: null, priority: 'normal',
  mentions: [], drawing: null, has_still: false, proof: null, drawing_proof: null, frame_witness: null, created_at: '2026-11-21T20:00:00Z', edited_at: null, resolved_at: null,
  resolved_by: null, deleted: false, ...patch,
});
const thread: LogThread = { review_id: 'r', review_title: 'Reel 3', first: comment('a'), answers: [comment('b', { parent_id: 'a' })] };

describe('a thread of the log', () => {
  it('takes its comment’s newer state and a new answer, and nothing of another thread', () => {
    const settled = withEntry(thread, comment('a', { resolved_at: 'now' }));
    expect(settled.first.resolved_at).toBe('now');
    const answered = withEntry(thread, comment('c', { parent_id: 'a' }));
    expect(answered.answers.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(withEntry(thread, comment('d', { parent_id: 'x' }))).toBe(thread);
  });
});

describe('the address of the log as a sheet', () => {
  it('names what narrows it and nothing else', () => {
    const search = { project: '', review: '', status: 'open', category: 'vfx', text: ' roto & paint ' } as const;
    expect(logUrl(search)).toBe('/api/log.csv?bom=1&status=open&category=vfx&text=roto+%26+paint');
  });
});
