import { deleteViewing, postOffer, restartIce } from '../api/viewer';
import { preferReference } from './codecs';
import { credentialsOf, withCredentials } from './ice';
import { namesOnly, SignalMismatch } from './signal';
import { readDisplay, withDisplay } from './target';

const GATHER_CAP_MS = 200;
/** A short loss of consent checks heals by itself; longer than this it is a drop. */
const DISCONNECTED_GRACE_MS = 1500;
const CONNECT_CAP_MS = 12_000;

/** A peer and its offer, made before it is known where to send it. */
export interface Prepared {
  peer: RTCPeerConnection;
  offer: Promise<string>;
}

/** Opus is stereo only for a receiver that says so. */
export function askForStereo(sdp: string): string {
  const payload = /a=rtpmap:(\d+) opus\/48000\/2/i.exec(sdp)?.[1];
  if (payload === undefined || sdp.includes('stereo=1')) return sdp;
  return sdp.replace(new RegExp(`(a=fmtp:${payload} [^\r\n]*)`), '$1;stereo=1');
}

/** Whether there is anything here to take a picture with: some browsers of the cautious, and those inside of other programs, have nothing. */
export const speaksWebRtc = (): boolean => typeof RTCPeerConnection !== 'undefined';

function gathered(peer: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const timer = window.setTimeout(resolve, GATHER_CAP_MS);
    peer.addEventListener('icegatheringstatechange', () => {
      if (peer.iceGatheringState !== 'complete') return;
      window.clearTimeout(timer);
      resolve();
    });
  });
}

async function makeOffer(peer: RTCPeerConnection): Promise<string> {
  const offer = await peer.createOffer();
  const done = gathered(peer);
  await peer.setLocalDescription({ type: 'offer', sdp: askForStereo(offer.sdp ?? '') });
  await done;
  return peer.localDescription?.sdp ?? '';
}

export function prepare(): Prepared {
  const peer = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  preferReference(peer.addTransceiver('video', { direction: 'recvonly' }));
  peer.addTransceiver('audio', { direction: 'recvonly' });
  const offer = makeOffer(peer);
  // Whoever awaits it hears of a failure; nobody may be waiting yet.
  offer.catch(() => undefined);
  return { peer, offer };
}

export interface ViewingHandlers {
  connected(): void;
  lost(): void;
}

/** One WHEP resource and its peer. */
export class Viewing {
  readonly stream = new MediaStream();
  id = '';
  /** Its picture was put on screen. */
  shown = false;
  private location = '';
  private lease = '';
  private closed = false;
  private timer = 0;
  private restarting = false;
  private readonly onLine = (): void => void this.restart();

  constructor(
    private readonly prepared: Prepared,
    private readonly handlers: ViewingHandlers,
  ) {
    const { peer } = prepared;
    for (const { receiver } of peer.getTransceivers()) this.stream.addTrack(receiver.track);
    peer.addEventListener('connectionstatechange', () => this.stateChanged());
    // The network came back, perhaps as another one.
    window.addEventListener('online', this.onLine);
  }

  get peer(): RTCPeerConnection {
    return this.prepared.peer;
  }

  /** Asks for the picture; `fingerprint` is the certificate that the server has by the page's word. */
  async open(url: string, lease: string, fingerprint: string): Promise<void> {
    this.lease = lease;
    const answer = await postOffer(withDisplay(url, readDisplay()), lease, await this.prepared.offer);
    this.location = answer.location;
    this.id = answer.viewingId;
    if (this.closed) {
      this.remove();
      return;
    }
    if (!namesOnly(answer.sdp, fingerprint)) throw new SignalMismatch();
    this.timer = window.setTimeout(() => this.giveUp(), CONNECT_CAP_MS);
    await this.peer.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
  }

  renew(lease: string): void {
    this.lease = lease;
  }

  /** Ends it here and, when asked to, on the server. */
  close(tellServer: boolean): void {
    if (this.closed) return;
    this.closed = true;
    window.clearTimeout(this.timer);
    window.removeEventListener('online', this.onLine);
    for (const track of this.stream.getTracks()) track.stop();
    this.peer.close();
    if (tellServer) this.remove();
  }

  private remove(): void {
    if (this.location !== '') deleteViewing(this.location, this.lease);
  }

  private stateChanged(): void {
    if (this.closed) return;
    const state = this.peer.connectionState;
    if (state === 'connected') {
      window.clearTimeout(this.timer);
      this.handlers.connected();
    } else if (state === 'disconnected') {
      window.clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.giveUp(), DISCONNECTED_GRACE_MS);
      void this.restart();
    } else if (state === 'failed') {
      this.giveUp();
    }
  }

  /**
   * Looks for another way to the server under the same viewing. If there is none the connection is given up when its time is
   * over, and whoever owns it begins another.
   */
  private async restart(): Promise<void> {
    const answer = this.peer.currentRemoteDescription?.sdp;
    if (this.closed || this.restarting || answer === undefined) return;
    this.restarting = true;
    try {
      const offer = askForStereo((await this.peer.createOffer({ iceRestart: true })).sdp ?? '');
      await this.peer.setLocalDescription({ type: 'offer', sdp: offer });
      const theirs = await restartIce(this.location, this.lease, credentialsOf(offer));
      await this.peer.setRemoteDescription({ type: 'answer', sdp: withCredentials(answer, theirs) });
    } catch {
      // Refused, unheard or closed meanwhile.
    } finally {
      this.restarting = false;
    }
  }

  private giveUp(): void {
    if (!this.closed) this.handlers.lost();
  }
}
