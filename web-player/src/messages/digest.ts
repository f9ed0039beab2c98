/** Texts of the console about comments by e-mail. */
export const digestMessages = {
  digest: ['Comments by e-mail', 'コメントのメール配信'],
  digest_why: ['To you alone, for as long as you may export them. Text only: no picture, no link that opens a review.', '自分宛てのみ、書き出し権限がある間だけ送信されます。本文のみで、画像や試写を開くリンクは含まれません。'],
  digest_none: ['This house sends none: its configuration names no mail server for it.', '配信用のメールサーバーが設定されていません。'],
  digest_secret: ['Comments of this project stay here: a mailbox asks for no second factor.', 'このプロジェクトのコメントは配信できません（メールには二要素認証がないため）。'],
  digest_email: ['Your address', '宛先アドレス'],
  digest_when: ['When', '配信時期'],
  digest_daily: ['Daily: what is new or changed', '毎日: 新規・変更分'],
  digest_review_end: ['After each review: all of it', '試写の終了後: 全コメント'],
  digest_hour: ['At', '時刻'],
  digest_ask: ['Send them', '配信を開始'],
  digest_change: ['Save', '保存'],
  digest_stop: ['Stop', '配信を停止'],
  digest_next: ['Sent to {email}, next {time}', '{email} に配信中、次回 {time}'],
  digest_after: ['Sent to {email} after each review', '試写の終了後に {email} へ配信'],
  digest_tried: ['Tried {tries} {tries|time|times} and not taken, again {time}', '{tries} 回送信に失敗、次回 {time}'],
} as const satisfies Record<string, readonly [string, string]>;
