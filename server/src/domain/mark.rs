//! Which frames a viewing was shown, and how the house keeps what leaks are traced with.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// `[marks]` of the configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MarksConfig {
    /// File of the key that seals the marks' master key; without one, a file of the data directory.
    pub seal_key: Option<PathBuf>,
    /// Room for references, in GiB; 0 keeps none.
    pub references_gib: u32,
}

impl Default for MarksConfig {
    fn default() -> Self {
        Self { seal_key: None, references_gib: 50 }
    }
}

/// Source frames, as ranges from the first to the last of each, in order and apart from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frames(Vec<(u64, u64)>);

impl Frames {
    /// Of ranges in any order, which may overlap.
    pub fn of(mut ranges: Vec<(u64, u64)>) -> Self {
        ranges.sort_unstable();
        let mut apart: Vec<(u64, u64)> = Vec::new();
        for (first, last) in ranges {
            match apart.last_mut() {
                Some((_, end)) if first <= end.saturating_add(1) => *end = (*end).max(last),
                _ => apart.push((first, last)),
            }
        }
        Self(apart)
    }

    /// The ranges.
    pub fn ranges(&self) -> &[(u64, u64)] {
        &self.0
    }

    /// Whether one of `frames` is among them.
    pub fn has_any(&self, frames: &[u64]) -> bool {
        let has = |frame: &u64| self.0.iter().any(|(first, last)| (first..=last).contains(&frame));
        frames.iter().any(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_touch_become_one() {
        let frames = Frames::of(vec![(50, 60), (0, 9), (10, 20), (55, 70), (72, 72)]);
        assert_eq!(frames.ranges(), [(0, 20), (50, 70), (72, 72)]);
        assert!(frames.has_any(&[30, 72]) && frames.has_any(&[0]) && !frames.has_any(&[21, 49, 71]));
        assert!(!Frames::default().has_any(&[0]));
        assert_eq!(Frames::of(vec![(7, u64::MAX), (u64::MAX, u64::MAX)]).ranges(), [(7, u64::MAX)]);
    }
}
