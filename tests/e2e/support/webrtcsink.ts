/** GStreamer's `webrtcsink` as it comes (`tests/gstreamer`), and a page that watches it. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import type { Page } from "playwright-core";

/** What `vitrine-gst-client` says, one line of JSON each. */
interface Said {
  event: string;
  rtp_timestamp?: number;
  presented_unix_ms?: number | null;
  element?: string;
  text?: string;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

export class WebrtcSink {
  /** When a picture was handed over (Unix time in ms), by the RTP timestamp it left with. */
  readonly presented = new Map<number, number>();
  readonly encoders = new Set<string>();

  private constructor(readonly port: number, private readonly child: ChildProcess) {}

  /** Shows a clip for `seconds` at most. */
  static async start(clip: string, seconds: number): Promise<WebrtcSink> {
    const program = process.env["VITRINE_GST_CLIENT"];
    if (!program) throw new Error("VITRINE_GST_CLIENT is not set: run `make bench`");
    const port = await freePort();
    const child = spawn(program, ["sink", clip, String(port), String(seconds)], { stdio: ["ignore", "pipe", "inherit"] });
    const sink = new WebrtcSink(port, child);
    createInterface({ input: child.stdout }).on("line", (line) => {
      // The signalling server writes its log to the same place.
      if (line.startsWith("{")) sink.hear(JSON.parse(line) as Said);
    });
    return sink;
  }

  private hear(said: Said): void {
    if (said.event === "error") throw new Error(`webrtcsink: ${said.text}`);
    if (said.element) this.encoders.add(said.element);
    if (said.rtp_timestamp !== undefined && said.presented_unix_ms) {
      this.presented.set(said.rtp_timestamp, said.presented_unix_ms);
    }
  }

  async stop(): Promise<void> {
    const gone = once(this.child, "exit");
    this.child.kill("SIGTERM");
    await gone;
  }
}

/** Has an empty page play the first producer of a signalling server of gst-plugins-rs. */
export async function playFrom(page: Page, port: number): Promise<void> {
  await page.setContent('<video data-testid="program" autoplay muted playsinline></video>');
  await page.evaluate(async (port) => {
    interface Message {
      type: string;
      producers?: { id: string }[];
      sessionId?: string;
      sdp?: RTCSessionDescriptionInit;
      ice?: RTCIceCandidateInit;
    }
    const connect = (): Promise<WebSocket> =>
      new Promise((opened) => {
        const socket = new WebSocket(`ws://127.0.0.1:${port}`);
        socket.onopen = () => opened(socket);
        socket.onerror = () => setTimeout(() => opened(connect()), 200);
      });
    const socket = await connect();
    const send = (message: object): void => socket.send(JSON.stringify(message));
    const peer = new RTCPeerConnection();
    peer.ontrack = ({ streams, track }) => {
      const video = document.querySelector("video");
      if (video) video.srcObject = streams[0] ?? new MediaStream([track]);
    };
    const take = async ({ type, producers, sessionId, sdp, ice }: Message): Promise<void> => {
      if (type === "list" && producers) {
        const [first] = producers;
        if (first) send({ type: "startSession", peerId: first.id });
        else setTimeout(() => send({ type: "list" }), 100);
      }
      if (type !== "peer") return;
      if (sdp) {
        peer.onicecandidate = ({ candidate }) => {
          if (candidate?.candidate) {
            send({ type: "peer", sessionId, ice: { candidate: candidate.candidate, sdpMLineIndex: candidate.sdpMLineIndex } });
          }
        };
        await peer.setRemoteDescription(sdp);
        await peer.setLocalDescription();
        send({ type: "peer", sessionId, sdp: peer.localDescription });
      }
      if (ice) await peer.addIceCandidate(ice);
    };
    // One after the other: a candidate may come while its description is still being taken.
    let taken = Promise.resolve();
    socket.onmessage = ({ data }) => {
      taken = taken.then(() => take(JSON.parse(String(data)) as Message));
    };
    send({ type: "list" });
  }, port);
}

/** The RTP timestamp of each of the next frames, and when the browser handed it to its compositor (Unix time in ms). */
export const framesOf = (page: Page, frames: number): Promise<[number, number][]> =>
  page.getByTestId("program").evaluate(async (element, frames) => {
    const video = element as HTMLVideoElement;
    const shown: [number, number][] = [];
    while (shown.length < frames) {
      await new Promise<void>((next) =>
        video.requestVideoFrameCallback((now, { rtpTimestamp }) => {
          if (rtpTimestamp !== undefined) shown.push([rtpTimestamp, performance.timeOrigin + now]);
          next();
        }),
      );
    }
    return shown;
  }, frames);
