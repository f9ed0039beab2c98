import { describe, expect, it } from 'vitest';
import type { Person } from '../src/api/types';
import { mentionAt, mentioned, suggested, withMention } from '../src/room/mentions';
import { threadsOf, withComment } from '../src/room/threads';

const comment = (id: string, at: number, parent_id: string | null = null, deleted = false) => ({
  id, parent_id, deleted, created_at: `2026-11-21T20:00:0${at}Z`, revision: at,
});
const shape = (comments: Parameters<typeof threadsOf>[0]): string[] =>
  threadsOf(comments).map(({ first, answers }) => [first.id, ...answers.map(({ id }) => id)].join(' '));

describe('threads', () => {
  it('put answers below what they answer, oldest first', () => {
    expect(shape([comment('b2', 4, 'b'), comment('b', 2), comment('a', 1), comment('b1', 3, 'b')])).toEqual(['a', 'b b1 b2']);
  });

  it('leave out what was taken back, unless others answer it', () => {
    expect(shape([comment('a', 1, null, true), comment('b', 2, null, true), comment('b1', 3, 'b'), comment('b2', 4, 'b', true)])).toEqual(['b b1']);
  });

  it('keep the newer state of a comment', () => {
    const list = [comment('a', 2)];
    expect(withComment(list, comment('a', 1))).toEqual(list);
    expect(withComment(list, comment('a', 3))).toEqual([comment('a', 3)]);
    expect(withComment(list, comment('b', 1))).toHaveLength(2);
  });
});

describe('mentions', () => {
  const people: Person[] = [
    { link_id: '1', name: 'Ana Ito', here: true, looking: true, hand: false, house: false },
    { link_id: '2', name: '佐藤 美咲', here: false, looking: false, hand: false, house: false },
    { link_id: 'me', name: 'Anton', here: true, looking: true, hand: false, house: false },
  ];

  it('are offered after an @ at the beginning of a word', () => {
    expect(mentionAt('hello @an', 9)).toEqual({ from: 6, letters: 'an' });
    expect(mentionAt('mail ana@example', 16)).toBeNull();
    expect(suggested(people, 'it', 'me').map(({ name }) => name)).toEqual(['Ana Ito']);
    expect(suggested(people, '佐', 'me')).toHaveLength(1);
    expect(suggested(people, 'an', 'me'), 'nobody names themselves').toHaveLength(1);
  });

  it('put the name in place of what was typed', () => {
    expect(withMention('look @an now', 8, 'Ana Ito')).toEqual({ text: 'look @Ana Ito  now', cursor: 14 });
    expect(mentioned(people, '@Ana Ito and @佐藤 美咲')).toEqual(['1', '2']);
  });
});
