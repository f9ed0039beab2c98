// @vitest-environment happy-dom
import { render } from 'preact';
import { afterEach, describe, expect, it } from 'vitest';
import { setLanguage } from '../src/messages';
import { EndedPage } from '../src/room/EndedPage';
import type { ShownComment } from '../src/room/outbox';

const comment = (text: string, state: ShownComment['state']): ShownComment =>
  ({ id: text, text, state, timecode: '01:00:02:10' }) as unknown as ShownComment;

function page(reason: 'review_ended' | 'replaced', comments: ShownComment[]): HTMLElement {
  const root = document.createElement('div');
  document.body.append(root);
  render(<EndedPage reason={reason} message="" host="North Light" comments={comments} />, root);
  return root;
}

describe('the end page', () => {
  afterEach(() => document.body.replaceChildren());

  it('says that comments arrived when they did', () => {
    setLanguage('en');
    const text = page('review_ended', [comment('warm', 'sent')]).textContent;
    expect(text).toContain('Your comments are with North Light');
    expect(text).not.toContain('warm');
  });

  it('gives back the words that reached nobody, and does not say that they did', () => {
    const root = page('review_ended', [comment('warm', 'sent'), comment('typed in a tunnel', 'unsent')]);
    expect(root.querySelector('[data-testid=unsent]')?.textContent).toContain('01:00:02:10 typed in a tunnel');
    expect(root.textContent).toContain('1 of your comments did not reach North Light');
    expect(root.textContent).not.toContain('Your comments are with');
    expect(root.textContent).not.toContain('warm');
  });

  it('keeps them for itself while another window can still send them', () => {
    expect(page('replaced', [comment('later', 'unsent')]).querySelector('[data-testid=unsent]')).toBeNull();
  });
});
