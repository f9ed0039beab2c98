//! A review's live picture: one source on air, one colour stage, any number of renditions, and a slate when the source
//! is lost or none is wanted.

mod clock;
mod deck;
mod news;
mod picture;
mod slates;
mod switch;
mod thread;

use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::UnboundedSender;

use crate::color::compiler::Compiled;
use crate::color::stage::{ColorStage, LookError};
use crate::engine::{EngineEvent, ProgramId};
use crate::reference::{ReferenceSink, Referrer};
use crate::rendition::Rendition;
use crate::source::feeds::Feeds;
use crate::source::{Opening, SourceMessage};
use crate::spec::color::TargetColor;
use crate::spec::encode::{PictureSize, VideoFormat};
use crate::spec::look::Look;
use crate::spec::source::ProgramSpec;
use crate::spec::time::{FrameRate, Timecode, TimecodeError};
use crate::spec::transport::TransportCommand;
use thread::ProgramThread;

/// Why a program cannot be opened as it is described. A source that is missing is not among them: it may come.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The look cannot be used.
    #[error(transparent)]
    Look(#[from] LookError),
    /// The declared start is no timecode.
    #[error("start {0}")]
    StartTimecode(#[from] TimecodeError),
    /// The system gives no more threads.
    #[error("no thread for the program: {0}")]
    Thread(#[from] std::io::Error),
}

/// Checks all of a description that can be checked without its source.
///
/// # Errors
/// When the LUT or the start timecode is wrong.
pub fn check(spec: &ProgramSpec) -> Result<(), OpenError> {
    ColorStage::new(&spec.look, None)?;
    if let Some(start) = &spec.start_timecode {
        // The rate is the source's, so only what holds at every rate is checked: the shape, and frames below 60.
        Timecode::parse(start, FrameRate::new(60, 1))?;
    }
    Ok(())
}

/// What viewers share a picture by.
type Variant = (VideoFormat, TargetColor, PictureSize);

/// What a program's thread listens to.
pub(crate) enum ProgramMessage {
    Source(Opening, SourceMessage),
    Compiled(Opening, Box<Compiled>),
    Attach(Rendition),
    Reopen(Box<ProgramSpec>),
    Transport(TransportCommand),
    SetLook(Box<Look>),
    Hold(bool),
    Close,
}

/// Handle to a running program; dropping it closes it.
pub(crate) struct Program {
    messages: Sender<ProgramMessage>,
    rate: Arc<Mutex<FrameRate>>,
}

impl Program {
    /// Opens a source and starts the program's thread.
    pub fn open(
        id: ProgramId,
        spec: ProgramSpec,
        events: UnboundedSender<EngineEvent>,
        references: Option<ReferenceSink>,
        feeds: Feeds,
    ) -> Result<Self, OpenError> {
        check(&spec)?;
        let (messages, receiver) = channel();
        let rate = Arc::new(Mutex::new(FrameRate::FPS_25));
        let referrer = references.map(|sink| Referrer::start(id, sink)).transpose()?;
        let state = ProgramThread::new(id, spec, messages.clone(), events, Arc::clone(&rate), referrer, feeds)?;
        std::thread::Builder::new().name("program".to_owned()).spawn(move || state.run(&receiver))?;
        Ok(Self { messages, rate })
    }

    /// Shows another source, or the same in another colour; viewers stay, and see the old one until the new one has a
    /// picture.
    ///
    /// # Errors
    /// When the description cannot be opened; what was open goes on then.
    pub fn reopen(&self, spec: ProgramSpec) -> Result<(), OpenError> {
        check(&spec)?;
        let _ = self.messages.send(ProgramMessage::Reopen(Box::new(spec)));
        Ok(())
    }

    /// Frame rate of the source, or 25 while it is not known.
    pub fn rate(&self) -> FrameRate {
        *self.rate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows another look as soon as it is ready.
    pub fn set_look(&self, look: Look) {
        let _ = self.messages.send(ProgramMessage::SetLook(Box::new(look)));
    }

    /// Holds the picture, or lets it go.
    pub fn hold(&self, held: bool) {
        let _ = self.messages.send(ProgramMessage::Hold(held));
    }

    /// Plays, holds or finds frames of the source.
    pub fn transport(&self, command: TransportCommand) {
        let _ = self.messages.send(ProgramMessage::Transport(command));
    }

    /// Shows the program to one more viewer.
    pub fn attach(&self, rendition: Rendition) {
        let _ = self.messages.send(ProgramMessage::Attach(rendition));
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.messages.send(ProgramMessage::Close);
    }
}
