//! No source: the program shows its slate.

use std::time::Duration;

use super::{Source, SourceError, SourceOutput};

/// How often the thread looks up while it waits to be stopped, which wakes it at once.
const NAP: Duration = Duration::from_secs(60);

/// Delivers nothing until it is stopped.
pub(crate) struct IdleSource;

impl Source for IdleSource {
    fn waiting_for(&self) -> String {
        "the slate is shown".to_owned()
    }

    fn run(&mut self, output: &SourceOutput) -> Result<(), SourceError> {
        while !output.is_stopped() {
            output.sleep(NAP);
        }
        Ok(())
    }
}
