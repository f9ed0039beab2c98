/** Why somebody gets less than the source, in their language. The server says it in English, in few set phrases. */
import { currentLanguage } from '../messages';

/** Whole sentences first; what is not known stays as it came. */
const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/^smaller than the source \((\d+)x(\d+)\): /, 'ソース ($1x$2) より小さい映像: '],
  [/^(.+) instead of (.+): HDR needs 10 bits$/, '$2 の代わりに $1: HDR には 10-bit が必要'],
  [/(\d+)x(\d+) instead of (\d+)x(\d+)/, '$3x$4 の代わりに $1x$2'],
  [/coarser, (.+?) instead of (.+?):/, '画質を下げて $2 の代わりに $1:'],
  [/one of (\d+) frames/, '$1 フレームに 1 枚'],
  [/the viewer's network carries about (.+)$/, '視聴者の回線は約 $1'],
  [/the viewer's device decodes no faster$/, '視聴者の端末の処理能力'],
  [/this browser does not take 10-bit 4:4:4$/, 'このブラウザーは 10-bit 4:4:4 非対応'],
  [/, limited range/, '、リミテッドレンジ'],
  [/server load$/, 'サーバーの負荷'],
];

const inJapanese = (note: string): string => PHRASES.reduce((text, [phrase, put]) => text.replace(phrase, put), note);

export function noteText(note: string): string {
  return currentLanguage() === 'ja' ? note.split('; ').map(inJapanese).join('、') : note;
}
