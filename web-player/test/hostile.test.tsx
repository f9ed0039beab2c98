import { render, type ComponentChild } from 'preact';
import { afterEach, describe, expect, it } from 'vitest';
import type { AuditEntry } from '../src/api/house';
import type { ChatLine, Comment, Link, ListedSource, Person, Review, Viewer } from '../src/api/types';
import { CommentsPanel } from '../src/console/CommentsPanel';
import { LinksPanel } from '../src/console/LinksPanel';
import { RecordTable } from '../src/console/RecordTable';
import { ViewersPanel } from '../src/console/ViewersPanel';
import { LiveReviewFeed } from '../src/console/live';
import { RoomPanel } from '../src/console/RoomPanel';
import { Card } from '../src/design/Card';
import { Recorded } from '../src/join/Recorded';
import { ChatLines } from '../src/room/Chat';
import { Laser } from '../src/room/laser';
import { LaserLayer } from '../src/room/LaserLayer';
import { People } from '../src/room/People';
import PAYLOADS from '../../tests/e2e/data/payloads.json' with { type: 'json' };

const rate = { num: 25, den: 1, drop_frame: false };

function show(node: ComponentChild): HTMLElement {
  const root = document.createElement('div');
  document.body.append(root);
  render(node, root);
  return root;
}

const link = (text: string): Link => ({
  id: '1', name: text, email: text, expires_at: text, state: 'open', last_used_at: null,
  networks: [text], uses: 0, uses_limit: null, waiting_room: false, second_device: 'refused', house: false,
});
const viewer = (text: string): Viewer => ({
  id: '1', link_id: '1', name: text, email: text, ip: text, browser: text, session_code: text, joined_at: text, state: 'watching',
  ended_reason: null, picture: null, target: null, frames_per_second: null, frames_dropped: null, loss_percent: null, house: false, looking: true, hand_at: null, muted: false, srtp_cipher: text, display: null, display_at: null, probe_at: text, probe: { name: text, sha256: text, instrument: text, created: text, target: 'srgb', patches: 1, delta_mean: 1, delta_max: 2, white_x: 0.3, white_y: 0.3, cct: 6500, duv: 0, gamma: null, peak_cdm2: null, black_cdm2: null }, proof: { now: { at: text, state: 'wrong', reasons: ['filter'], rendition: text, measure: 'raw', code_error: null, delta_e: null, latency_ms: null }, worst: null, worst_reasons: [], frames_checked: 0, frames_disagreed: 0 },
});
const comment = (text: string): Comment => ({
  id: '1', revision: 1, parent_id: null, link_id: '1', viewer_id: '1', author: text, source_id: '1', text, source_frame: 1, duration_frames: 2, rate,
  timecode: text, category: 'vfx', priority: 'high', mentions: [], created_at: text, edited_at: text, resolved_at: text,
  resolved_by: text, deleted: false, has_still: true, proof: null, drawing_proof: null, frame_witness: null, drawing: { shapes: [{ kind: 'text', ink: 'red', at: [0, 0], text }] },
});
const entry = (text: string): AuditEntry => ({
  sequence: 1, at: text, actor: text, person: text, review: text, viewing: text, network: text, action: text, object: text,
  result: text, detail: { [text]: text },
});
const listed = (id: string, name: string): ListedSource => ({ id, name, on_air: false, reel: null, spec: { kind: 'file', path: name }, publish: null });
const said = (text: string): ChatLine => ({ id: '1', number: 1, link_id: null, author: text, text, said_at: text });
const person = (text: string): Person => ({ link_id: text, name: text, here: true, looking: false, hand: true, house: false });
const lasers: [Laser, string][] = [];
const pointing = (text: string): Laser => {
  const laser = new Laser({ link_id: '', name: '' }, nothing);
  lasers.push([laser, text]);
  laser.hear([{ link_id: text, name: text, at: [0.5, 0.5] }]);
  return laser;
};
const spoken = (text: string): Review => ({ id: text, chat: [said(text)], floor: { pointers: true, talkback: text }, media_fingerprint: text }) as unknown as Review;
const commands = { feed: {} as LiveReviewFeed, run: () => undefined };
const nothing = (): void => undefined;
const log = { jump: null, change: nothing, answer: nothing };

describe('hostile text', () => {
  afterEach(() => {
    document.body.replaceChildren();
    // What fades must not wake up when the page is gone.
    for (const [laser, text] of lasers.splice(0)) laser.hear([{ link_id: text, name: text, at: null }]);
  });

  for (const text of PAYLOADS) {
    it(`is shown as text: ${text.slice(0, 24)}`, () => {
      const root = show(
        <>
          <Card title={text} text={text} />
          <Recorded items={[text]} />
          <LinksPanel links={[link(text)]} onRevoke={nothing} />
          <ViewersPanel viewers={[viewer(text)]} links={[]} comments={[comment(text)]} onAdmit={nothing} onDeny={nothing} onRemove={nothing} onMute={nothing} onLowerHand={nothing} onRevoke={nothing} onTarget={nothing} />
          <CommentsPanel
            comments={[comment(text), { ...comment(text), id: '2', parent_id: '1' }]}
            sources={[listed('1', text), listed('2', text)]}
            actions={log}
          />
          <ChatLines lines={[said(text)]} isOwn={() => false} open />
          <RoomPanel review={spoken(text)} commands={commands} />
          <People people={[person(text), { ...person(text), link_id: 'b' }]} me="c" />
          <LaserLayer laser={pointing(text)} rect={{ left: 0, top: 0, width: 100, height: 100 }} />
          <RecordTable entries={[entry(text)]} reviews={[]} onPerson={nothing} />
        </>,
      );
      expect(root.textContent).toContain(text);
      expect(root.querySelectorAll('script, img:not([src^="/api/log/"]), iframe, svg:not(.shapes, .icon), [onerror]')).toHaveLength(0);
      expect(root.querySelectorAll('[onerror], [onload], [srcdoc], [href^="javascript"]')).toHaveLength(0);
    });
  }
});
