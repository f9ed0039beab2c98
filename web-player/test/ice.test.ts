import { expect, it } from 'vitest';
import { credentialsOf, withCredentials } from '../src/room/ice';

const ANSWER = 'v=0\r\nm=video 9 X 96\r\na=ice-ufrag:old\r\na=ice-pwd:older\r\nm=audio 9 X 111\r\na=ice-ufrag:old\r\na=ice-pwd:older\r\n';

it('takes the credentials of the first medium, which carries all others', () => {
  expect(credentialsOf(ANSWER)).toBe('a=ice-ufrag:old\r\na=ice-pwd:older\r\n');
});

it('puts new credentials in the place of the old ones and leaves the rest', () => {
  const anew = withCredentials(ANSWER, 'a=ice-lite\r\na=mid:0\r\na=ice-ufrag:new\r\na=ice-pwd:newer\r\na=candidate:1\r\n');
  expect(anew).toBe(ANSWER.replaceAll('older', 'newer').replaceAll(':old\r', ':new\r'));
});

it('leaves a description as it is when the fragment says nothing', () => {
  expect(withCredentials(ANSWER, '')).toBe(ANSWER);
});
