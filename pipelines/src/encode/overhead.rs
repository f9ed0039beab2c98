//! What a viewer costs beyond the bare encoder: both are fed the same pictures in turn, and CPU time of the process is read.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, SystemTime};

use super::capability::{PATIENCE, cpu_time, marks};
use super::encoder::{Encoder, EncoderSetup};
use super::synthetic;
use crate::engine::{EngineError, VideoUnit};
use crate::frame::ColorFrame;
use crate::spec::encode::RenditionSpec;
use crate::spec::time::FrameRate;
use crate::watermark::{MarkedFrame, Marker};

/// Pictures of a round, made beforehand.
const FRAMES: u32 = 12;
/// Rounds that are not counted: the encoder's first pictures are key frames.
const WARM_UP: u32 = 1;

/// CPU time of one frame.
#[derive(Clone, Copy, Debug, Default)]
pub struct Round {
    /// The encoder alone, fed marked pictures.
    pub bare: Duration,
    /// One viewer: both marks, the encoder, and what `send` does.
    pub viewer: Duration,
    /// Of the viewer's, the marks.
    pub marks: Duration,
    /// Of the viewer's, `send`.
    pub send: Duration,
    /// What is worked out once for all viewers of a format, target and size: the invisible mark's mask.
    pub shared: Duration,
}

/// One encoder and what came of it.
struct Lane {
    encoder: Encoder,
    units: Receiver<VideoUnit>,
}

impl Lane {
    fn start(spec: RenditionSpec, rate: FrameRate) -> Result<Self, String> {
        let (done, units) = channel();
        let setup = EncoderSetup { spec, rate, threads: None };
        let encoder = Encoder::start(setup, move |unit| {
            let _ = done.send(unit);
        })
        .map_err(|error| error.to_string())?;
        Ok(Self { encoder, units })
    }

    fn encode(&mut self, marked: MarkedFrame) -> Result<VideoUnit, String> {
        self.encoder.push(marked).map_err(|error| error.to_string())?;
        let unit = self.units.recv_timeout(PATIENCE);
        self.encoder.check().map_err(|error| error.to_string())?;
        unit.map_err(|_| format!("the encoder gave no picture within {} s", PATIENCE.as_secs()))
    }
}

/// Measures `rounds` rounds of `spec` at `rate`; `send` gets every unit of the viewer.
///
/// # Errors
/// When the encoder does not work here or `send` fails.
pub fn measure(
    spec: RenditionSpec,
    rate: FrameRate,
    rounds: u32,
    mut send: impl FnMut(VideoUnit) -> Result<(), String>,
) -> Result<Vec<Round>, EngineError> {
    let mut run = || -> Result<Vec<Round>, String> {
        let mut pictures = synthetic::Pictures::new(spec.format, spec.size);
        let (mut bare, mut whole) = (Lane::start(spec, rate)?, Lane::start(spec, rate)?);
        let mut markers = [(); 2].map(|()| Marker::new(&marks(), spec.format, spec.size));
        let mut measured = Vec::new();
        for round in 0..WARM_UP + rounds {
            let frames: Vec<ColorFrame> = (0..FRAMES).map(|_| pictures.next(rate)).collect();
            let figures = one_round(&frames, &mut markers, [&mut bare, &mut whole], &mut send)?;
            if round >= WARM_UP {
                measured.push(figures);
            }
        }
        Ok(measured)
    };
    run().map_err(EngineError::Encoder)
}

fn one_round(
    frames: &[ColorFrame],
    [for_bare, for_viewer]: &mut [Marker; 2],
    [bare, whole]: [&mut Lane; 2],
    send: &mut impl FnMut(VideoUnit) -> Result<(), String>,
) -> Result<Round, String> {
    let mut round = Round::default();
    let text = |error: &dyn std::fmt::Display| error.to_string();
    timed(&mut round.shared, || {
        frames.iter().try_for_each(|frame| frame.mask().map(|_| ()).map_err(|error| text(&error)))
    })?;
    let now = SystemTime::now();
    let mark = |marker: &mut Marker, frame: &ColorFrame| marker.mark(frame, now).map_err(|error| text(&error));
    let marked = frames.iter().map(|frame| mark(for_bare, frame)).collect::<Result<Vec<_>, _>>()?;
    timed(&mut round.bare, || marked.into_iter().try_for_each(|frame| bare.encode(frame).map(|_| ())))?;
    let (mut marks, mut sent) = (Duration::ZERO, Duration::ZERO);
    timed(&mut round.viewer, || {
        frames.iter().try_for_each(|frame| {
            let marked = timed(&mut marks, || mark(for_viewer, frame))?;
            let unit = whole.encode(marked)?;
            timed(&mut sent, || send(unit))
        })
    })?;
    (round.marks, round.send) = (marks, sent);
    let each = |time: Duration| time / u32::try_from(frames.len()).unwrap_or(u32::MAX).max(1);
    Ok(Round {
        bare: each(round.bare),
        viewer: each(round.viewer),
        marks: each(round.marks),
        send: each(round.send),
        shared: each(round.shared),
    })
}

/// Adds the CPU time that all threads of the process spend on something.
fn timed<T>(spent: &mut Duration, what: impl FnOnce() -> T) -> T {
    let before = cpu_time();
    let done = what();
    *spent += cpu_time().saturating_sub(before);
    done
}
