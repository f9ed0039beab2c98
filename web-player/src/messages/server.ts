/**
 * What the server says in English, said in Japanese: refusals by their code, and texts with figures or names in them by their form.
 * What is not known here stays as it came, and so does what people wrote.
 */
import { currentLanguage } from '.';

const REFUSALS: Readonly<Record<string, string>> = {
  not_found: '見つかりません。',
  forbidden: 'この役割では許可されていません。この操作は記録されます。',
  second_factor_missing: 'このプロジェクトには二要素認証が必要です。登録してサインインし直してください。',
  too_many_tries: 'このネットワークからの試行が多すぎます。しばらくしてからお試しください。',
  factor_refused: 'コードが違います。コードは一度だけ使えます。次のコードをお待ちください。',
  proof_due: 'サインイン方法の変更には、サインインし直してから 5 分以内に操作してください。',
  factor_exists: '認証アプリはすでに登録されています。管理者がリセットできます。',
  passkey_refused: 'このパスキーは使えません。パスワードでサインインしてください。',
  passkey_exists: 'このパスキーはすでに使われています。',
  passkeys_unavailable: 'パスキーにはホスト名が必要ですが、このサーバーはアドレスで呼び出されています。',
  project_exists: '同じ名前のプロジェクトがあります。',
  account_exists: '同じ名前のアカウントがあります。',
  no_provider: 'ID プロバイダーは設定されていません。',
  provider_unreachable: 'ID プロバイダーに接続できません。パスワードでサインインするか、後でお試しください。',
  code_not_sent: 'コードを送信できませんでした。しばらくしてからお試しいただくか、主催者にお問い合わせください。',
  not_signed_in: 'サインインしてください。',
  no_digests: 'コメントのメール配信は設定されていません。',
  too_secret: '秘・極秘のプロジェクトのコメントはメールで送信できません。',
  already_publishing: 'このソースには別の送信元が接続中です。先に停止してください。',
  not_published: 'まだ映像が送信されていません。',
  frame_unknown: 'フレームの記録がありません。もう一度送信してください。',
  not_author: 'コメントを変更できるのは投稿者だけです。',
  comment_gone: 'このコメントは投稿者が取り消しました。',
  too_fast: '操作が多すぎます。少し待ってからお試しください。',
  clean_hold_forbidden: 'ポリシーまたはプロジェクトの設定により、クリーンホールドは使えません。',
  too_large: 'ファイルが大きすぎます。',
  incomplete: 'ファイルを最後まで受信できませんでした。',
  source_on_air: '表示中のソースです。別のソースに切り替えてから削除してください。',
  review_over: '試写は終了しています。',
  full: '満員です。しばらくしてからお試しください。',
  no_program: '映像の準備中です。少し待ってからお試しください。',
  no_comments: 'コメントがないため、書き出すマーカーがありません。',
  busy: 'サーバーが混み合っています。少し待ってからお試しください。',
};

const PHRASES: readonly (readonly [RegExp, string])[] = [
  // Sources
  [/^reference reel, /, 'リファレンスリール、'],
  [/^(\w+) sequence, (\d+)-bit RGB/, '$1 連番、$2-bit RGB'],
  [/, limited range/, '、リミテッドレンジ'],
  [/, full range/, '、フルレンジ'],
  [/^waiting for a sender at (.+)$/, '$1 で送信を待っています'],
  [/^waiting for a sender to publish by WHIP$/, 'WHIP での送信を待っています'],
  [/^the source has stopped delivering pictures$/, 'ソースからの映像が止まりました'],
  [/^file not found: (.+)$/, 'ファイルがありません: $1'],
  [/^cannot read (.+): .+$/, '読み取れません: $1'],
  [/^no video stream found in (.+), expected.*$/, '$1 に映像がありません (mov / mp4 / mkv / mxf)'],
  [/^(.+) is truncated: .+$/, '$1 は途中で終わっています。コピーし直すか、書き込みの完了をお待ちください'],
  [/^(.+) needs a decoder that this machine does not have: (.+)$/, '$1 のデコーダーがこのマシンにありません: $2'],
  [/^(.+) cannot be decoded: .+$/, '$1 をデコードできません'],
  [/^no SRT connection with (.+): .+$/, '$1 と SRT で接続できません'],
  [/^SRT (.+): wrong passphrase.*$/, 'SRT $1: パスフレーズが一致しません'],
  [/^(.+): the sender stopped$/, '$1: 送信が停止しました'],
  [/^(.+): no picture for (\d+) s$/, '$1: $2 秒間映像がありません'],
  // Winding, clean holds
  [/^a live feed cannot be paused or wound.*$/, 'ライブ入力は一時停止や移動ができません。映像の静止をお使いください。'],
  [/^the source has no picture yet$/, 'ソースの映像がまだありません。'],
  [/^this file can only be played from its beginning to its end$/, 'このファイルは先頭からの再生のみ可能です。'],
  [/^the review is not live$/, '試写はライブではありません。'],
  [/^a clean hold lasts already$/, 'クリーンホールド中です。'],
  [/^the last clean hold has just ended; the next one may begin in (\d+) s$/, '次のクリーンホールドは $1 秒後に開始できます。'],
  // Fields
  [/^\w+ is empty$/, '入力してください。'],
  [/^\w+ has (\d+) characters; at most (\d+) are allowed$/, '$2 文字以内にしてください（現在 $1 文字）。'],
  [/^\w+ has (\d+) characters; at least (\d+) are needed$/, '$2 文字以上必要です（現在 $1 文字）。'],
  [/^the password mixes (\d+) kinds of characters; (\d+) are needed.*$/, '小文字・大文字・数字・記号のうち $2 種類が必要です（現在 $1 種類）。'],
  [/^the password is made of words that are guessed first.*$/, '推測されやすい言葉です。別のパスワードにしてください。'],
  [/^"(.+)" is not an e-mail address.*$/, '「$1」はメールアドレスではありません。'],
  [/^the review ends .+ before it starts .+$/, '終了は開始より後にしてください。'],
  [/^the review's window is already over.*$/, '期間がすでに終わっています。'],
  [/^the link would expire at .+; at most (\d+) days from now are allowed.*$/, 'リンクの期限は最長 $1 日です。'],
  [/^the link would expire at .+, which has passed$/, '期限がすでに過ぎています。'],
  [/^the project's classification demands allowed networks.*$/, '機密区分により、許可するネットワークの指定が必要です。'],
  [/^the link needs a code by e-mail, and no mail server.*$/, 'コードを送信するメールサーバーが設定されていません。'],
  // Leaks, the record
  [/^the leak shows nothing of what was kept, and by itself.*$/, '保管された上映内容と一致せず、単独でもマークを特定できません'],
  [/^the leak shows nothing of what was kept.*$/, '保管された上映内容と一致しません。別の試写を選ぶか、元の素材と比較してください'],
  [/^no viewing was shown the frames that the leak shows$/, 'このフレームを上映した視聴はありません'],
  [/^no viewing's mark is there beyond doubt$/, '確実といえるマークがありません'],
  [/^the record is not whole from sequence (\d+) on: .*$/, '$1 番以降の記録が改変されています。'],
  [/^the record is not whole: something from sequence (\d+) to (\d+).*$/, '$1〜$2 番の記録が署名時の内容と異なります。'],
  [/^the record is incomplete: it ends at sequence (\d+), but (\d+) entries were signed$/, '署名は $2 件ですが、記録は $1 番で終わっています。'],
];

/** A text of the server in the reader's language. */
export function inOurWords(text: string): string {
  if (currentLanguage() !== 'ja') return text;
  return PHRASES.reduce((said, [phrase, put]) => said.replace(phrase, put), text);
}

/** Why the server refuses, in the reader's language. */
export function refusalInOurWords(code: string, message: string): string {
  return (currentLanguage() === 'ja' ? REFUSALS[code] : undefined) ?? inOurWords(message);
}
