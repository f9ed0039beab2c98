// A stand-in for the server, for looking at pages while developing: every request of a Playwright page is answered
// here, with the real security headers. Never part of the build.
import { readFile } from 'node:fs/promises';

export const ORIGIN = 'https://vitrine.test';
const DIST = new URL('../dist/', import.meta.url);

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
  "connect-src 'self'; media-src 'self' blob:; frame-ancestors 'none'; base-uri 'none'; form-action 'self'; " +
  "require-trusted-types-for 'script'; trusted-types 'none'";

const TYPES = { html: 'text/html; charset=utf-8', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', woff2: 'font/woff2' };

const at = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
/** The server's certificate in DTLS. */
const FINGERPRINT = Array.from({ length: 32 }, (_, n) => (n * 7 + 16).toString(16).toUpperCase()).join(':');
const rate = { num: 24000, den: 1001, drop_frame: false };

export const picture = {
  codec: 'H.264 High 4:4:4 Predictive', profile_level_id: 'f4001f', bits: 10, chroma: '4:4:4', width: 1280, height: 720,
  rate, color: 'sRGB on Rec.709, limited range (1-13-1)', bitrate_bps: 12_400_000, reference: true, note: null,
};
export const reduced = {
  ...picture, codec: 'H.264 Constrained Baseline', profile_level_id: '42e01f', bits: 8, chroma: '4:2:0',
  bitrate_bps: 6_100_000, reference: false, note: '8-bit 4:2:0: this browser does not take 10-bit 4:4:4',
};

const comment = (n, author, timecode, text, ago, more = {}) => ({
  id: `c${n}`, revision: n, parent_id: null, link_id: author === 'Ingrid Halvorsen' ? 'l1' : `l${n + 5}`, viewer_id: 'v', author, text,
  source_frame: 1000 + n, duration_frames: 1, rate, timecode, category: null, priority: 'normal', mentions: [], drawing: null,
  created_at: at(-ago), edited_at: null, resolved_at: null, resolved_by: null, deleted: false, proof: 'true', drawing_proof: null, frame_witness: null, ...more,
});

export const comments = [
  comment(1, 'Marta Oyelaran', '01:00:12:05', 'The sea goes a little green here. Could we pull it back towards the first pass?', 14),
  comment(2, 'Ingrid Halvorsen', '01:00:31:18', 'Skin is right now. Leave it.', 9, { category: 'color', resolved_at: at(-3), resolved_by: 'grade' }),
  comment(3, '佐藤 美咲', '01:01:02:00', '窓の外のハイライトをもう少し抑えてください。', 6, { category: 'vfx', priority: 'high', duration_frames: 48, mentions: ['l1'], drawing: { shapes: [{ kind: 'ellipse', ink: 'yellow', from: [0.3, 0.2], to: [0.6, 0.5] }] } }),
  comment(4, 'Marta Oyelaran', '01:01:40:11', '<img src=x onerror=alert(1)> & "quotes"', 2, { parent_id: 'c3' }),
];

const review = { id: 'r1', title: 'Harbour, reel 2', host: 'North Light Post', starts_at: at(-40), ends_at: at(95), version: 1 };
export const room = {
  review, viewer: { id: 'v1', link_id: 'l1', name: 'Ingrid Halvorsen', email: 'ingrid@fjordfilm.example', session_code: 'K7QF' },
  expires_at: at(95), source: { state: 'live' }, comments, comments_after: 0,
  people: [{ link_id: 'l1', name: 'Ingrid Halvorsen', here: true }, { link_id: 'l2', name: 'Marta Oyelaran', here: true }], whep_url: '/whep/r1', media_fingerprint: FINGERPRINT,
};

const viewer = (n, name, email, ip, state, more) => ({
  id: `v${n}`, link_id: `l${n}`, name, email, ip, browser: 'Chrome 156, macOS', session_code: `K7Q${n}`, joined_at: at(-30 + n), state,
  ended_reason: null, picture: null, frames_per_second: null, frames_dropped: null, loss_percent: null, srtp_cipher: null, display: null, display_at: null, probe: null, probe_at: null, proof: { now: null, worst: null, worst_reasons: [], frames_checked: 0, frames_disagreed: 0 }, ...more,
});
const now = (more) => ({
  at: at(0), state: 'true', reasons: [], rendition: '10-bit 4:4:4, sRGB target', measure: 'raw', code_error: { mean: 0.08, max: 1 },
  delta_e: { mean: 0.02, max: 0.11, kind: '2000' }, latency_ms: 88.4, ...more,
});
const proof = (of, worst = of.state, more = {}) => ({ now: of, worst, worst_reasons: of.reasons, frames_checked: 3140, frames_disagreed: 0, ...more });
const probe = {
  name: 'studio-b.ti3', sha256: '9f2c', instrument: 'X-Rite i1 DisplayPro', created: 'Mon Nov 23 10:12:44 2026', target: 'srgb', patches: 110,
  delta_mean: 0.84, delta_max: 2.31, white_x: 0.3131, white_y: 0.3296, cct: 6480, duv: 0.0029, gamma: 2.21, peak_cdm2: 101.2, black_cdm2: 0.061,
};
/** Half an hour: a browser that was wrong for a minute, then silent, then true. */
const samples = Array.from({ length: 180 }, (_, n) => {
  const wrong = n > 20 && n < 28;
  const of = wrong ? now({ state: 'wrong', reasons: ['filter'], delta_e: { mean: 4.1, max: 9.6, kind: '2000' } }) : now({ latency_ms: 80 + (n % 17) });
  return { ...of, at: at(-30 + n / 6), change: n === 0 || n === 21 || n === 28, frames_checked: 20, frames_disagreed: 0 };
}).filter((_, n) => n < 90 || n > 120);
const course = (n, name, more) => ({
  viewing_id: `g${n}`, viewer_id: `v${n}`, name, browser: 'Chrome 156 on macOS', session_code: `K7Q${n}`, started_at: at(-30), ended_at: null,
  worst: 'wrong', worst_reasons: ['filter'], seconds: { true: 1410, reduced: 0, wrong: 70, unknown: 320 }, code_error: { mean: 0.08, max: 1.25 },
  delta_e: [{ mean: 0.21, max: 9.6, kind: '2000' }], latency_ms: 88, frames_checked: 2980, frames_disagreed: 0, samples, ...more,
});
const proofReport = {
  review: 'r1', title: 'Harbour, reel 2', host: 'North Light Post', made_at: at(0),
  viewings: [course(1, 'Ingrid Halvorsen', {}), course(3, '佐藤 美咲', { worst: null, worst_reasons: [], seconds: { true: 0, reduced: 0, wrong: 0, unknown: 40 }, code_error: null, delta_e: [], latency_ms: null, frames_checked: 0, samples: [] })],
};
const watching = { picture, frames_per_second: 23.98, frames_dropped: 0, loss_percent: 0, srtp_cipher: 'SRTP_AEAD_AES_256_GCM' };
const link = (n, name, email, state) => ({ id: `l${n}`, name, email, expires_at: at(95), state, last_used_at: null, networks: [], uses: 1, uses_limit: null, waiting_room: false, second_device: 'refused' });

export const fullReview = {
  ...review, state: 'live', input_color: 'bt1886', look_name: 'harbour_show_v3.cube',
  look: { range: 'from-tags', grade: { cdl: null, lut_name: 'harbour_show_v3.cube', lut_off: false }, wipe: null },
  source: { state: 'live', description: 'ProRes 422 HQ, 10-bit', width: 1920, height: 1080, rate, color: 'Rec.709, gamma 2.4', color_trust: 'declared', reason: null,
    transport: { playing: false, speed_percent: 100, range: null, frame: 412, frames: 2880, can_seek: true, first_label: 86_400 }, held: false },
  source_spec: { kind: 'file', path: '/media/harbour/reel2_v07.mov' },
  sources: [
    { id: 's1', name: 'Reel 2, version 7', on_air: true, spec: { kind: 'file', path: '/media/harbour/reel2_v07.mov' } },
    { id: 's2', name: 'sh0450_comp.####.dpx', on_air: false, spec: { kind: 'sequence', path: '/media/harbour/sh0450_comp.####.dpx', rate: null } },
    { id: 's3', name: 'Slate', on_air: false, spec: { kind: 'slate' } },
  ],
  links: [
    link(1, 'Ingrid Halvorsen', 'ingrid@fjordfilm.example', 'in_use'), link(2, 'Marta Oyelaran', 'marta@oyelaran.example', 'in_use'),
    link(3, '佐藤 美咲', 'sato@kumo.example', 'in_use'), link(4, 'Theo Brandt', 'theo@brandt.example', 'revoked'),
    link(5, 'Alix Fontaine', 'alix@fontaine.example', 'open'),
  ],
  viewers: [
    viewer(1, 'Ingrid Halvorsen', 'ingrid@fjordfilm.example', '203.0.113.24', 'watching', { ...watching, proof: proof(now({}), 'wrong', { worst_reasons: ['filter'] }), probe, probe_at: at(-4300), display_at: at(-4310), display: { gamut: 'srgb', hdr: false, depth_bits: 8, width: 2560, height: 1440, scale_percent: 100, blacks: true, whites: true, greys: true, patches: true } }),
    viewer(2, 'Marta Oyelaran', 'marta@oyelaran.example', '198.51.100.7', 'watching', { ...watching, picture: reduced, frames_dropped: 12, proof: proof(now({ state: 'reduced', reasons: ['eight_bit', 'chroma_420'], rendition: '8-bit 4:2:0, sRGB target' }), 'reduced', { frames_disagreed: 2 }), browser: 'Safari 26, iPadOS' }),
    viewer(3, '佐藤 美咲', 'sato@kumo.example', '2001:db8:3f::41', 'joined', {}),
    viewer(5, 'Alix Fontaine', 'alix@fontaine.example', '203.0.113.77', 'waiting', {}),
    viewer(4, 'Theo Brandt', 'theo@brandt.example', '192.0.2.88', 'ended', { ended_reason: 'link_revoked' }),
  ],
  comments, capacity: { viewers_now: 2, viewers_possible: 6 }, media_fingerprint: FINGERPRINT,
};

const audit = [
  ['comment.create', 'Marta Oyelaran', 'ok'], ['link.revoke', 'grade', 'ok'], ['viewing.start', 'Ingrid Halvorsen', 'ok'],
  ['link.redeem', 'unknown', 'refused'], ['review.create', 'grade', 'ok'],
].map(([action, actor, result], n) => ({ sequence: 41 - n, at: at(-n * 3), actor, viewing: null, network: '203.0.113.24', action, object: null, result, detail: {} }));

const fail = (status, code, message, more = {}) => ({ status, json: { error: { code, message, field: null, ...more } } });

/** Answers by "METHOD /path"; `over` replaces any of them. */
function answers(over) {
  return {
    'POST /api/links/inspect': { json: { review, recipient: room.viewer, expires_at: at(95), passphrase_required: true,
      recorded: ['name and e-mail', 'network address and browser', 'times of joining, watching and leaving', 'comments and the frame they are pinned to'] } },
    'POST /api/links/redeem': (body) => body.passphrase === 'wrong' ? fail(403, 'refused', 'no') : { json: room },
    'GET /api/room': { json: room },
    'POST /api/leases': { status: 201, json: { lease: 'x', expires_at: at(5), renew_after_s: 120 } },
    'POST /api/comments': (body) => ({ status: 201, json: comment(99, room.viewer.name, '01:02:03:04', body.text, 0, { id: body.id, parent_id: body.parent_id ?? null, drawing: body.drawing ?? null }) }),
    'POST /api/room/leave': { status: 204 },
    'GET /api/me': fail(401, 'signed_out', 'no'),
    'POST /api/sign-in': (body) => body.password === 'wrong' ? fail(403, 'sign_in_refused', 'no') : { json: { id: 'a', user: body.user, role: 'admin', stage: 'open', profile: 'facility' } },
    'GET /api/reviews': { json: { reviews: [fullReview, { ...fullReview, id: 'r2', title: 'Harbour, reel 3', state: 'planned', starts_at: at(1300), ends_at: at(1420) }, { ...fullReview, id: 'r3', title: 'Lantern, trailer 60"', host: 'North Light Post', state: 'ended', starts_at: at(-3000), ends_at: at(-2900) }] } },
    'POST /api/reviews': { status: 422, json: { error: { code: 'invalid', field: 'look_cube', message: 'Line 14: expected 3 numbers, found 2.' } } },
    'GET /api/reviews/r1': { json: fullReview },
    'POST /api/reviews/r1/links': { status: 201, json: { link: link(9, 'Noor Haddad', 'noor@haddad.example', 'open'), url: `${ORIGIN}/join#3vQJ1n5cUe0wq7Qm2Xb8yTtS4kLrPzDfGhAoBiCjEdM`, passphrase: 'amber-otter-quarry-51' } },
    'GET /api/sign-in/ways': { json: { passwordless: true, provider: 'House sign-in' } },
    'GET /api/passkeys': { json: { passkeys: [{ id: '1', name: 'Laptop', synced: true, created_at: '2026-11-02T08:00:00Z', used_at: null }] } },
    'GET /api/policy': { json: { profile: 'facility', password_least: 12, password_kinds: 0, password_blocklist: false, password_life_days: null, second_factor: true, passwordless: true, prompt_every_s: null, lock_until_unlocked: false, session_idle_s: 900, projects: [] } },
    'GET /api/sessions': { json: { sessions: [
      { id: 's1', user: 'grade', own: true, stage: 'open', ip: '203.0.113.24', browser: 'Chrome 156 on macOS', created_at: at(-50), used_at: at(0) },
      { id: 's2', user: 'producer', own: false, stage: 'second_factor', ip: '198.51.100.7', browser: 'Firefox 150 on Windows', created_at: at(-9), used_at: at(-4) },
    ] } },
    'GET /api/reviews/r1/proof': { json: proofReport },
    'GET /api/audit': { json: { entries: audit } },
    ...over,
  };
}

async function file(path) {
  const pages = { '/join': 'client.html', '/room': 'client.html', '/console': 'console.html' };
  const name = pages[path] ?? path.slice(1);
  const body = await readFile(new URL(name, DIST));
  return { body, headers: { 'content-type': TYPES[name.split('.').pop()] ?? 'application/octet-stream', 'content-security-policy': CSP, 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' } };
}

/** Runs in the page: WHEP is answered by a second peer that sends a drawn test chart. */
function fakeMedia(mode) {
  const real = window.fetch;
  const chart = () => {
    const canvas = document.createElement('canvas');
    canvas.width = 1280;
    canvas.height = 720;
    const g = canvas.getContext('2d');
    const patches = ['#735244', '#c29682', '#627a9d', '#576c43', '#8580b1', '#67bdaa', '#d67e2c', '#505ba6', '#c15a63', '#5e3c6c', '#9dbc40', '#e0a32e', '#383d96', '#469449', '#af363c', '#e7c71f', '#bb5695', '#0885a1', '#f3f3f2', '#c8c8c8', '#a0a0a0', '#7a7a79', '#555', '#343434'];
    let n = 0;
    const draw = () => {
      g.fillStyle = '#101010';
      g.fillRect(0, 0, 1280, 720);
      patches.forEach((color, i) => { g.fillStyle = color; g.fillRect(90 + (i % 6) * 186, 60 + Math.floor(i / 6) * 126, 170, 110); });
      for (let x = 0; x < 64; x++) { const v = x * 4; g.fillStyle = `rgb(${v},${v},${v})`; g.fillRect(90 + x * 17.2, 580, 18, 60); }
      g.fillStyle = '#fff';
      g.fillRect((n++ * 7) % 1280, 660, 60, 30);
    };
    draw();
    setInterval(draw, 40);
    return canvas.captureStream(25);
  };
  window.fetch = async (input, init) => {
    if (!String(input).startsWith('/whep/')) return real(input, init);
    if (init.method === 'DELETE') return new Response(null, { status: 200 });
    if (window.__full) return new Response('{"error":{"code":"full","message":"full","field":null}}', { status: 503, headers: { 'retry-after': '30' } });
    if (mode === 'silent') return new Promise(() => undefined);
    const peer = (window.__peer = new RTCPeerConnection());
    await peer.setRemoteDescription({ type: 'offer', sdp: init.body });
    const [track] = chart().getVideoTracks();
    await peer.getTransceivers()[0].sender.replaceTrack(track);
    peer.getTransceivers()[0].direction = 'sendonly';
    await peer.setLocalDescription(await peer.createAnswer());
    await new Promise((done) => setTimeout(done, 200));
    return new Response(peer.localDescription.sdp, { status: 201, headers: { location: '/whep/r1/viewing-1', 'content-type': 'application/sdp' } });
  };
}

/** Puts the fake under a page; returns a hand to push events into it. */
export async function fake(page, { over = {}, mode = 'media', roomState = room, pictureNow = picture } = {}) {
  const table = answers(over);
  const sockets = [];
  await page.addInitScript(fakeMedia, mode);
  await page.route('**/*', async (route) => {
    const request = route.request();
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith('/api/')) return route.fulfill(await file(pathname));
    const entry = table[`${request.method()} ${pathname}`] ?? fail(404, 'not_found', pathname);
    return route.fulfill(typeof entry === 'function' ? entry(request.postDataJSON()) : entry);
  });
  await page.routeWebSocket('**/api/**', (socket) => {
    let seq = 0;
    const send = (message) => socket.send(JSON.stringify({ seq: seq++, ...message }));
    sockets.push({ send, socket });
    if (!socket.url().includes('/room/')) return send({ type: 'snapshot', review: fullReview });
    send({ type: 'snapshot', room: roomState });
    send({ type: 'picture', picture: pictureNow });
    const tick = () => send({ type: 'clock', rtp_timestamp: 0, source_frame: 0, timecode_frames: 87_000, rate, slate: false });
    tick();
    const timer = setInterval(tick, 1000);
    timer.unref();
    socket.onClose(() => clearInterval(timer));
  });
  return { sockets, push: (message) => sockets.at(-1)?.send(message) };
}
