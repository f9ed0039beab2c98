/** The codec as browsers list it; `RTCRtpCodec` without the fields that do not matter here. */
export interface CodecLike {
  mimeType: string;
  sdpFmtpLine?: string;
}

const REFERENCE_PROFILE = 'f4001f';

function parameter(codec: CodecLike, name: string): string {
  for (const part of (codec.sdpFmtpLine ?? '').split(';')) {
    const [key, value] = part.trim().split('=');
    if (key?.toLowerCase() === name) return (value ?? '').toLowerCase();
  }
  return '';
}

const isH264 = (codec: CodecLike): boolean => codec.mimeType.toLowerCase() === 'video/h264';
const isVp9 = (codec: CodecLike): boolean => codec.mimeType.toLowerCase() === 'video/vp9';
const isOurs = (codec: CodecLike): boolean => isH264(codec) || isVp9(codec);
const isRepair = (codec: CodecLike): boolean => /\/(rtx|red|ulpfec|flexfec-03)$/i.test(codec.mimeType);
const isReference = (codec: CodecLike): boolean =>
  isH264(codec) && parameter(codec, 'profile-level-id') === REFERENCE_PROFILE;

function rank(codec: CodecLike): number {
  if (isRepair(codec)) return 5;
  if (isVp9(codec)) return 4;
  const packetized = parameter(codec, 'packetization-mode') === '1' ? 0 : 1;
  return (isReference(codec) ? 0 : 2) + packetized;
}

/** H.264 4:4:4 first, then other H.264, then VP9, then retransmission; nothing else. Empty when there is neither. */
export function preferredCodecs<C extends CodecLike>(codecs: readonly C[]): C[] {
  if (!codecs.some(isOurs)) return [];
  return codecs
    .filter((codec) => isOurs(codec) || isRepair(codec))
    .map((codec, index) => ({ codec, index, rank: rank(codec) }))
    .sort((a, b) => a.rank - b.rank || a.index - b.index)
    .map(({ codec }) => codec);
}

export function listsReference(codecs: readonly CodecLike[]): boolean {
  return codecs.some(isReference);
}

function receiveCodecs(): RTCRtpCodec[] {
  if (typeof RTCRtpReceiver === 'undefined') return [];
  return RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
}

/** Whether this browser takes the 10-bit 4:4:4 reference picture. */
export const browserShowsReference = (): boolean => listsReference(receiveCodecs());

export const browserShowsVideo = (): boolean => receiveCodecs().some(isOurs);

export function preferReference(transceiver: RTCRtpTransceiver): void {
  const order = preferredCodecs(receiveCodecs());
  if (order.length > 0 && 'setCodecPreferences' in transceiver) transceiver.setCodecPreferences(order);
}
