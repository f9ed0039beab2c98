import { describe, expect, it } from 'vitest';
import { queryOf, recordUrl, type Search } from '../src/api/record';
import { routeOf } from '../src/console/route';

const all: Search = { review: '', person: '', action: '', since: null, until: null };

describe('the search of the record', () => {
  it('asks for everything when nothing is given', () => {
    expect(queryOf(all).toString()).toBe('');
  });

  it('knows a guest by an address and an account by its name', () => {
    expect(queryOf({ ...all, person: ' ana@example.org ' }).get('email')).toBe('ana@example.org');
    expect(queryOf({ ...all, person: 'Lena' }).get('actor')).toBe('account:lena');
    for (const actor of ['server', 'command-line', 'stranger', 'viewer:0199', 'account:ana'])
      expect(queryOf({ ...all, person: actor }).get('actor')).toBe(actor);
  });

  it('names the file by form and search alike', () => {
    const search = { ...all, review: '0199', action: 'viewer.joined', since: '2026-11-21T20:15:07.000Z' };
    expect(recordUrl(search, 'csv')).toBe('/api/audit/csv?review=0199&action=viewer.joined&since=2026-11-21T20%3A15%3A07.000Z');
  });
});

describe('addresses of the console', () => {
  it('lead to their pages, and any other to the reviews', () => {
    expect(routeOf('#/people')).toEqual({ at: 'people' });
    expect(routeOf('#/record')).toEqual({ at: 'record', review: '' });
    expect(routeOf('#/record?review=0199-a')).toEqual({ at: 'record', review: '0199-a' });
    expect(routeOf('#/reviews/0199-a')).toEqual({ at: 'review', id: '0199-a' });
    for (const hash of ['', '#/', '#/nowhere', '#/record?review=<script>']) expect(routeOf(hash)).toEqual({ at: 'reviews' });
  });
});
