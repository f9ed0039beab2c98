//! Looks at a source without showing it: what it is, or what is wrong with it.

use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use super::decode::{self, Declared};
use super::frames::FrameMaker;
use super::srt_address::SrtAddress;
use super::{Opening, SourceError, SourceOutput, capture, file, sequence, srt, test};
use crate::engine::SourceInfo;
use crate::sound::Sound;
use crate::spec::look::Look;
use crate::spec::source::{Passphrase, SourceId, SourceSpec};

const POLL: Duration = Duration::from_millis(20);

/// Opens a source, decodes its first picture and closes it again. Blocks for up to `timeout`.
///
/// # Errors
/// What is wrong with the source, in words that a person can act on.
pub fn probe(spec: &SourceSpec, timeout: Duration) -> Result<SourceInfo, SourceError> {
    crate::runtime::init()?;
    match spec {
        SourceSpec::TestReel { height } => Ok(test::reel_info(*height).under(&Look::default())),
        SourceSpec::File { path } => {
            let (pipeline, progress) = file::open(path)?;
            let mut watch = file::Watch::new(path);
            let output = nowhere();
            decode::deliver(&pipeline, maker(&progress), &output)?;
            pipeline.play()?;
            let deadline = Instant::now() + timeout;
            while Instant::now() < deadline {
                watch.look(&pipeline, &progress, POLL)?;
                if let Some(found) = progress.found() {
                    return Ok(found.under(&Look::default()));
                }
                if progress.ended.load(std::sync::atomic::Ordering::Acquire) {
                    return Err(file::broken(path, "it holds no complete picture"));
                }
            }
            Err(SourceError::Stalled { name: file::file_name(path), after: timeout })
        }
        SourceSpec::Sequence { path, rate } => Ok(sequence::probe(path, *rate)?.under(&Look::default())),
        SourceSpec::Sdi { device } => Err(unseen(&capture::Input::Sdi { device: *device })),
        SourceSpec::Ndi { name } => Err(unseen(&capture::Input::Ndi { name: name.clone() })),
        SourceSpec::Whip => Err(SourceError::Feed { reason: "it is known only once a sender publishes".to_owned() }),
        SourceSpec::Slate => Err(SourceError::NoPicture),
        SourceSpec::Srt { uri, passphrase } => probe_srt(uri, passphrase.as_ref(), timeout),
    }
}

/// Whether an input delivers is known only while it is shown; whether there can be one, at once.
fn unseen(input: &capture::Input) -> SourceError {
    let waits = || SourceError::Feed { reason: format!("{} is looked at only while it is shown", input.label()) };
    capture::check(input).err().unwrap_or_else(waits)
}

fn probe_srt(uri: &str, passphrase: Option<&Passphrase>, timeout: Duration) -> Result<SourceInfo, SourceError> {
    let address = SrtAddress::parse(uri, passphrase)?;
    let (pipeline, progress) = srt::open(&address, passphrase)?;
    let mut watch = srt::Watch::new(&address);
    let output = nowhere();
    decode::deliver(&pipeline, maker(&progress), &output)?;
    watch.start(&pipeline)?;
    let deadline = Instant::now() + timeout;
    while Instant::now() < deadline {
        watch.look(&pipeline, &progress, POLL)?;
        if let Some(found) = progress.found() {
            return Ok(found.under(&Look::default()));
        }
        if let Some(refusal) = watch.refused_caller() {
            return Err(refusal);
        }
    }
    Err(SourceError::Stalled { name: address.label(), after: timeout })
}

/// A probe declares nothing: it tells what the source says of itself.
fn maker(progress: &std::sync::Arc<decode::Progress>) -> FrameMaker {
    let declared = Declared { start_timecode: None, drop_frame: false, track: None, reel: None };
    FrameMaker::new(progress, &declared, None)
}

/// An output that nobody reads.
fn nowhere() -> SourceOutput {
    SourceOutput::new(channel().0, Sound::silent(), Opening::default(), SourceId::nil())
}
