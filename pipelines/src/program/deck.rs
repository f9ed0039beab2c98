//! A source with the colour it is shown in: the one on air, or the one that is about to be.

use std::sync::Arc;
use std::sync::mpsc::Sender;
use std::time::Instant;

use super::{OpenError, ProgramMessage};
use crate::color::compiler::{LookCompiler, Request};
use crate::color::stage::ColorStage;
use crate::engine::SourceInfo;
use crate::reference::take_of;
use crate::sound::Sound;
use crate::source::feeds::Feeds;
use crate::source::{FoundSource, Opening, RunningSource};
use crate::spec::color::InputColor;
use crate::spec::look::Look;
use crate::spec::source::{ProgramSpec, SourceSpec};

/// One source, running, with all that belongs to it. Dropping it stops the source.
pub(super) struct Deck {
    pub opening: Opening,
    /// What was asked for last.
    pub spec: ProgramSpec,
    /// What numbers its frames, for references.
    pub take: Arc<str>,
    pub source: RunningSource,
    pub stage: ColorStage,
    /// The look that is shown.
    pub look: Look,
    pub found: Option<FoundSource>,
    /// What it waits for; for people.
    pub waiting_for: String,
    pub opened_at: Instant,
    looks: LookCompiler,
}

impl Deck {
    /// Starts a source; what it and its look compiler tell carries `opening`.
    pub fn start(
        spec: ProgramSpec,
        opening: Opening,
        messages: &Sender<ProgramMessage>,
        sound: &Sound,
        feeds: &Feeds,
    ) -> Result<Self, OpenError> {
        let stage = ColorStage::new(&spec.look, None)?;
        let ready = messages.clone();
        let looks = LookCompiler::start(move |compiled| {
            let _ = ready.send(ProgramMessage::Compiled(opening, Box::new(compiled)));
        })?;
        Ok(Self {
            opening,
            take: take_of(&spec.source),
            source: RunningSource::start(&spec, messages.clone(), sound.clone(), opening, feeds)?,
            stage,
            look: spec.look.clone(),
            found: None,
            waiting_for: String::new(),
            opened_at: Instant::now(),
            looks,
            spec,
        })
    }

    /// What the source is under the look that is shown; `None` before its first picture.
    pub fn info(&self) -> Option<SourceInfo> {
        self.found.as_ref().map(|found| found.under(&self.look))
    }

    /// The source says what it is. One that is scene-linear is shown as such from here on, unless somebody said otherwise.
    pub fn opened(&mut self, found: FoundSource) {
        self.found = Some(found);
        if self.stage.scene() == self.scene() {
            return;
        }
        match ColorStage::new(&self.look, self.scene()) {
            Ok(stage) => self.stage = stage,
            Err(error) => tracing::error!(%error, "the source is shown as if it were no scene"),
        }
    }

    fn scene(&self) -> Option<InputColor> {
        self.found.as_ref().and_then(|found| found.input.scene)
    }

    /// Makes a look ready, which takes a while.
    pub fn ask_for(&mut self, look: Look) {
        self.spec.look = look.clone();
        let color = self.found.as_ref().map(|found| found.under(&look).color);
        self.looks.compile(Request { look, conversions: self.stage.conversions(), color, scene: self.scene() });
    }

    /// Shows a look that is ready from the next picture on.
    pub fn put_on(&mut self, look: Look, mut stage: ColorStage) {
        // Asked for before it was known what the source is.
        if stage.scene() != self.scene() {
            return self.ask_for(look);
        }
        std::mem::swap(&mut self.stage, &mut stage);
        self.stage.succeed(stage);
        self.look = look;
    }

    /// Whether there is nothing to wait for: the slate itself was asked for.
    pub fn is_slate(&self) -> bool {
        self.spec.source == SourceSpec::Slate
    }

    /// Whether both cannot be open at once, because they listen at or call the same place.
    pub fn shares_place_with(&self, other: &ProgramSpec) -> bool {
        let place = |source: &SourceSpec| match source {
            SourceSpec::Srt { uri, .. } => uri.split('?').next().map(str::to_owned),
            SourceSpec::Sdi { device } => Some(format!("sdi {device}")),
            _ => None,
        };
        place(&self.spec.source).is_some_and(|ours| place(&other.source).is_some_and(|theirs| ours == theirs))
    }
}
