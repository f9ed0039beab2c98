/** The shapes of the HTTP and WebSocket contract; names are the server's. Instants are RFC 3339 UTC text. */
import type { InputColor, TargetColor } from './color';
import type { Look, Transport } from './look';

export type { InputColor, TargetColor } from './color';
export type { Cdl, Configuration, Grade, GradeChange, InputRange, Look, LookChange, Lut, NewView, Transport, TransportAction } from './look';

import type { Comment, Person } from './comment';
import type { DisplayCheck, Probe } from './display';
import type { Proof } from './proof';
import type { ChatLine, Floor, Pointer } from './room';

export type * from './comment';
export type * from './display';
export type * from './me';
export type * from './room';

export interface Rate {
  num: number;
  den: number;
  drop_frame: boolean;
}

export type EndReason =
  | 'link_expired'
  | 'link_revoked'
  | 'review_ended'
  | 'removed'
  | 'replaced'
  | 'lease_expired'
  | 'left'
  | 'connection_lost'
  | 'server_stopping'
  | 'room_full'
  | 'denied'
  | 'network_refused'
  | 'signed_out';

export interface Picture {
  codec: string;
  profile: string;
  bits: number;
  chroma: string;
  width: number;
  height: number;
  source_width: number;
  source_height: number;
  rate: Rate;
  target: TargetColor;
  color: string;
  bitrate_bps: number;
  reference: boolean;
  note: string | null;
  /** What of the viewer's holds the picture back just now. */
  limit?: 'network' | 'device' | null;
}

export type SourceState = 'waiting' | 'live' | 'idle' | 'lost';
export type ColorTrust = 'declared' | 'tagged' | 'unverified';

/** Viewers get only the state; the rest is for the console. */
export interface Source {
  state: SourceState;
  description?: string | null;
  width?: number | null;
  height?: number | null;
  rate?: Rate | null;
  color?: string | null;
  color_trust?: ColorTrust | null;
  reason?: string | null;
  /** For the console: where it is, if it can be paused and wound. */
  transport?: Transport | null;
  /** For the console: whether viewers are shown one picture, whatever the source does. */
  held?: boolean | null;
  /** Until when at most the visible mark is lifted, if it is. */
  clean_until?: string | null;
}

export interface ReviewFacts {
  id: string;
  title: string;
  host: string;
  starts_at: string;
  ends_at: string;
  version?: number;
}

export interface RoomState {
  review: ReviewFacts;
  viewer: { id: string; link_id: string; name: string; email: string; session_code: string; muted: boolean };
  expires_at: string;
  source: Source;
  /** All of them, or, after `comments_after`, those that changed since. */
  comments: Comment[];
  comments_after: number;
  people: Person[];
  /** The last of it, oldest first. */
  chat: ChatLine[];
  floor: Floor;
  whep_url: string;
  /** The server's certificate in DTLS: SHA-256, as SDP writes it. */
  media_fingerprint: string;
  /** The first lease, for whoever has just come in by a link or a code. */
  lease?: Lease;
}

/** A guest at the door: the house sees them and has not said yes or no. */
export interface Waiting {
  waiting: true;
  review: ReviewFacts;
  name: string;
}

export interface Inspection {
  review: ReviewFacts;
  recipient: { name: string; email: string };
  expires_at: string;
  recorded: string[];
  passphrase_required: boolean;
}

export interface Lease {
  lease: string;
  expires_at: string;
  renew_after_s: number;
}

/** The house's own place among the viewers. */
export interface Preview extends Lease {
  viewer_id: string;
  /** Burned into the picture. */
  session_code: string;
  whep_url: string;
  media_fingerprint: string;
}

export interface Clock {
  rtp_timestamp: number;
  source_frame: number;
  timecode_frames: number;
  rate: Rate;
  slate: boolean;
  /** How fast frames count up, in hundredths of the rate: 0 while one is held. */
  speed_percent: number;
  /** The viewing this clock belongs to: RTP timestamps of two viewings have nothing in common. */
  viewing_id?: string;
}

export type RoomMessage = { seq: number } & (
  | { type: 'snapshot'; room: RoomState }
  | ({ type: 'clock' } & Clock)
  | { type: 'picture'; picture: Picture | null }
  | { type: 'source'; source: Source }
  | { type: 'comment'; comment: Comment }
  | { type: 'people'; people: Person[] }
  | { type: 'chat'; line: ChatLine }
  | { type: 'floor'; floor: Floor }
  | { type: 'muted'; muted: boolean }
  | { type: 'pointers'; pointers: Pointer[] }
  | { type: 'ended'; reason: EndReason; message: string; viewing_id?: string }
);

export interface Report {
  type: 'report';
  frames_per_second: number;
  frames_dropped: number;
  decode_ms: number | null;
  frame_format: string | null;
  srtp_cipher: string | null;
  loss_percent: number | null;
}

export type LinkState = 'open' | 'in_use' | 'expired' | 'revoked' | 'locked' | 'spent';
export type ReviewStage = 'planned' | 'live' | 'ended';
export interface Link {
  id: string;
  name: string;
  email: string;
  expires_at: string;
  state: LinkState;
  last_used_at: string | null;
  networks: string[];
  uses: number;
  uses_limit: number | null;
  waiting_room: boolean;
  second_device: 'refused' | 'asks';
  /** Whether an account looks through it, from its console. */
  house: boolean;
}

export interface Viewer {
  id: string;
  link_id: string;
  name: string;
  email: string;
  ip: string;
  browser: string;
  session_code: string;
  joined_at: string;
  state: 'waiting' | 'watching' | 'joined' | 'ended';
  ended_reason: EndReason | null;
  picture: Picture | null;
  /** The colour the house wants them sent; null: what suits their display. */
  target: TargetColor | null;
  frames_per_second: number | null;
  frames_dropped: number | null;
  /** Of a hundred packets, how many were lost in the last seconds. */
  loss_percent: number | null;
  srtp_cipher: string | null;
  /** Whether they are of the house, which looks from its console. */
  house: boolean;
  /** Whether their page is in view. */
  looking: boolean;
  /** Since when their hand is up. */
  hand_at: string | null;
  /** Whether the house has muted them. */
  muted: boolean;
  display: DisplayCheck | null;
  display_at: string | null;
  probe: Probe | null;
  probe_at: string | null;
  proof: Proof;
}

export interface ReviewSummary {
  id: string;
  title: string;
  host: string;
  state: ReviewStage;
  starts_at: string;
  ends_at: string;
  /** 1, 2, 3 ... by rounds. */
  version: number;
  /** The round before it. */
  previous: string | null;
}

export type SourceSpec =
  | { kind: 'test-reel'; height: number }
  | { kind: 'file'; path: string }
  | { kind: 'sequence'; path: string; rate: Rate | null }
  | { kind: 'whip' }
  | { kind: 'sdi'; device: number }
  | { kind: 'ndi'; name: string }
  | { kind: 'slate' }
  | { kind: 'srt'; uri: string; passphrase?: string | null };

export interface ListedSource {
  id: string;
  name: string;
  on_air: boolean;
  /** The reel that its file names, once it was on air. */
  reel: string | null;
  spec: SourceSpec;
  /** Of the kind `whip`: who may publish to it, and who does. */
  publish: { path: string; key_made_at: string | null; since: string | null; cipher: string | null } | null;
}

/** Where a sender publishes to; the key is shown this once. */
export interface PublishKey {
  url: string;
  key: string;
}

export interface NewSource {
  name: string | null;
  source: SourceSpec;
  input_color: InputColor;
  start_timecode: string | null;
  drop_frame: boolean;
}

export interface Review extends ReviewSummary {
  source: Source;
  input_color: InputColor;
  look_name: string | null;
  look: Look;
  source_spec: SourceSpec;
  /** All its sources, oldest first; one is on air. */
  sources: ListedSource[];
  links: Link[];
  viewers: Viewer[];
  comments: Comment[];
  chat: ChatLine[];
  floor: Floor;
  capacity: { viewers_now: number; viewers_possible: number };
  media_fingerprint: string;
}

/** A review, the rounds before it (the newest first), and the comments of the last of them by frame. */
export interface Rounds {
  rounds: { review: ReviewSummary; threads: number; open: number }[];
  last: Comment[];
}

export interface NewReview {
  previous: string | null;
  title: string;
  host: string;
  starts_at: string;
  ends_at: string;
  source: SourceSpec;
  input_color: InputColor;
  look_cube: string | null;
  look_name: string | null;
  start_timecode: string | null;
  drop_frame: boolean;
}

export interface NewLink {
  name: string;
  email: string;
  expires_at?: string;
  networks: string[];
  uses_limit: number | null;
  waiting_room: boolean;
  email_code: boolean;
}

export interface Invitation {
  link: Link;
  url: string;
  passphrase: string;
}

export type ReviewMessage = { seq: number } & (
  | { type: 'snapshot'; review: Review }
  | { type: 'review'; review: Review }
  | { type: 'viewers'; viewers: Viewer[] }
  | { type: 'links'; links: Link[] }
  | { type: 'comment'; comment: Comment }
  | { type: 'chat'; line: ChatLine }
  | { type: 'floor'; floor: Floor }
  | { type: 'pointers'; pointers: Pointer[] }
  | { type: 'source'; source: Source }
  | { type: 'proof'; viewer_id: string; proof: Proof }
);
