//! What a program tells: its source's state, where its transport is, and to the sound who hears it.

use std::time::{Duration, Instant};

use super::thread::{Liveness, ProgramThread};
use crate::engine::{EngineEvent, FrameStamp};
use crate::spec::source::SourceId;
use crate::spec::time::Timecode;
use crate::spec::transport::{TransportCommand, TransportError, TransportState};

/// Time between two words about where a source is.
const TRANSPORT_INTERVAL: Duration = Duration::from_millis(500);

/// Timecode of frame 0 of a picture's source, in frames since 00:00:00:00.
fn first_label(stamp: &FrameStamp) -> Option<u64> {
    let timecode = Timecode::parse(&stamp.timecode, stamp.rate).ok()?;
    Some(timecode.minus(stamp.source_frame).frames())
}

impl ProgramThread {
    /// What the source is under the look that is shown, when that has changed.
    pub(super) fn judge(&mut self) {
        if matches!(self.liveness, Liveness::Live { .. }) && self.on_air.info() != self.told_live {
            self.tell_live();
        }
    }

    /// The source delivers.
    pub(super) fn tell_live(&mut self) {
        self.told_live = self.on_air.info();
        if let Some(info) = self.told_live.clone() {
            let _ = self.events.send(EngineEvent::SourceLive {
                program: self.id,
                source: self.on_air.spec.source_id,
                info,
            });
        }
    }

    /// The source does not deliver, for this reason.
    pub(super) fn lost(&mut self, reason: String) {
        let known = matches!(&self.liveness, Liveness::Lost { reason: known } if *known == reason);
        if !known {
            let _ = self.events.send(EngineEvent::SourceLost { program: self.id, reason: reason.clone() });
            if !matches!(self.liveness, Liveness::Lost { .. }) {
                self.next_slate = Instant::now();
            }
            self.liveness = Liveness::Lost { reason };
        }
    }

    /// Whoever feeds a source is to send a picture that decoding can start from.
    pub(super) fn want_keyframe(&self, source: SourceId) {
        let _ = self.events.send(EngineEvent::FeedWantsKeyframe { source });
    }

    /// Asks the source on air, or says why it does not do that.
    pub(super) fn transport(&mut self, command: TransportCommand) {
        let program = self.id;
        let done = match &self.on_air.source.transport {
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
    fn tell_transport(&mut self, state: TransportState) {
        let first_label = self.last_stamp.as_ref().and_then(first_label).unwrap_or_default();
        let state = TransportState { first_label, ..state };
        self.transport_told = Some((Instant::now(), state));
        let _ = self.events.send(EngineEvent::Transport { program: self.id, state });
    }

    /// Where the source is, when that has changed and was not told lately.
    pub(super) fn watch_transport(&mut self) {
        let Some(state) = self.on_air.source.transport.as_ref().and_then(|transport| transport.state()) else { return };
        let known = self.transport_told.is_some_and(|(at, told)| {
            at.elapsed() < TRANSPORT_INTERVAL || TransportState { first_label: told.first_label, ..state } == told
        });
        if !known {
            self.tell_transport(state);
        }
    }

    /// Sound is for whoever sees the picture, while there is one.
    pub(super) fn tell_sound(&self) {
        let mut audience = self.sound.audience();
        audience.opening = self.on_air.opening;
        audience.live = matches!(self.liveness, Liveness::Live { .. });
        audience.renditions.clone_from(&self.renditions);
    }
}
