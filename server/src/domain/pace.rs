//! How often something may be done: a bucket of tokens that fills evenly.

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
