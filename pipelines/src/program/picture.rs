//! What viewers are shown: the source's pictures, the last one again while it is held, or a slate.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lut::color::Transfer;

use super::Variant;
use super::thread::{Liveness, ProgramThread};
use crate::color::stage::ColorStage;
use crate::engine::FrameStamp;
use crate::frame::{ColorFrame, FrameTime, Picture};
use crate::reference::Referrer;
use crate::rendition::Rendition;
use crate::source::{FoundSource, SourceFrame};
use crate::spec::look::Look;
use crate::spec::time::{FrameRate, Timecode};
use crate::spec::transport::Speed;

/// Time between slates.
const SLATE_INTERVAL: Duration = Duration::from_millis(125);

/// A picture that can be shown again, and what its source was found to be.
pub(super) struct Still {
    pub frame: Box<SourceFrame>,
    pub found: FoundSource,
    /// What numbers its frames, for references.
    pub take: Arc<str>,
    /// The colour it is shown in, when another source is on air by now.
    pub color: Option<(ColorStage, Look)>,
}

impl ProgramThread {
    /// A picture of the source on air.
    pub(super) fn frame(&mut self, mut frame: Box<SourceFrame>) {
        let Some(found) = self.on_air.found.clone() else { return };
        let held = self.is_held();
        if !held {
            self.last_stamp = Some(frame.stamp.clone());
            let time = self.clock.time(frame.presented_at, frame.stamp.clone());
            self.shown_at = Instant::now();
            let deck = &mut self.on_air;
            match show_frame(&self.renditions, &mut deck.stage, &deck.look, &frame, &found, &time) {
                Ok(shown) => refer(&mut self.referrer, &deck.take, &shown),
                Err(reason) => return self.lost(reason),
            }
        }
        let was_live = matches!(self.liveness, Liveness::Live { .. });
        self.liveness = Liveness::Live { last_frame: Instant::now() };
        if !was_live {
            self.slates.clear();
            self.tell_live();
        }
        if frame.stamp.speed == Speed::HELD {
            self.transport_told = None;
        }
        if !held {
            frame.arrived();
            self.still = Some(Still { frame, found, take: Arc::clone(&self.on_air.take), color: None });
        }
    }

    /// Shows the last picture once more, as one that stands still.
    pub(super) fn show_again(&mut self, now: Instant) {
        let Some(mut still) = self.still.take() else { return };
        let time = self.clock.time(now, FrameStamp { speed: Speed::HELD, ..still.frame.stamp.clone() });
        self.shown_at = now;
        let deck = &mut self.on_air;
        let (stage, look) = match &mut still.color {
            Some((stage, look)) => (stage, &*look),
            None => (&mut deck.stage, &deck.look),
        };
        let shown = show_frame(&self.renditions, stage, look, &still.frame, &still.found, &time);
        // Whoever came while it was held may be the first to whom it is shown.
        let shown = shown.map(|shown| refer(&mut self.referrer, &still.take, &shown));
        self.still = Some(still);
        match (shown, &mut self.liveness) {
            (Ok(()), Liveness::Live { last_frame }) if !self.held => *last_frame = now,
            (Ok(()), _) => {}
            (Err(reason), _) => self.lost(reason),
        }
    }

    /// Shows a slate when the next one is due.
    pub(super) fn watch_slate(&mut self, now: Instant) {
        let wanted = matches!(self.liveness, Liveness::Lost { .. } | Liveness::Slate) && !self.is_held();
        if !wanted || now < self.next_slate {
            return;
        }
        self.next_slate = now + SLATE_INTERVAL;
        let stamp = match &self.last_stamp {
            Some(stamp) => FrameStamp { slate: true, speed: Speed::HELD, ..stamp.clone() },
            None => self.first_stamp(),
        };
        let time = self.clock.time(now, stamp);
        let slates = &mut self.slates;
        // A slate cannot fail: it is painted in the viewers' own format.
        let _ = show(&self.renditions, &time, |variant| Ok(slates.picture(variant)));
    }

    /// Of a source that has not had a picture yet.
    fn first_stamp(&self) -> FrameStamp {
        let rate = self.rate.lock().map_or(FrameRate::FPS_25, |rate| *rate);
        let timecode = Timecode::from_frames(0, rate).to_string();
        let source = self.on_air.spec.source_id;
        FrameStamp { source, source_frame: 0, timecode, rate, slate: true, speed: Speed::HELD }
    }
}

fn show_frame(
    renditions: &[Rendition],
    stage: &mut ColorStage,
    look: &Look,
    frame: &SourceFrame,
    found: &FoundSource,
    time: &FrameTime,
) -> Result<Vec<Arc<ColorFrame>>, String> {
    let color = found.under(look).color;
    // It tells of PQ as it came, and not of what another curve becomes on the way.
    let hdr = found.hdr.filter(|_| color.transfer == Transfer::Pq);
    let time = &FrameTime { hdr, ..time.clone() };
    show(renditions, time, |variant| {
        let converted = stage.convert(&frame.picture, color, variant);
        converted.map_err(|error| format!("the colour stage cannot convert this source: {error}"))
    })
}

/// Keeps a small copy of a frame that was shown to somebody.
fn refer(referrer: &mut Option<Referrer>, take: &Arc<str>, shown: &[Arc<ColorFrame>]) {
    if let (Some(referrer), Some(frame)) = (referrer, shown.first()) {
        referrer.offer(take, frame);
    }
}

/// Makes each picture that viewers need once, offers it to all who share it, and says what was made.
fn show(
    renditions: &[Rendition],
    time: &FrameTime,
    mut make: impl FnMut(Variant) -> Result<Picture, String>,
) -> Result<Vec<Arc<ColorFrame>>, String> {
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
                let frame = Arc::new(ColorFrame::new(picture, time.clone()));
                made.push(Arc::clone(&frame));
                frame
            }
        };
        rendition.offer(frame);
    }
    Ok(made)
}
