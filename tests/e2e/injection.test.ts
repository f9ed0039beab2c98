/** Thirty payloads in every text a person can give: shown as text in the room and the console, harmless in every file. */
import { expect, it } from 'vitest';
import { join, newPage, signIn, untilPlaying } from './support/browser.ts';
import { session } from './support/session.ts';
import payloads from './data/payloads.json' with { type: 'json' };

const run = session();
const FILES = ['csv', 'json', 'resolve', 'avid', 'avid-xml', 'premiere', 'fcpxml', 'otio', 'pdf'];
/** Lines of chat that one person may say at once. */
const AT_ONCE = 5;
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** What the page was talked into: elements that only a payload could have made. */
const INJECTED = 'script:not([src]), iframe, img:not([src^="/api/log/"]), base, meta[http-equiv], form[action], style:not([nonce]), [onerror], [onload], [ontoggle], a[href^="javascript"]';

it('shows thirty payloads as text in room and console, and writes them harmlessly into every file', async () => {
  const named = await run.server.invite(payloads[1] ?? '', 'ana@example.test');
  const client = await newPage(run.browser);
  const desk = await newPage(run.browser);
  const dialogs: string[] = [];
  for (const page of [client, desk]) page.on('dialog', (dialog) => (dialogs.push(dialog.message()), dialog.dismiss()));
  await join(client, named);
  await untilPlaying(client);
  await signIn(desk, run.server);
  const before = await client.locator(INJECTED).count();
  const deskBefore = await desk.locator(INJECTED).count();

  // Typed by hand once, so that the frame is the page's own; the others go the same way without the keyboard.
  const request = client.waitForRequest((each) => each.url().endsWith('/api/comments') && each.method() === 'POST');
  await client.getByTestId('comment-text').fill(payloads[0] ?? '');
  await client.getByTestId('comment-send').click();
  const body = (await request).postDataJSON() as Record<string, unknown>;
  const statuses = await client.evaluate(
    async ([body, texts]) => {
      const statuses: number[] = [];
      for (const text of texts) {
        const label = text.replace(/[\t\n]/g, ' ').slice(0, 100);
        const drawing = { shapes: [{ kind: 'text', ink: 'red', at: [0.1, 0.1], text: label }] };
        const answer = await fetch('/api/comments', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ ...body, id: crypto.randomUUID(), text, drawing }),
        });
        statuses.push(answer.status);
      }
      return statuses;
    },
    [body, payloads.slice(1)] as const,
  );
  expect(new Set(statuses)).toEqual(new Set([201]));

  // Chat, the house's sentence, a name that points: text like any other. One person may say five things at once, so six do.
  const said: number[] = [];
  for (let first = 0; first < payloads.length; first += AT_ONCE) said.push(...(await chat(first, payloads.slice(first, first + AT_ONCE))));
  expect(new Set(said)).toEqual(new Set([201]));
  await client.locator('body').press('t');
  for (const page of [client, desk]) {
    const chat = page.getByTestId('chat-lines');
    await expect.poll(() => chat.locator(':scope > li').count(), { timeout: 10_000 }).toBe(payloads.length);
    const text = await chat.evaluate((element) => element.textContent ?? '');
    for (const payload of payloads) expect(text).toContain(payload.replace(/[\t\n]/g, ' ').trim());
  }
  for (const payload of payloads.map((each) => each.replace(/[\t\n]/g, ' ').trim().slice(0, 120))) {
    await desk.getByTestId('talkback-text').fill(payload);
    await desk.getByTestId('talkback-text').press('Enter');
    await expect.poll(() => client.getByTestId('talkback').textContent()).toBe(payload);
  }
  await client.getByTestId('part-comments').click();

  for (const page of [client, desk]) {
    const list = page.getByTestId('comment-list');
    await expect.poll(() => list.locator(':scope > li').count(), { timeout: 10_000 }).toBe(payloads.length);
    const text = await list.evaluate((element) => element.textContent ?? '');
    for (const payload of payloads) expect(text).toContain(payload.trim());
  }
  for (const show of await client.getByTestId('show-drawing').all()) await show.click();
  expect(await client.locator(INJECTED).count()).toBe(before);
  expect(await desk.locator(INJECTED).count()).toBe(deskBefore);

  const review = await run.server.review();
  const found = await desk.evaluate(
    async ([review, formats]) => {
      const texts: Record<string, string> = {};
      const markup: Record<string, string> = {};
      const problems: string[] = [];
      for (const format of formats) {
        const answer = await fetch(`/api/reviews/${review}/comments/${format}`);
        if (!answer.ok) problems.push(`${format}: ${answer.status}`);
        if (!answer.headers.get('content-disposition')?.startsWith('attachment')) problems.push(`${format}: not an attachment`);
        texts[format] = await answer.text();
        if (answer.headers.get('content-type')?.startsWith('application/xml')) markup[format] = texts[format];
      }
      return { texts, markup, problems };
    },
    [review, FILES] as const,
  );
  expect(found.problems).toEqual([]);
  // Chromium's own parser, on a page that is none of ours, whose Trusted Types forbid it: well formed, and nothing of a
  // payload has become an element.
  const parsed = await (await newPage(run.browser)).evaluate(
    (markup) =>
      Object.entries(markup).flatMap(([format, text]) => {
        const document = new DOMParser().parseFromString(text.replace(/<!DOCTYPE[^>]*>/, ''), 'application/xml');
        const wrong = document.querySelector('parsererror, script, img, iframe');
        return wrong ? [`${format}: ${wrong.outerHTML}`] : [];
      }),
    found.markup,
  );
  expect(parsed).toEqual([]);
  expect(Object.keys(found.markup)).toContain('fcpxml');
  const rows = cells(found.texts['csv'] ?? '');
  expect(rows).toHaveLength(payloads.length + 1);
  expect(rows.flat().filter((cell) => FORMULA.test(cell))).toEqual([]);
  const texts = (JSON.parse(found.texts['json'] ?? '') as { comments: { text: string }[] }).comments.map(({ text }) => text);
  expect(texts).toEqual(payloads.map((payload) => payload.trim()));

  expect(dialogs).toEqual([]);
  expect(client.errors).toEqual([]);
  expect(desk.errors).toEqual([]);
});

/** Somebody comes in, without a picture, and says these lines: what the server answers to each. */
async function chat(number: number, texts: string[]): Promise<number[]> {
  const { url, passphrase } = await run.server.invite(`Guest ${number}`, `guest${number}@example.test`);
  const { context, origin } = { context: await run.browser.newContext({ ignoreHTTPSErrors: true }), origin: run.server.origin };
  const post = async (path: string, data: object): Promise<number> =>
    (await context.request.post(`${origin}${path}`, { data, headers: { origin } })).status();
  expect(await post('/api/links/redeem', { secret: new URL(url).hash.slice(1), passphrase })).toBe(200);
  const statuses: number[] = [];
  for (const text of texts) statuses.push(await post('/api/chat', { id: crypto.randomUUID(), text: text.replace(/[\t\n]/g, ' ') }));
  await context.close();
  return statuses;
}

/** Cells of a CSV, read by RFC 4180 here so that no library hides what it forgives. */
function cells(csv: string): string[][] {
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r\n|$)/g)) {
    if (quoted === undefined && plain === '' && end === '') break;
    rows.at(-1)?.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
    if (end === '\r\n') rows.push([]);
  }
  return rows.filter((row) => row.length > 0);
}
