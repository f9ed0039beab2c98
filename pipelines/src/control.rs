//! The engine's control thread: takes commands, knows which programs and renditions run, never touches media itself.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};

use tokio::sync::mpsc::UnboundedSender;

use crate::engine::{EngineCommand, EngineEvent, MediaUnit, ProgramId, RenditionId};
use crate::program::Program;
use crate::reference::ReferenceSink;
use crate::rendition::{Rendition, RenditionSetup};
use crate::source::feeds::Feeds;
use crate::spec::encode::{PictureSize, RenditionSpec};
use crate::spec::source::ProgramSpec;
use crate::spec::transport::TransportError;
use crate::spec::watermark::Marks;

const NO_PROGRAM: &str = "no such program is open";

/// What the control thread listens to.
#[derive(Debug)]
pub(crate) enum Control {
    Command(EngineCommand),
    /// A rendition has ended by itself.
    Ended(RenditionId, String),
    /// The last handle is gone.
    Shutdown,
}

/// Starts the control thread.
pub(crate) fn start(
    events: UnboundedSender<EngineEvent>,
    references: Option<ReferenceSink>,
) -> std::io::Result<Sender<Control>> {
    let (control, receiver) = channel();
    let (programs, renditions) = (HashMap::new(), HashMap::new());
    let feeds = Feeds::default();
    let state = ControlThread { control: control.clone(), events, references, feeds, programs, renditions };
    std::thread::Builder::new().name("engine".to_owned()).spawn(move || state.run(&receiver))?;
    Ok(control)
}

struct ControlThread {
    control: Sender<Control>,
    events: UnboundedSender<EngineEvent>,
    references: Option<ReferenceSink>,
    feeds: Feeds,
    programs: HashMap<ProgramId, Program>,
    renditions: HashMap<RenditionId, (ProgramId, Rendition)>,
}

impl ControlThread {
    fn run(mut self, receiver: &Receiver<Control>) {
        while let Ok(message) = receiver.recv() {
            match message {
                Control::Command(command) => self.command(command),
                Control::Ended(rendition, reason) => {
                    if self.renditions.remove(&rendition).is_some() {
                        self.tell(EngineEvent::RenditionEnded { rendition, reason });
                    }
                }
                Control::Shutdown => break,
            }
        }
        for (_, rendition) in self.renditions.values() {
            rendition.stop();
        }
    }

    fn command(&mut self, command: EngineCommand) {
        match command {
            EngineCommand::Open { program, spec } => self.open(program, *spec),
            EngineCommand::Close { program } => self.close(program),
            EngineCommand::Attach { program, rendition, spec, marks, sink } => {
                if let Err(reason) = self.attach(program, rendition, spec, *marks, sink) {
                    self.tell(EngineEvent::RenditionEnded { rendition, reason });
                }
            }
            EngineCommand::Detach { rendition } => match self.renditions.remove(&rendition) {
                Some((_, running)) => running.stop(),
                None => self.unknown(rendition),
            },
            EngineCommand::RequestKeyframe { rendition } => match self.renditions.get(&rendition) {
                Some((_, running)) => running.request_keyframe(),
                None => self.unknown(rendition),
            },
            EngineCommand::SetBitrate { rendition, bitrate_bps } => match self.renditions.get(&rendition) {
                Some((_, running)) => running.set_bitrate(bitrate_bps),
                None => self.unknown(rendition),
            },
            EngineCommand::SetTarget { rendition, target } => match self.renditions.get(&rendition) {
                Some((_, running)) => running.set_target(target),
                None => self.unknown(rendition),
            },
            EngineCommand::Reshape { rendition, size, bitrate_bps } => self.reshape(rendition, size, bitrate_bps),
            EngineCommand::Thin { rendition, one_of } => match self.renditions.get(&rendition) {
                Some((_, running)) => running.thin(one_of),
                None => self.unknown(rendition),
            },
            EngineCommand::SetMark { rendition, mark } => match self.renditions.get(&rendition) {
                Some((_, running)) => running.set_mark(*mark),
                None => self.unknown(rendition),
            },
            EngineCommand::Lift { program, lasting } => {
                let of_program = self.renditions.values().filter(|(of, _)| *of == program);
                of_program.for_each(|(_, running)| running.lift(lasting));
            }
            EngineCommand::SetLook { program, look } => match self.programs.get(&program) {
                Some(running) => running.set_look(*look),
                None => self.tell(EngineEvent::LookRefused { program, reason: NO_PROGRAM.to_owned() }),
            },
            EngineCommand::Hold { program, held } => match self.programs.get(&program) {
                Some(running) => running.hold(held),
                None => self.tell(EngineEvent::OpenFailed { program, reason: NO_PROGRAM.to_owned() }),
            },
            EngineCommand::Feed { source, unit } => self.feeds.deliver(source, unit),
            EngineCommand::Transport { program, command } => match self.programs.get(&program) {
                Some(running) => running.transport(command),
                None => {
                    self.tell(EngineEvent::TransportRefused { program, error: TransportError::NoProgram });
                }
            },
        }
    }

    fn open(&mut self, program: ProgramId, spec: ProgramSpec) {
        let opened = match self.programs.get(&program) {
            Some(running) => running.reopen(spec),
            None => {
                let (events, references, feeds) = (self.events.clone(), self.references.clone(), self.feeds.clone());
                Program::open(program, spec, events, references, feeds).map(|running| {
                    self.programs.insert(program, running);
                })
            }
        };
        if let Err(error) = opened {
            self.tell(EngineEvent::OpenFailed { program, reason: error.to_string() });
        }
    }

    fn close(&mut self, program: ProgramId) {
        if self.programs.remove(&program).is_none() {
            self.tell(EngineEvent::OpenFailed { program, reason: NO_PROGRAM.to_owned() });
        }
        self.renditions.retain(|_, (of, rendition)| {
            if *of == program {
                rendition.stop();
            }
            *of != program
        });
    }

    fn attach(
        &mut self,
        program: ProgramId,
        rendition: RenditionId,
        spec: RenditionSpec,
        marks: Marks,
        sink: tokio::sync::mpsc::Sender<MediaUnit>,
    ) -> Result<(), String> {
        let running = self.programs.get(&program).ok_or(NO_PROGRAM)?;
        if self.renditions.contains_key(&rendition) {
            tracing::warn!(%rendition, "already attached: left as it is");
            return Ok(());
        }
        check_size(spec.size)?;
        let setup = RenditionSetup { id: rendition, spec, marks, rate: running.rate(), sink };
        let control = self.control.clone();
        let started = Rendition::start(setup, move |id, reason| {
            let _ = control.send(Control::Ended(id, reason));
        })
        .map_err(|error| format!("no thread for the rendition: {error}"))?;
        running.attach(started.clone());
        self.renditions.insert(rendition, (program, started));
        Ok(())
    }

    fn reshape(&self, rendition: RenditionId, size: PictureSize, bitrate_bps: u32) {
        match (self.renditions.get(&rendition), check_size(size)) {
            (Some((_, running)), Ok(())) => running.reshape(size, bitrate_bps),
            (Some(_), Err(reason)) => tracing::warn!(%rendition, reason, "not reshaped"),
            (None, _) => self.unknown(rendition),
        }
    }

    fn unknown(&self, rendition: RenditionId) {
        self.tell(EngineEvent::RenditionEnded { rendition, reason: "no such rendition is running".to_owned() });
    }

    fn tell(&self, event: EngineEvent) {
        // Nobody listening is the caller's choice.
        let _ = self.events.send(event);
    }
}

/// Sizes an encoder takes: even, and within H.264's largest level.
fn check_size(size: PictureSize) -> Result<(), String> {
    let fits = |samples: u32| (64..=8_192).contains(&samples) && samples.is_multiple_of(2);
    if fits(size.width) && fits(size.height) {
        Ok(())
    } else {
        Err(format!("a picture of {} x {} cannot be encoded: even sizes from 64 to 8192", size.width, size.height))
    }
}
