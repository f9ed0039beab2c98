import { afterEach, describe, expect, it } from 'vitest';
import { setLanguage } from '../src/messages';
import { inOurWords, refusalInOurWords } from '../src/messages/server';

describe('what the server says', () => {
  afterEach(() => setLanguage('en'));

  it('stays as it is in English', () => {
    expect(inOurWords('the sender stopped')).toBe('the sender stopped');
    expect(refusalInOurWords('busy', 'The server is busy.')).toBe('The server is busy.');
  });

  it('is said in Japanese with its names and figures', () => {
    setLanguage('ja');
    expect(inOurWords('waiting for a sender at srt://127.0.0.1:9000')).toBe('srt://127.0.0.1:9000 で送信を待っています');
    expect(inOurWords('password has 5 characters; at least 12 are needed')).toBe('12 文字以上必要です（現在 5 文字）。');
    expect(inOurWords('reference reel, 10-bit 4:4:4')).toBe('リファレンスリール、10-bit 4:4:4');
    expect(refusalInOurWords('review_over', 'The review has ended.')).toBe('試写は終了しています。');
  });

  it('stays as it came where it is not known', () => {
    setLanguage('ja');
    expect(inOurWords('H.264, 10-bit 4:2:2')).toBe('H.264, 10-bit 4:2:2');
    expect(refusalInOurWords('invalid', 'something new')).toBe('something new');
  });
});
