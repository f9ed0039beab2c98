// Screenshots of every page and state at phone, laptop and 4K size, against the fake server: `node dev/shots.mjs [folder]`.
import { mkdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { ORIGIN, fake, fullReview, reduced, room } from './fake.mjs';

const OUT = process.argv[2] ?? '.cache/shots';
const only = process.argv[3];
const SIZES = { phone: [390, 844], laptop: [1440, 900], uhd: [3840, 2160] };
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
const join = async (page) => { await page.getByTestId('passphrase').fill('x'); await page.getByTestId('join').click(); await sleep(2800); };
const toJoin = (page) => page.goto(`${ORIGIN}/join#secret`);
const ended = (reason) => async (page, hand) => { await page.goto(`${ORIGIN}/room`); await sleep(900); hand.push({ type: 'ended', reason, message: '' }); await sleep(200); };

const due = (stage) => ({ 'GET /api/me': { json: { id: 'a', user: 'grade', role: 'admin', stage, profile: 'facility' } } });

const door = { status: 202, json: { waiting: true, review: room.review, name: room.viewer.name } };
const waiting = { 'POST /api/links/redeem': door, 'GET /api/room': door };

const STATES = {
  join: { go: toJoin },
  'join-wrong': { go: async (page) => { await toJoin(page); await page.getByTestId('passphrase').fill('wrong'); await page.getByTestId('join').click(); } },
  'join-dead': { go: toJoin, options: { over: { 'POST /api/links/inspect': { status: 403, json: { error: { code: 'refused', message: '', field: null } } } } } },
  'join-ja': { go: toJoin, locale: 'ja-JP' },
  room: { go: async (page) => { await toJoin(page); await join(page); } },
  'room-ja': { go: async (page) => { await toJoin(page); await join(page); }, locale: 'ja-JP' },
  'room-comment': { go: async (page) => { await toJoin(page); await join(page); if (!(await page.getByTestId('comment-text').isVisible())) await page.keyboard.press('c'); await page.getByTestId('comment-text').pressSequentially('Could the sky be a touch cooler?'); } },
  'room-facts': { go: async (page) => { await toJoin(page); await join(page); await page.getByTestId('picture-facts').focus(); await sleep(300); }, options: { pictureNow: reduced } },
  'room-help': { go: async (page) => { await toJoin(page); await join(page); await page.keyboard.press('?'); } },
  'room-lost': { go: async (page, hand) => { await toJoin(page); await join(page); hand.push({ type: 'source', source: { state: 'lost' } }); await sleep(200); } },
  'room-reconnecting': { go: async (page, hand) => { await toJoin(page); await join(page); hand.sockets.at(-1).socket.close(); await page.evaluate(() => { window.fetch = () => new Promise(() => undefined); window.__peer.close(); }); await sleep(9000); } },
  'room-waiting': { go: async (page) => { await page.goto(`${ORIGIN}/room`); await sleep(700); }, options: { mode: 'silent', roomState: { ...room, source: { state: 'waiting' }, comments: [] } } },
  'room-idle': { go: async (page) => { await toJoin(page); await join(page); await page.mouse.move(100, 100); await sleep(3400); } },
  'room-full': { go: async (page) => { await page.addInitScript(() => { window.__full = true; }); await page.goto(`${ORIGIN}/room`); await sleep(700); } },
  door: { go: async (page) => { await toJoin(page); await page.getByTestId('passphrase').fill('x'); await page.getByTestId('join').click(); await sleep(300); }, options: { over: waiting } },
  'door-ja': { go: (page) => page.goto(`${ORIGIN}/room`), options: { over: waiting }, locale: 'ja-JP' },
  'ended-denied': { go: ended('denied') },
  'ended-revoked': { go: ended('link_revoked') },
  'ended-replaced': { go: ended('replaced') },
  'ended-review': { go: ended('review_ended'), locale: 'ja-JP' },
  'sign-in': { go: (page) => page.goto(`${ORIGIN}/console`) },
  'due-second-factor': { go: (page) => page.goto(`${ORIGIN}/console`), options: { over: { ...due('second_factor'), 'GET /api/factors': { json: { totp: true, passkeys: 1, recovery_codes: 9 } } } } },
  'due-enrol': { go: (page) => page.goto(`${ORIGIN}/console`), options: { over: { ...due('enrol'), 'POST /api/factors/totp': { status: 201, json: { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', url: 'otpauth://totp/Vitrine:grade?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Vitrine' } } } } },
  'due-codes': { go: async (page) => { await page.goto(`${ORIGIN}/console`); await page.getByTestId('code').fill('123456'); await page.getByTestId('give-code').click(); await sleep(300); }, options: { over: { ...due('enrol'), 'POST /api/factors/totp': { status: 201, json: { secret: 'JBSWY3DPEHPK3PXP', url: 'otpauth://x' } }, 'POST /api/factors/totp/confirm': { json: { recovery_codes: Array.from({ length: 10 }, (_, n) => `k7qx${n}-mwp3d-r8tzv`) } } } } },
  security: { go: async (page) => { await page.goto(`${ORIGIN}/console#/security`); await sleep(500); }, signedIn: true },
  reviews: { go: async (page) => { await page.goto(`${ORIGIN}/console#/`); await sleep(500); } , signedIn: true },
  new: { go: async (page) => { await page.goto(`${ORIGIN}/console#/new`); await sleep(300); await page.getByLabel('Title').fill('Harbour'); await page.getByRole('button', { name: 'Create review' }).click(); }, signedIn: true },
  review: { go: async (page) => { await page.goto(`${ORIGIN}/console#/reviews/r1`); await sleep(500); await page.locator('.audit summary').click(); await page.locator('.invite-door summary').click(); await sleep(300); }, signedIn: true },
  'review-made': { go: async (page) => { await page.goto(`${ORIGIN}/console#/reviews/r1`); await sleep(500); await page.locator('[name=name]').fill('Noor'); await page.locator('[name=email]').fill('n@x.example'); await page.locator('.invite button[type=submit]').click(); await sleep(300); await page.getByTestId('revoke').first().click(); }, signedIn: true },
  'review-unverified': { go: async (page, hand) => { await page.goto(`${ORIGIN}/console#/reviews/r1`); await sleep(500); hand.push({ type: 'source', source: { ...fullReview.source, color_trust: 'unverified', color: null } }); await sleep(200); }, signedIn: true },
  proof: { go: async (page) => { await page.goto(`${ORIGIN}/console#/reviews/r1/proof`); await sleep(500); }, signedIn: true },
  'proof-ja': { go: async (page) => { await page.goto(`${ORIGIN}/console#/reviews/r1/proof`); await sleep(500); }, signedIn: true, locale: 'ja-JP' },
  'review-ja': { go: async (page) => { await page.goto(`${ORIGIN}/console#/reviews/r1`); await sleep(500); }, signedIn: true, locale: 'ja-JP' },
};

const browser = await chromium.launch({
  executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
await mkdir(OUT, { recursive: true });
for (const [name, { go, options = {}, locale = 'en-GB', signedIn }] of Object.entries(STATES)) {
  if (only && !new RegExp(only).test(name)) continue;
  for (const [size, [width, height]] of Object.entries(SIZES)) {
    if (process.argv[4] && !process.argv[4].split(',').includes(size)) continue;
    const context = await browser.newContext({ viewport: { width, height }, locale, hasTouch: size === 'phone' });
    const page = await context.newPage();
    page.on('pageerror', (error) => console.log(name, size, 'ERROR', error.message));
    page.on('console', (message) => ['error', 'warning'].includes(message.type()) && console.log(name, size, message.text()));
    const over = signedIn ? { 'GET /api/me': { json: { id: 'a', user: 'grade', role: 'admin', stage: 'open', profile: 'facility' } }, ...options.over } : options.over;
    const hand = await fake(page, { ...options, over });
    try { await go(page, hand); await sleep(400); } catch (error) { console.log(name, size, String(error).split('\n')[0]); }
    await page.screenshot({ path: `${OUT}/${name}-${size}.png`, timeout: 60000 });
    await context.close();
  }
}
await browser.close();
process.exit(0);
