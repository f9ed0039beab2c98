import { describe, expect, it } from 'vitest';
import { listsReference, preferredCodecs, type CodecLike } from '../src/room/codecs';
import { askForStereo } from '../src/room/whep';

const h264 = (profile: string, mode = 1): CodecLike => ({
  mimeType: 'video/H264',
  sdpFmtpLine: `level-asymmetry-allowed=1;packetization-mode=${mode};profile-level-id=${profile}`,
});
const other = (name: string): CodecLike => ({ mimeType: `video/${name}` });

const chromium = [other('VP8'), other('rtx'), other('VP9'), h264('42001f'), h264('42001f', 0), h264('42e01f'), other('AV1'), h264('4d001f'), h264('f4001f', 0), h264('f4001f'), other('red'), other('ulpfec')];

const profiles = (codecs: CodecLike[]): string[] =>
  codecs.map((codec) => /profile-level-id=(\w+)/.exec(codec.sdpFmtpLine ?? '')?.[1] ?? codec.mimeType);

describe('codec preference', () => {
  it('puts 4:4:4 first, then other H.264, then VP9, then repair; nothing else', () => {
    const order = preferredCodecs(chromium);
    expect(profiles(order)).toEqual(['f4001f', 'f4001f', '42001f', '42e01f', '4d001f', '42001f', 'video/VP9', 'video/rtx', 'video/red', 'video/ulpfec']);
    expect(order[0]?.sdpFmtpLine).toContain('packetization-mode=1');
  });

  it('keeps the browser without 4:4:4 in', () => {
    expect(profiles(preferredCodecs([other('VP8'), h264('640c1f'), h264('42e01f'), other('rtx')]))).toEqual(['640c1f', '42e01f', 'video/rtx']);
  });

  it('asks for nothing special where there is neither H.264 nor VP9', () => {
    expect(preferredCodecs([other('VP8'), other('rtx')])).toEqual([]);
  });

  it('tells whether the reference picture can be shown', () => {
    expect(listsReference(chromium)).toBe(true);
    expect(listsReference([h264('42e01f'), { mimeType: 'video/H264' }])).toBe(false);
    expect(listsReference([{ mimeType: 'video/H264', sdpFmtpLine: 'profile-level-id=F4001F' }])).toBe(true);
  });
});

describe('sound', () => {
  it('asks for stereo once', () => {
    const sdp = 'a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n';
    const stereo = askForStereo(sdp);
    expect(stereo).toContain('a=fmtp:111 minptime=10;useinbandfec=1;stereo=1\r\n');
    expect(askForStereo(stereo)).toBe(stereo);
    expect(askForStereo('v=0\r\n')).toBe('v=0\r\n');
  });
});
