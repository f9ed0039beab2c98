//! How often something may be done: a bucket of tokens that fills evenly.

use serde::{Deserialize, Serialize};

/// How often something may be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowance {
    /// So often at once; 0 is taken as 1.
    pub at_once: u32,
    /// And so often in each minute after that; 0 is taken as 1.
    pub per_minute: u32,
}

/// `[limits]` of the configuration: how fast one person may ask, whatever their network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// Requests of a guest.
    pub guest: Allowance,
    /// Those of a guest's requests that change something: comments, stills, leases, display checks.
    pub guest_changes: Allowance,
    /// Requests of an account.
    pub account: Allowance,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            guest: Allowance { at_once: 240, per_minute: 600 },
            guest_changes: Allowance { at_once: 120, per_minute: 120 },
            account: Allowance { at_once: 600, per_minute: 2_400 },
        }
    }
}

impl LimitsConfig {
    /// No limits that anybody reaches.
    pub const NONE: Self = {
        let any = Allowance { at_once: u32::MAX, per_minute: u32::MAX };
        Self { guest: any, guest_changes: any, account: any }
    };
}

/// A bucket. Time is in milliseconds on any clock that does not go back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace {
    tokens: f64,
    at_ms: u64,
    most: f64,
    per_second: f64,
}

impl Pace {
    /// A full bucket of `most` tokens, filled by `per_second`.
    pub fn new(most: u32, per_second: f64, now_ms: u64) -> Self {
        Self { tokens: f64::from(most), at_ms: now_ms, most: f64::from(most), per_second }
    }

    /// A full bucket.
    pub fn of(allowance: Allowance, now_ms: u64) -> Self {
        Self::new(allowance.at_once.max(1), f64::from(allowance.per_minute.max(1)) / 60.0, now_ms)
    }

    /// Takes a token; `false`, and nothing taken, when there is none.
    pub fn take(&mut self, now_ms: u64) -> bool {
        // Milliseconds of a process's life fit a double exactly.
        #[allow(clippy::cast_precision_loss)]
        let elapsed_s = now_ms.saturating_sub(self.at_ms) as f64 / 1e3;
        self.tokens = (self.tokens + elapsed_s * self.per_second).min(self.most);
        self.at_ms = self.at_ms.max(now_ms);
        if self.tokens < 1.0 {
            return false;
        }
        self.tokens -= 1.0;
        true
    }

    /// Seconds until there is a token, at least 1.
    pub fn wait_s(&self) -> u32 {
        let seconds = ((1.0 - self.tokens) / self.per_second).ceil().clamp(1.0, 3_600.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let whole = seconds as u32;
        whole
    }

    /// Whether the bucket is full by now, and so of no more use than a new one.
    pub fn is_full(&self, now_ms: u64) -> bool {
        #[allow(clippy::cast_precision_loss)]
        let elapsed_s = now_ms.saturating_sub(self.at_ms) as f64 / 1e3;
        self.tokens + elapsed_s * self.per_second >= self.most
    }
}
