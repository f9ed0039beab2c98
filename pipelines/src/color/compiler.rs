//! Makes looks ready on a thread of its own, so that no picture waits for a table to be built.

use std::sync::mpsc::{Receiver, Sender, channel};

use lut::color::ColorSpec;

use super::stage::{ColorStage, Conversion, LookError};
use crate::spec::color::InputColor;
use crate::spec::look::Look;

/// A look to be made ready, and what it is likely to be used for.
pub(crate) struct Request {
    pub look: Look,
    pub conversions: Vec<Conversion>,
    /// What the source's code values mean under this look.
    pub color: Option<ColorSpec>,
    /// Of a source that is scene-linear by its own account: in which encoding it comes.
    pub scene: Option<InputColor>,
}

/// A look that is ready to be shown.
pub(crate) type Compiled = Result<(Look, Box<ColorStage>), LookError>;

/// Handle to the thread, which ends with it.
pub(crate) struct LookCompiler {
    requests: Sender<Request>,
}

impl LookCompiler {
    /// Starts the thread; `done` runs on it, in the order of the requests.
    pub fn start(done: impl Fn(Compiled) + Send + 'static) -> std::io::Result<Self> {
        let (requests, receiver) = channel();
        std::thread::Builder::new().name("look".to_owned()).spawn(move || run(&receiver, done))?;
        Ok(Self { requests })
    }

    /// Asks for a look; one that is still waiting gives way to it.
    pub fn compile(&self, request: Request) {
        if self.requests.send(request).is_err() {
            tracing::error!("the thread that makes looks ready is gone");
        }
    }
}

fn run(requests: &Receiver<Request>, done: impl Fn(Compiled)) {
    while let Ok(first) = requests.recv() {
        let Request { look, conversions, color, scene } = requests.try_iter().last().unwrap_or(first);
        let stage = ColorStage::new(&look, scene).map(|mut stage| {
            if let Some(color) = color {
                stage.prepare(&conversions, color);
            }
            (look, Box::new(stage))
        });
        done(stage);
    }
}
