import { messages } from './messages';

export type Language = 'en' | 'ja';
export type MessageKey = keyof typeof messages;
export type Params = Readonly<Record<string, string | number>>;
export type Pair = readonly [string, string];

export function languageOf(tag: string): Language {
  return /^ja\b/i.test(tag) ? 'ja' : 'en';
}

let language: Language = languageOf(typeof navigator === 'undefined' ? 'en' : navigator.language);

export const currentLanguage = (): Language => language;

export function setLanguage(next: Language): void {
  language = next;
}

/** `{count}` is filled in; `{count|still|stills}` is the word for one, or for any other number. */
export function fill(text: string, params: Params = {}): string {
  return text.replace(/\{(\w+)(?:\|([^|}]*)\|([^|}]*))?\}/g, (whole, name: string, one?: string, many?: string) => {
    const value = params[name];
    if (value === undefined) return whole;
    return String(one === undefined || many === undefined ? value : Number(value) === 1 ? one : many);
  });
}

export const pick = (pair: Pair): string => pair[language === 'ja' ? 1 : 0];

/** Text of the client's pages. */
export const t = (key: MessageKey, params?: Params): string => fill(pick(messages[key]), params);
