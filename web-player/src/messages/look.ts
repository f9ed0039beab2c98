/** LUTs of a review and of the library. */
export const lookMessages = {
  lut_on: ['LUT on', 'LUT を適用'],
  lut_off: ['LUT off', 'LUT を外す'],
  lut_add: ['Add a LUT', 'LUT を追加'],
  ocio_space: ['Color space of the source', 'ソースの色空間'],
  ocio_display: ['Display', 'ディスプレイ'],
  ocio_view: ['View', 'ビュー'],
  ocio_hint: ['The view becomes a LUT of the library. It takes some seconds.', 'ビューを LUT としてライブラリに追加します。数秒かかります。'],
  ocio_add: ['Add the view', 'ビューを追加'],
  ocio_adding: ['Making the LUT …', 'LUT を作成中…'],
  f_look: ['Show LUT', 'ショー LUT'],
  f_look_hint: ['A .cube file, 1D or 3D. Applied to everything viewers get.', '.cube (1D / 3D)。視聴者の映像すべてに適用されます。'],
  f_look_choose: ['Choose .cube', '.cube を選択'],
  f_look_none: ['No LUT', 'LUT なし'],
  f_look_remove: ['Remove', '外す'],
  f_look_too_big: ['{name} is larger than 32 MB, too large for a LUT. Choose another file.', '{name} は 32 MB を超えています。別のファイルを選択してください。'],
} as const satisfies Record<string, readonly [string, string]>;
