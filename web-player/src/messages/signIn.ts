/** Texts of the ways to sign in beside the password. */
export const signInMessages = {
  provider_refused: ['Your identity provider did not let you in here. Sign in with your password, or ask an admin.', 'ID プロバイダーによるサインインができませんでした。パスワードをご利用になるか、管理者にお問い合わせください。'],
  passkey: ['Passkey', 'パスキー'],
  passkeys: ['Passkeys', 'パスキー'],
  passkey_sign_in: ['Sign in with a passkey', 'パスキーでサインイン'],
  passkey_use: ['Use a passkey', 'パスキーを使う'],
  passkey_enrol: ['Add a passkey', 'パスキーを登録'],
  passkey_add: ['Add a passkey', 'パスキーを追加'],
  passkey_name: ['Name of the new one', '新しいパスキーの名前'],
  passkey_synced: ['on several devices', '複数の端末'],
  passkey_one_device: ['on one device', '1 台の端末'],
  passkey_unused: ['not used yet', '未使用'],
  passkey_remove_sure: ['Remove it', '削除する'],
  passkey_broken_off: ['No passkey was given. Try again, or use another way.', 'パスキーを確認できませんでした。もう一度お試しになるか、別の方法をご利用ください。'],
  passkey_unknown_browser: ['This browser has no passkeys.', 'このブラウザはパスキーに対応していません。'],
} as const;
