/** Shapes of the contract about the house itself: people, projects, the record, notifications. */

export const ROLES = ['admin', 'producer', 'colourist', 'security-lead'] as const;
export type Role = (typeof ROLES)[number];

export interface Account {
  id: string;
  user: string;
  role: Role;
  created_at: string;
  ends_at: string | null;
  offboarded_at: string | null;
  second_factor: boolean;
  locked: boolean;
}

export const CLASSIFICATIONS = ['internal', 'confidential', 'restricted'] as const;
export type Classification = (typeof CLASSIFICATIONS)[number];

export const MARK_FIELDS = ['name', 'email', 'company', 'review', 'text', 'ip', 'utc', 'code'] as const;
export type MarkField = (typeof MARK_FIELDS)[number];

export const MARK_LAYOUTS = ['line', 'corners', 'tiled', 'moving'] as const;
export type MarkLayout = (typeof MARK_LAYOUTS)[number];

/** What visible marks say, in order, and how they look. */
export interface MarkTemplate {
  fields: MarkField[];
  company: string;
  text: string;
  layout: MarkLayout;
  /** Height of capitals in thousandths of the picture's. */
  size: number;
  /** Hundredths. */
  opacity: number;
}

export interface Project {
  id: string;
  name: string;
  classification: Classification;
  networks: string[];
  mark: MarkTemplate;
  /** Whether the mark may be lifted for moments. */
  clean_hold: boolean;
  members: { id: string; user: string }[];
}

export interface AuditEntry {
  sequence: number;
  at: string;
  actor: string | null;
  /** Name and address of a guest who acted. */
  person?: string | null;
  review?: string | null;
  viewing: string | null;
  network: string | null;
  action: string;
  object: string | null;
  result: string;
  detail: unknown;
}

export interface AuditState {
  checkpoint: { entries: number; made_at: string; note: string } | null;
  key: string;
  actions: string[];
}

export interface AuditVerdict {
  ok: boolean;
  verdict: string;
  reason: string | null;
  first_bad_sequence: number | null;
  entries: number | null;
  signed: number | null;
}

export interface Delivery {
  target: string;
  state: 'waiting' | 'delivered' | 'given_up';
  tries: number;
  tried_at: string;
  next_at: string | null;
  error: string | null;
}

export interface Told {
  id: number;
  at: string;
  occasion: string;
  subject: string;
  network: string | null;
  deliveries: Delivery[];
}
