/** The console's texts about sources that senders publish to. */
export const publishMessages = {
  f_kind_whip: ['WHIP (OBS)', 'WHIP (OBS)'],
  f_whip_text: ['OBS or another sender publishes to this server. Make a key for it in the list of sources.', 'OBS などの送信側からこのサーバーへ送ります。ソース一覧でキーを作成してください。'],
  publish_no_key: ['No key yet: nobody can send', 'キー未作成: 送信できません'],
  publish_waits: ['Waiting for a sender', '送信待ち'],
  publish_since: ['Sending since {time}', '{time} から受信中'],
  publish_weak: ['This sender encrypts with less than AES-256.', '送信側の暗号化が AES-256 未満です。'],
  publish_make: ['New key', '新しいキー'],
  publish_url: ['Server', 'サーバー'],
  publish_key: ['Bearer token', 'Bearer トークン'],
  publish_copy_url: ['Copy server', 'サーバーをコピー'],
  publish_copy_key: ['Copy token', 'トークンをコピー'],
  publish_once: ['The token is shown once. A new one stops whoever uses the old one.', 'トークンは一度だけ表示されます。新しく作ると古いトークンの送信は停止します。'],
} as const satisfies Record<string, readonly [string, string]>;
