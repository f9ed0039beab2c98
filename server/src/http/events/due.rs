//! What is looked at again a moment after a change, once for all changes that come until then: when a hundred people come in a
//! second, their names are read ten times and not a hundred for each open page.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How long changes are gathered.
const GATHERED: Duration = Duration::from_millis(100);

/// When to look again.
#[derive(Debug, Default)]
pub struct Due(Option<Instant>);

impl Due {
    /// Something changed.
    pub fn soon(&mut self) {
        self.0.get_or_insert_with(|| Instant::now() + GATHERED);
    }

    /// Returns when it is time to look; never while nothing has changed.
    pub async fn come(&mut self) {
        match self.0 {
            Some(at) => sleep_until(at).await,
            None => std::future::pending().await,
        }
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn many_changes_at_once_are_looked_at_once_and_none_is_forgotten() {
        let (mut due, begun) = (Due::default(), Instant::now());
        for _ in 0..100 {
            due.soon();
        }
        due.come().await;
        assert!(begun.elapsed() >= GATHERED);
        assert!(tokio::time::timeout(2 * GATHERED, due.come()).await.is_err(), "nothing has changed since");
        due.soon();
        due.come().await;
    }
}
