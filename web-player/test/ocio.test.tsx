import { render } from 'preact';
import { act } from 'preact/test-utils';
import { afterEach, expect, test, vi } from 'vitest';
import { base64Of, ConfigPart, isConfiguration } from '../src/console/ConfigPart';
import type { Lut } from '../src/api/types';

const OFFERED = {
  color_spaces: ['ACEScct', 'LogC3'],
  displays: [
    { name: 'Rec.709', views: ['Film', 'Raw'] },
    { name: 'P3', views: ['Cinema'] },
  ],
};
const ADDED: Lut = { id: 'l', name: 'show.ocio, LogC3, P3, Cinema.cube', sha256: '00', listed_at: '2026-01-01T00:00:00.000Z' };

afterEach(() => vi.unstubAllGlobals());

function choose(page: Element, index: number, name: string): void {
  const select = page.querySelectorAll('select')[index];
  if (!select) throw new Error(`no choice ${index}`);
  select.value = name;
  void act(() => {
    select.dispatchEvent(new Event('change', { bubbles: true }));
  });
}

test('the views are those of the display, and what is chosen is what is asked for', async () => {
  const page = document.createElement('div');
  const onAdded = vi.fn();
  const answer = vi.fn<typeof fetch>(() => Promise.resolve(new Response(JSON.stringify(ADDED), { status: 201, headers: { 'content-type': 'application/json' } })));
  vi.stubGlobal('fetch', answer);
  await act(() => render(<ConfigPart chosen={{ name: 'show.ocio', config: 'AAAA', offered: OFFERED }} onAdded={onAdded} onCancel={vi.fn()} />, page));
  choose(page, 0, 'LogC3');
  choose(page, 1, 'P3');
  expect([...(page.querySelectorAll('select')[2]?.options ?? [])].map((option) => option.value)).toEqual(['Cinema']);
  page.querySelector('button')?.click();
  await vi.waitFor(() => expect(onAdded).toHaveBeenCalledWith(ADDED));
  expect(JSON.parse(answer.mock.calls[0]?.[1]?.body as string)).toEqual({ name: 'show.ocio', config: 'AAAA', color_space: 'LogC3', display: 'P3', view: 'Cinema' });
});

test('a configuration is known by its name and sent as it is', async () => {
  expect(['a.ocio', 'B.OCIOZ', 'a.cube', 'ocio'].map(isConfiguration)).toEqual([true, true, false, false]);
  expect(await base64Of(new File([new Uint8Array([0, 255, 16])], 'a.ocioz'))).toBe('AP8Q');
});
