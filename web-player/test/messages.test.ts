import { afterEach, describe, expect, it } from 'vitest';
import { fill, languageOf, setLanguage, t } from '../src/messages';
import { consoleMessages, tc } from '../src/messages/console';
import { messages } from '../src/messages/messages';

const all = Object.entries({ ...messages, ...consoleMessages }) as [string, readonly [string, string]][];
const holes = (text: string): string[] => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '').sort();

describe('messages', () => {
  afterEach(() => setLanguage('en'));

  it('are complete in both languages, with the same holes', () => {
    for (const [key, [en, ja]] of all) {
      expect(en.trim(), key).not.toBe('');
      expect(ja.trim(), key).not.toBe('');
      expect(holes(ja), key).toEqual(holes(en));
    }
  });

  it('share no key between the client and the console', () => {
    expect(all.length).toBe(Object.keys(messages).length + Object.keys(consoleMessages).length);
  });

  it('follow the language of the browser', () => {
    expect(languageOf('ja-JP')).toBe('ja');
    expect(languageOf('de-DE')).toBe('en');
    setLanguage('ja');
    expect(t('join')).toBe('参加する');
    expect(tc('sign_in')).toBe('サインイン');
  });

  it('fill each hole with text as it is', () => {
    expect(fill('{name} in {name}', { name: '$& <b>{x}</b>' })).toBe('$& <b>{x}</b> in $& <b>{x}</b>');
    expect(fill('{unknown}')).toBe('{unknown}');
  });

  it('say one thing as one, and any other number as many', () => {
    const said = (count: number): string => tc('stills_open', { count });
    expect([0, 1, 2, 21].map(said)).toEqual(['0 stills (S)', '1 still (S)', '2 stills (S)', '21 stills (S)']);
    setLanguage('ja');
    expect(said(1)).toBe('静止画 1 点 (S)');
  });

  it('count no plural by hand', () => {
    const plain = all.filter(([, [en]]) => /\{(count|entries|tries|minutes|possible)\} [a-z]+s\b/.test(en)).map(([key]) => key);
    // At least a hundred, where these are said.
    expect(plain).toEqual(['l_count_more', 'record_count_more'].filter((key) => plain.includes(key)));
  });

  it('know every reason for which a viewing ends', () => {
    const reasons = ['link_expired', 'link_revoked', 'review_ended', 'removed', 'replaced', 'lease_expired', 'left', 'connection_lost', 'server_stopping', 'room_full'];
    for (const reason of reasons) {
      expect(messages).toHaveProperty(`ended_${reason}`);
      expect(messages).toHaveProperty(`ended_${reason}_next`);
      expect(consoleMessages).toHaveProperty(`r_${reason}`);
    }
  });
});
