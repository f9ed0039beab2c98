//! A review's live picture: one source, one colour stage, any number of renditions, and a slate when the source is lost.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc::UnboundedSender;

use crate::color::compiler::{Compiled, LookCompiler, Request};
use crate::color::stage::{ColorStage, LookError};
use crate::engine::{EngineEvent, FrameStamp, ProgramId, SourceInfo};
use crate::frame::{ColorFrame, FrameTime, Picture};
use crate::rendition::Rendition;
use crate::sound::Sound;
use crate::source::slate::slate;
use crate::source::{FoundSource, Opening, RunningSource, SourceFrame, SourceMessage};
use crate::spec::color::TargetColor;
use crate::spec::encode::{PictureSize, VideoFormat};
use crate::spec::look::Look;
use crate::spec::source::ProgramSpec;
use crate::spec::time::{FrameRate, Timecode, TimecodeError};
use crate::spec::transport::{Speed, TransportCommand, TransportError, TransportState};

/// A source without a picture for this long is lost; the first slate follows at once.
const STALL: Duration = Duration::from_millis(800);
/// Time between slates.
const SLATE_INTERVAL: Duration = Duration::from_millis(125);
/// Time between two pictures of a frame that is held.
const HOLD_INTERVAL: Duration = Duration::from_millis(125);
/// Time between two words about where a source is.
const TRANSPORT_INTERVAL: Duration = Duration::from_millis(500);
/// Smallest step of a program's clock.
const PTS_STEP: Duration = Duration::from_millis(1);

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
    ColorStage::new(&spec.look)?;
    if let Some(start) = &spec.start_timecode {
        // The rate is the source's, so only what holds at every rate is checked: the shape, and frames below 60.
        Timecode::parse(start, FrameRate::new(60, 1))?;
    }
    Ok(())
}

/// What a program's thread listens to.
pub(crate) enum ProgramMessage {
    Source(Opening, SourceMessage),
    Attach(Rendition),
    Reopen(Box<ProgramSpec>),
    Transport(TransportCommand),
    SetLook(Box<Look>),
    Compiled(Box<Compiled>),
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
    pub fn open(id: ProgramId, spec: ProgramSpec, events: UnboundedSender<EngineEvent>) -> Result<Self, OpenError> {
        check(&spec)?;
        let stage = ColorStage::new(&spec.look)?;
        let (messages, receiver) = channel();
        let opening = Opening::default();
        let epoch = Instant::now();
        let sound = Sound::start(epoch)?;
        let source = RunningSource::start(&spec, messages.clone(), sound.clone(), opening)?;
        let rate = Arc::new(Mutex::new(FrameRate::FPS_25));
        let ready = messages.clone();
        let looks = LookCompiler::start(move |compiled| {
            let _ = ready.send(ProgramMessage::Compiled(Box::new(compiled)));
        })?;
        let state = ProgramThread {
            id,
            events,
            messages: messages.clone(),
            opening,
            source,
            sound,
            looks,
            look: spec.look.clone(),
            stage,
            slates: Slates { title: spec.title.clone(), painted: Vec::new() },
            spec,
            renditions: Vec::new(),
            epoch,
            last_pts: None,
            found: None,
            info: None,
            rate: Arc::clone(&rate),
            last_stamp: None,
            last: None,
            held: false,
            shown_at: Instant::now(),
            transport_told: None,
            liveness: Liveness::Opening { since: Instant::now(), waiting_for: String::new() },
            next_slate: Instant::now(),
        };
        std::thread::Builder::new().name("program".to_owned()).spawn(move || state.run(&receiver))?;
        Ok(Self { messages, rate })
    }

    /// Shows another source, or the same in another colour; viewers stay.
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

/// What viewers share a picture by.
type Variant = (VideoFormat, TargetColor, PictureSize);

enum Liveness {
    Opening { since: Instant, waiting_for: String },
    Live { last_frame: Instant },
    Lost { reason: String },
}

/// Slates of the variants that somebody watches, painted once for each loss.
struct Slates {
    title: String,
    painted: Vec<Picture>,
}

impl Slates {
    fn picture(&mut self, (format, target, size): Variant) -> Picture {
        if let Some(painted) = self.painted.iter().find(|p| (p.format, p.target, p.size) == (format, target, size)) {
            return painted.clone();
        }
        let painted = slate(format, target, size, &self.title);
        self.painted.push(painted.clone());
        painted
    }
}

/// A picture that can be shown again, and what its source was found to be.
struct Held {
    frame: Box<SourceFrame>,
    found: FoundSource,
}

struct ProgramThread {
    id: ProgramId,
    events: UnboundedSender<EngineEvent>,
    messages: Sender<ProgramMessage>,
    opening: Opening,
    /// Stops when it is replaced or the program ends.
    source: RunningSource,
    sound: Sound,
    looks: LookCompiler,
    /// The look that is shown.
    look: Look,
    stage: ColorStage,
    /// What was asked for last.
    spec: ProgramSpec,
    slates: Slates,
    renditions: Vec<Rendition>,
    epoch: Instant,
    last_pts: Option<Duration>,
    found: Option<FoundSource>,
    /// What was found, under the look that is shown.
    info: Option<SourceInfo>,
    rate: Arc<Mutex<FrameRate>>,
    last_stamp: Option<FrameStamp>,
    /// The picture shown last, to be shown again while the source holds it.
    last: Option<Held>,
    /// Whether it is held whatever the source does.
    held: bool,
    shown_at: Instant,
    transport_told: Option<(Instant, TransportState)>,
    liveness: Liveness,
    next_slate: Instant,
}

impl ProgramThread {
    fn run(mut self, receiver: &Receiver<ProgramMessage>) {
        loop {
            match receiver.recv_timeout(self.patience()) {
                Ok(ProgramMessage::Source(opening, message)) if opening == self.opening => self.source(message),
                Ok(ProgramMessage::Source(..)) => {}
                Ok(ProgramMessage::Reopen(spec)) => self.reopen(*spec),
                Ok(ProgramMessage::SetLook(look)) => self.ask_for(*look),
                Ok(ProgramMessage::Compiled(compiled)) => self.compiled(*compiled),
                Ok(ProgramMessage::Hold(held)) => self.held = held,
                Ok(ProgramMessage::Transport(command)) => self.transport(command),
                Ok(ProgramMessage::Attach(rendition)) => self.renditions.push(rendition),
                Ok(ProgramMessage::Close) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
            self.renditions.retain(|rendition| !rendition.is_stopped());
            self.watch();
            self.watch_transport();
            self.tell_sound();
        }
        for rendition in &self.renditions {
            rendition.stop();
        }
    }

    fn reopen(&mut self, spec: ProgramSpec) {
        // Nothing is opened anew for a look.
        if (ProgramSpec { look: spec.look.clone(), ..self.spec.clone() }) == spec {
            return self.ask_for(spec.look);
        }
        let opening = self.opening.next();
        let stage = ColorStage::new(&spec.look).map_err(OpenError::from);
        let source =
            RunningSource::start(&spec, self.messages.clone(), self.sound.clone(), opening).map_err(OpenError::from);
        match stage.and_then(|stage| Ok((stage, source?))) {
            Ok((stage, source)) => {
                (self.opening, self.stage, self.source) = (opening, stage, source);
                (self.look, self.transport_told) = (spec.look.clone(), None);
                // A picture that is held stays while sources change behind it.
                self.last = self.last.take().filter(|_| self.held);
                self.slates = Slates { title: spec.title.clone(), painted: Vec::new() };
                self.spec = spec;
                self.liveness = Liveness::Opening { since: Instant::now(), waiting_for: String::new() };
            }
            Err(error) => tracing::error!(%error, "not reopened: what was open goes on"),
        }
    }

    /// How long to wait for a message before the clock asks for something.
    fn patience(&self) -> Duration {
        let due = match &self.liveness {
            Liveness::Opening { since, .. } => *since + STALL,
            _ if self.is_held() => self.shown_at + HOLD_INTERVAL,
            Liveness::Live { .. } if self.is_holding() => self.shown_at + HOLD_INTERVAL,
            Liveness::Live { last_frame } => *last_frame + STALL,
            Liveness::Lost { .. } => self.next_slate,
        };
        due.saturating_duration_since(Instant::now())
    }

    fn source(&mut self, message: SourceMessage) {
        match message {
            SourceMessage::Waiting(waiting_for) => self.waiting(waiting_for),
            SourceMessage::Opened(info) => self.opened(info),
            SourceMessage::Frame(frame) => self.frame(frame),
            SourceMessage::Lost(reason) => self.lost(reason),
        }
    }

    fn waiting(&mut self, text: String) {
        if let Liveness::Opening { waiting_for, .. } = &mut self.liveness {
            *waiting_for = text;
        }
    }

    fn opened(&mut self, found: FoundSource) {
        *self.rate.lock().unwrap_or_else(PoisonError::into_inner) = found.rate;
        self.found = Some(found);
        self.judge();
    }

    /// What the source is under the look that is shown.
    fn judge(&mut self) {
        let info = self.found.as_ref().map(|found| found.under(&self.look));
        let changed = self.info != info;
        self.info = info;
        if changed && matches!(self.liveness, Liveness::Live { .. }) {
            self.tell_live();
        }
    }

    fn ask_for(&mut self, look: Look) {
        self.spec.look = look.clone();
        let color = self.found.as_ref().map(|found| found.under(&look).color);
        self.looks.compile(Request { look, conversions: self.stage.conversions(), color });
    }

    /// A look is ready: it is in force from the next picture on.
    fn compiled(&mut self, compiled: Compiled) {
        match compiled {
            Ok((look, mut stage)) => {
                std::mem::swap(&mut self.stage, &mut stage);
                self.stage.succeed(*stage);
                self.look = look;
                self.judge();
                let _ = self.events.send(EngineEvent::LookShown { program: self.id });
            }
            Err(error) => {
                self.spec.look = self.look.clone();
                let _ = self.events.send(EngineEvent::LookRefused { program: self.id, reason: error.to_string() });
            }
        }
    }

    fn frame(&mut self, mut frame: Box<SourceFrame>) {
        let Some(found) = self.found.clone() else { return };
        let held = self.held && self.last.is_some();
        if !held {
            self.last_stamp = Some(frame.stamp.clone());
            let time = self.time(frame.presented_at, frame.stamp.clone());
            if let Err(reason) = self.show(&frame, &found, &time) {
                return self.lost(format!("the colour stage cannot convert this source: {reason}"));
            }
        }
        let was_live = matches!(self.liveness, Liveness::Live { .. });
        self.liveness = Liveness::Live { last_frame: Instant::now() };
        if !was_live {
            self.slates.painted.clear();
            self.tell_live();
        }
        if frame.stamp.speed == Speed::HELD {
            self.transport_told = None;
        }
        if !held {
            frame.arrived();
            self.last = Some(Held { frame, found });
        }
    }

    fn show(&mut self, frame: &SourceFrame, found: &FoundSource, time: &FrameTime) -> Result<(), String> {
        self.shown_at = Instant::now();
        let color = found.under(&self.look).color;
        let stage = &mut self.stage;
        show(&self.renditions, time, |variant| {
            stage.convert(&frame.picture, color, variant).map_err(|error| error.to_string())
        })
    }

    /// Shows the last picture once more, as one that stands still.
    fn show_again(&mut self, now: Instant) {
        let Some(held) = self.last.take() else { return };
        let time = self.time(now, FrameStamp { speed: Speed::HELD, ..held.frame.stamp.clone() });
        let shown = self.show(&held.frame, &held.found, &time);
        self.last = Some(held);
        match (shown, &mut self.liveness) {
            (Ok(()), Liveness::Live { last_frame }) if !self.held => *last_frame = now,
            (Ok(()), _) => {}
            (Err(reason), _) => self.lost(format!("the colour stage cannot convert this source: {reason}")),
        }
    }

    /// Whether the source's pictures stay away on purpose.
    fn is_holding(&self) -> bool {
        self.last.is_some() && self.source.transport.as_ref().is_some_and(|transport| transport.is_holding())
    }

    /// Whether viewers are shown the last picture, whatever the source does.
    fn is_held(&self) -> bool {
        self.held && self.last.is_some()
    }

    fn transport(&mut self, command: TransportCommand) {
        let program = self.id;
        let done = match &self.source.transport {
            Some(transport) => transport.command(command),
            None => Err(TransportError::Live),
        };
        match done {
            Ok(state) => self.tell_transport(state),
            Err(error) => {
                let _ = self.events.send(EngineEvent::TransportRefused { program, error });
            }
        }
    }

    /// With the timecode that the picture shown last tells.
    fn labelled(&self, state: TransportState) -> TransportState {
        let label = |stamp: &FrameStamp| {
            let timecode = Timecode::parse(&stamp.timecode, stamp.rate).ok()?;
            Some(timecode.minus(stamp.source_frame).frames())
        };
        let first_label = self.last_stamp.as_ref().and_then(label).unwrap_or_default();
        TransportState { first_label, ..state }
    }

    fn tell_transport(&mut self, state: TransportState) {
        let state = self.labelled(state);
        self.transport_told = Some((Instant::now(), state));
        let _ = self.events.send(EngineEvent::Transport { program: self.id, state });
    }

    /// Where the source is, when that has changed and was not told lately.
    fn watch_transport(&mut self) {
        let Some(state) = self.source.transport.as_ref().and_then(|transport| transport.state()) else { return };
        let state = self.labelled(state);
        let known = self.transport_told.is_some_and(|(at, told)| told == state || at.elapsed() < TRANSPORT_INTERVAL);
        if !known {
            self.tell_transport(state);
        }
    }

    /// Sound is for whoever sees the picture, while there is one.
    fn tell_sound(&self) {
        let mut audience = self.sound.audience();
        audience.opening = self.opening;
        audience.live = matches!(self.liveness, Liveness::Live { .. });
        audience.renditions.clone_from(&self.renditions);
    }

    fn lost(&mut self, reason: String) {
        let known = matches!(&self.liveness, Liveness::Lost { reason: known } if *known == reason);
        if !known {
            let _ = self.events.send(EngineEvent::SourceLost { program: self.id, reason: reason.clone() });
            if !matches!(self.liveness, Liveness::Lost { .. }) {
                self.next_slate = Instant::now();
            }
            self.liveness = Liveness::Lost { reason };
        }
    }

    /// What the clock asks for: declaring a silent source lost, and painting slates.
    fn watch(&mut self) {
        let now = Instant::now();
        let holding = matches!(self.liveness, Liveness::Live { .. }) && self.is_holding();
        if (self.is_held() || holding) && now >= self.shown_at + HOLD_INTERVAL {
            self.show_again(now);
        }
        match &self.liveness {
            _ if holding => {}
            Liveness::Opening { since, waiting_for } if now >= *since + STALL => {
                let reason = waiting_for.clone();
                self.lost(reason);
            }
            Liveness::Live { last_frame } if now >= *last_frame + STALL => {
                self.lost("the source has stopped delivering pictures".to_owned());
            }
            _ => {}
        }
        if matches!(self.liveness, Liveness::Lost { .. }) && !self.is_held() && now >= self.next_slate {
            self.next_slate = now + SLATE_INTERVAL;
            self.show_slate(now);
        }
    }

    fn show_slate(&mut self, now: Instant) {
        let rate = self.rate.lock().map_or(FrameRate::FPS_25, |rate| *rate);
        let stamp = match &self.last_stamp {
            Some(stamp) => FrameStamp { slate: true, speed: Speed::HELD, ..stamp.clone() },
            None => {
                let timecode = Timecode::from_frames(0, rate).to_string();
                FrameStamp { source_frame: 0, timecode, rate, slate: true, speed: Speed::HELD }
            }
        };
        let time = self.time(now, stamp);
        let slates = &mut self.slates;
        // A slate cannot fail: it is painted in the viewers' own format.
        let _ = show(&self.renditions, &time, |variant| Ok(slates.picture(variant)));
    }

    /// Program time of an instant; never goes back, never stands still.
    fn time(&mut self, presented_at: Instant, stamp: FrameStamp) -> FrameTime {
        let mut pts = presented_at.saturating_duration_since(self.epoch);
        if let Some(last) = self.last_pts {
            pts = pts.max(last + PTS_STEP);
        }
        self.last_pts = Some(pts);
        FrameTime { pts, presented_at: self.epoch + pts, stamp }
    }

    fn tell_live(&self) {
        if let Some(info) = self.info.clone() {
            let _ = self.events.send(EngineEvent::SourceLive { program: self.id, info });
        }
    }
}

/// Makes each picture that viewers need once and offers it to all who share it.
fn show(
    renditions: &[Rendition],
    time: &FrameTime,
    mut make: impl FnMut(Variant) -> Result<Picture, String>,
) -> Result<(), String> {
    let mut made: Vec<Arc<ColorFrame>> = Vec::new();
    for rendition in renditions {
        let spec = rendition.spec();
        let variant = (spec.format, spec.target, spec.size);
        let of = |frame: &ColorFrame| (frame.picture.format, frame.picture.target, frame.picture.size);
        let ready = made.iter().find(|frame| of(frame) == variant);
        let frame = match ready {
            Some(frame) => Arc::clone(frame),
            None => {
                let picture = make(variant)?;
                let frame = Arc::new(ColorFrame { picture, time: time.clone() });
                made.push(Arc::clone(&frame));
                frame
            }
        };
        rendition.offer(frame);
    }
    Ok(())
}
