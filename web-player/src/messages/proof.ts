/** The console's texts about the proof of picture. What a viewer is told is in messages.ts. */
export const proofMessages = {
  p_why_not_reported: ['Their page has not reported for half a minute.', '30 秒以上、ページからの報告がありません。'],
  p_told: ['They are told:', '視聴者への表示:'],
  p_worst: ['Worst so far: {state}', 'これまでの最低: {state}'],
  p_latency: ['{ms} ms', '{ms} ms'],
  p_codes: ['codes {mean} / {max}', 'コード値 {mean} / {max}'],
  p_codes_hint: ['Difference of code values in steps of 10 bits, mean / largest', 'コード値の誤差 (10-bit)、平均 / 最大'],
  p_frames: ['{count} of {checked} frame numbers in the picture are not the ones RTP tells', '映像内のフレーム番号 {checked} 件中 {count} 件が RTP と不一致'],
  p_made_true: ['true picture', '正確な映像'],
  p_made_reduced: ['reduced picture', '簡易画質'],
  p_made_wrong: ['wrong picture', '色が不正確な映像'],
  p_made_unknown: ['picture not measured', '映像は未測定'],
  p_made_drawing: ['drawn on: {state}', '描画時: {state}'],
  p_frame_doubt: ['frame in doubt', 'フレーム番号に疑いあり'],
  p_frame_doubt_hint: ['The frame number in their picture was not the one this comment is pinned to.', '映像内のフレーム番号が、このコメントのフレームと一致しませんでした。'],
  p_age: ['{age} ago', '{age}前'],
} as const satisfies Record<string, readonly [string, string]>;
