import type { Role } from './house';

/** The shapes of accounts as they sign in. */

export type Stage = 'second_factor' | 'enrol' | 'new_password' | 'open';
export type Profile = 'facility' | 'tpn' | 'nist' | 'demo';

export interface Me {
  id: string;
  user: string;
  role: Role;
  /** What is due before the console opens. */
  stage: Stage;
  profile: Profile;
}

export interface Policy {
  profile: Profile;
  password_least: number;
  password_kinds: number;
  password_blocklist: boolean;
  password_life_days: number | null;
  second_factor: boolean;
  passwordless: boolean;
  prompt_every_s: number | null;
  lock_until_unlocked: boolean;
  session_idle_s: number;
}

export interface CodeSent {
  ticket: string;
  /** Where the code went, not in full. */
  sent_to: string;
  expires_at: string;
}

export interface Passkey {
  id: string;
  name: string;
  synced: boolean;
  created_at: string;
  used_at: string | null;
}

export interface Session {
  id: string;
  user: string;
  own: boolean;
  stage: Stage;
  ip: string;
  browser: string;
  created_at: string;
  used_at: string;
}
