/** A house with some weeks behind it: people, projects, and reviews that are planned, live and over. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Invited, Server } from './server.ts';

export const PASSWORD = 'a long first password';
const DAY_MS = 86_400_000;
const at = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

export interface House {
  /** The review that goes on. */
  review: string;
  invite(name: string, email: string, ...more: string[]): Promise<Invited & { id: string }>;
}

export async function furnish(server: Server): Promise<House> {
  await server.command('review', 'end', await server.review());
  await accounts(server);
  const plan = async (title: string, ...more: string[]): Promise<string> => {
    const made = await server.command('review', 'create', '--title', title, '--host', 'North Light', '--input-color', 'bt1886', '--json', ...more);
    return (JSON.parse(made) as { id: string }).id;
  };
  await plan('Harbour, the long version for the festival with all of the director’s notes', '--source', 'slate', '--start', at(1), '--end', at(2));
  await plan('港の光　第3話　最終グレーディング確認', '--source', 'slate', '--start', at(3), '--end', at(4));
  const before = await plan('Harbour, reel 2', '--source', 'slate');
  await server.command('review', 'end', before);
  const review = await plan('Harbour, reel 2', '--source', 'reel', '--previous', before, '--hours', '3');
  const invite = async (name: string, email: string, ...more: string[]): Promise<Invited & { id: string }> => {
    const link = await server.command('link', 'create', '--review', review, '--name', name, '--email', email, '--json', ...more);
    return { name, email, ...(JSON.parse(link) as { id: string; url: string; passphrase: string }) };
  };
  return { review, invite };
}

async function accounts(server: Server): Promise<void> {
  const file = join(server.data, 'first-password');
  writeFileSync(file, `${PASSWORD}\n`, { mode: 0o600 });
  const add = (user: string, role: string): Promise<string> => server.command('user', 'add', user, '--role', role, '--password-file', file);
  await add('karl', 'colourist');
  await add('paula', 'producer');
  await add('mira.lindqvist', 'security-lead');
  await server.command('project', 'create', 'Harbour');
  await server.command('project', 'create', '港の光');
}
