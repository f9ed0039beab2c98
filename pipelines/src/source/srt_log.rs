//! The SRT library says only in its log that a caller had another passphrase; this listens for that line.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, Once, PoisonError};
use std::time::Instant;

use gstreamer as gst;

static REFUSED_AT: Mutex<Option<Instant>> = Mutex::new(None);
/// Listeners that wait for a sender: the log does not say which of them has refused one.
static WAITING: AtomicUsize = AtomicUsize::new(0);

/// One waiting listener, counted until dropped.
pub(crate) struct WaitingListener(());

impl WaitingListener {
    pub fn new() -> Self {
        WAITING.fetch_add(1, Ordering::AcqRel);
        Self(())
    }

    /// Whether it is the only one, so that what the log says is about it.
    pub fn is_alone() -> bool {
        WAITING.load(Ordering::Acquire) <= 1
    }
}

impl Drop for WaitingListener {
    fn drop(&mut self) {
        WAITING.fetch_sub(1, Ordering::AcqRel);
    }
}

/// Starts listening, once for the process.
pub(crate) fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // The categories are turned up for us alone: GStreamer's own printing stays as quiet as it was asked to be.
        if std::env::var_os("GST_DEBUG").is_none() {
            gst::log::remove_default_log_function();
        }
        for name in ["srtlib", "srtobject"] {
            if let Some(category) = gst::DebugCategory::get(name) {
                category.set_threshold(gst::DebugLevel::Warning);
            }
        }
        gst::log::add_log_function(|category, _, _, _, _, _, message| {
            if !category.name().starts_with("srt") {
                return;
            }
            if message.get().is_some_and(|text| speaks_of_secret(&text)) {
                *REFUSED_AT.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
            }
        });
    });
}

/// Whether a connection was refused for its passphrase after `since`.
pub(crate) fn refused_since(since: Instant) -> bool {
    REFUSED_AT.lock().unwrap_or_else(PoisonError::into_inner).is_some_and(|at| at >= since)
}

/// Whether a text of the SRT library is about the passphrase.
pub(crate) fn speaks_of_secret(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    ["badsecret", "bad secret", "wrong password", "passphrase", "enforced encryption"]
        .iter()
        .any(|sign| text.contains(sign))
}
