import { render, type ComponentChild } from 'preact';
import { afterEach, describe, expect, it } from 'vitest';
import type { Comment, Link, ListedSource, Viewer } from '../src/api/types';
import { CommentsPanel } from '../src/console/CommentsPanel';
import { LinksPanel } from '../src/console/LinksPanel';
import { ViewersPanel } from '../src/console/ViewersPanel';
import { Card } from '../src/design/Card';
import { Recorded } from '../src/join/Recorded';

const PAYLOADS = [
  '<img src=x onerror=alert(1)>',
  '<script>alert(1)</script>',
  '"><svg/onload=alert(1)>',
  "javascript:alert('x')",
  '</li></ol><iframe srcdoc="<script>1</script>">',
  '{{constructor.constructor("alert(1)")()}}',
  '&lt;b&gt; &amp; \u202Egnp.exe',
];
const rate = { num: 25, den: 1, drop_frame: false };

function show(node: ComponentChild): HTMLElement {
  const root = document.createElement('div');
  document.body.append(root);
  render(node, root);
  return root;
}

const link = (text: string): Link => ({
  id: '1', name: text, email: text, expires_at: text, state: 'open', last_used_at: null,
  networks: [text], uses: 0, uses_limit: null, waiting_room: false, second_device: 'refused',
});
const viewer = (text: string): Viewer => ({
  id: '1', link_id: '1', name: text, email: text, ip: text, browser: text, session_code: text, joined_at: text, state: 'watching',
  ended_reason: null, picture: null, target: null, frames_per_second: null, frames_dropped: null, srtp_cipher: text,
});
const comment = (text: string): Comment => ({
  id: '1', viewer_id: '1', author: text, source_id: '1', text, source_frame: 1, rate, timecode: text, created_at: text,
});
const listed = (id: string, name: string): ListedSource => ({ id, name, on_air: false, spec: { kind: 'file', path: name } });
const nothing = (): void => undefined;

describe('hostile text', () => {
  afterEach(() => document.body.replaceChildren());

  for (const text of PAYLOADS) {
    it(`is shown as text: ${text.slice(0, 24)}`, () => {
      const root = show(
        <>
          <Card title={text} text={text} />
          <Recorded items={[text]} />
          <LinksPanel links={[link(text)]} onRevoke={nothing} />
          <ViewersPanel viewers={[viewer(text)]} links={[]} onAdmit={nothing} onDeny={nothing} onRemove={nothing} onRevoke={nothing} onTarget={nothing} />
          <CommentsPanel comments={[comment(text)]} sources={[listed('1', text), listed('2', text)]} />
        </>,
      );
      expect(root.textContent).toContain(text);
      expect(root.querySelectorAll('script, img, iframe, svg')).toHaveLength(0);
      expect(root.querySelectorAll('[onerror], [onload], [srcdoc], [href^="javascript"]')).toHaveLength(0);
    });
  }
});
