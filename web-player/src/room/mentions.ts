import type { Person } from '../api/types';

/** What is being typed after an @ at the cursor: where the @ stands, and the letters after it. */
export function mentionAt(text: string, cursor: number): { from: number; letters: string } | null {
  const match = /(^|[\s(])@([^\s@]{0,40}(?: [^\s@]{1,40})?)$/u.exec(text.slice(0, cursor));
  if (!match) return null;
  const letters = match[2] ?? '';
  return { from: cursor - letters.length - 1, letters };
}

const SUGGESTIONS = 6;

/** People whose name has a word that begins with the letters. */
export function suggested(people: readonly Person[], letters: string, me: string): Person[] {
  const wanted = letters.toLocaleLowerCase();
  const fits = ({ name }: Person): boolean => {
    const lower = name.toLocaleLowerCase();
    return lower !== wanted && (lower.startsWith(wanted) || lower.split(/\s+/).some((word) => word.startsWith(wanted)));
  };
  return people.filter((person) => person.link_id !== me && fits(person)).slice(0, SUGGESTIONS);
}

/** The text with a name in place of what was typed, and where the cursor goes. */
export function withMention(text: string, cursor: number, name: string): { text: string; cursor: number } {
  const at = mentionAt(text, cursor);
  if (!at) return { text, cursor };
  const before = `${text.slice(0, at.from)}@${name} `;
  return { text: before + text.slice(cursor), cursor: before.length };
}

/** Links of the people whose name stands after an @ in the text. */
export const mentioned = (people: readonly Person[], text: string): string[] =>
  people.filter(({ name }) => text.includes(`@${name}`)).map(({ link_id }) => link_id);
