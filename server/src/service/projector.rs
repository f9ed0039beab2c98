//! What the use cases need of media. The running server has the real one; tests have a fake; the command line has none.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use pipelines::engine::FrameStamp;
use pipelines::spec::color::TargetColor;
use pipelines::spec::encode::rate::Decoding;
use pipelines::spec::source::{ProgramSpec, SourceId};
use pipelines::spec::transport::TransportCommand;
use pipelines::spec::watermark::MarkTemplate;
use tokio::sync::{broadcast, watch};
use uuid::Uuid;

use crate::domain::mark::Frames;
use crate::media::{
    Capacity, FrameClock, IceNames, Media, MediaEvent, Picture, PublishAnswer, PublishRefusal, PublishRequest,
    PublishState, Restart, RestartError, Restarted, SourceStatus, ViewingAnswer, ViewingRefusal, ViewingRequest,
};

/// A future on the heap.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Shows programs to viewers.
pub trait Projector: Send + Sync + 'static {
    /// UDP port of all viewers.
    fn udp_port(&self) -> u16;
    /// Who the server is in DTLS: SHA-256 of its certificate, as SDP writes it.
    fn fingerprint(&self) -> &str;
    /// For how many viewers there is power.
    fn capacity(&self) -> Capacity;
    /// Opens a review's program; the same spec twice changes nothing.
    fn open(&self, review: Uuid, spec: ProgramSpec);
    /// Closes a review's program.
    fn close(&self, review: Uuid);
    /// Plays, holds or finds frames of a review's source.
    fn transport(&self, review: Uuid, command: TransportCommand);
    /// Holds a review's picture, or lets it go.
    fn hold(&self, review: Uuid, held: bool);
    /// Lifts the visible mark of whoever watches a review now, or brings it back. The invisible mark stays.
    fn lift(&self, review: Uuid, lasting: Option<Duration>);
    /// Marks whoever watches a review by a template; who is already notices nothing.
    fn set_template(&self, review: Uuid, template: &MarkTemplate);
    /// A review's source.
    fn source(&self, review: Uuid) -> SourceStatus;
    /// Starts a viewing.
    fn start_viewing(&self, request: ViewingRequest) -> Pending<'_, Result<ViewingAnswer, ViewingRefusal>>;
    /// Begins ICE of a viewing anew.
    fn restart_viewing(&self, viewing: Uuid, restart: Restart) -> Pending<'_, Result<Restarted, RestartError>>;
    /// Stops a viewing; when it returns, no further packet leaves.
    fn stop_viewing(&self, viewing: Uuid) -> Pending<'_, ()>;
    /// Takes what a sender publishes.
    fn start_publishing(&self, request: PublishRequest) -> Pending<'_, Result<PublishAnswer, PublishRefusal>>;
    /// Stops taking it; when it returns, nothing more of it is shown.
    fn stop_publishing(&self, publishing: Uuid, reason: String) -> Pending<'_, ()>;
    /// What senders publish now, and to which source.
    fn publishings(&self) -> Vec<(Uuid, SourceId)>;
    /// A sender's connection, while it runs.
    fn publishing(&self, publishing: Uuid) -> Option<PublishState>;
    /// Sends a viewing in a colour, or in what suits its display.
    fn set_target(&self, viewing: Uuid, target: Option<TargetColor>) -> Pending<'_, ()>;
    /// Follows what a viewing's page tells of its decoder.
    fn see_decoding(&self, viewing: Uuid, decoding: Decoding);
    /// All viewings that media shows.
    fn viewings(&self) -> Vec<Uuid>;
    /// A viewing's picture.
    fn picture(&self, viewing: Uuid) -> Option<Picture>;
    /// A viewing's negotiation of ICE.
    fn ice(&self, viewing: Uuid) -> Option<IceNames>;
    /// The frame a viewing was sent under an RTP timestamp.
    fn frame_at(&self, viewing: Uuid, rtp_timestamp: u32) -> Option<FrameStamp>;
    /// Source frames that viewings were sent: of those that run and of the last that are over.
    fn seen(&self) -> Vec<(Uuid, Frames)>;
    /// A viewing's frame clock.
    fn clock(&self, viewing: Uuid) -> Option<watch::Receiver<Option<FrameClock>>>;
    /// What media tells.
    fn events(&self) -> broadcast::Receiver<MediaEvent>;
}

impl Projector for Media {
    fn udp_port(&self) -> u16 {
        Self::udp_port(self)
    }

    fn fingerprint(&self) -> &str {
        Self::fingerprint(self)
    }

    fn capacity(&self) -> Capacity {
        Self::capacity(self)
    }

    fn open(&self, review: Uuid, spec: ProgramSpec) {
        Self::open(self, review, spec);
    }

    fn close(&self, review: Uuid) {
        Self::close(self, review);
    }

    fn transport(&self, review: Uuid, command: TransportCommand) {
        Self::transport(self, review, command);
    }

    fn hold(&self, review: Uuid, held: bool) {
        Self::hold(self, review, held);
    }

    fn lift(&self, review: Uuid, lasting: Option<Duration>) {
        Self::lift(self, review, lasting);
    }

    fn set_template(&self, review: Uuid, template: &MarkTemplate) {
        Self::set_template(self, review, template);
    }

    fn source(&self, review: Uuid) -> SourceStatus {
        Self::source(self, review)
    }

    fn start_viewing(&self, request: ViewingRequest) -> Pending<'_, Result<ViewingAnswer, ViewingRefusal>> {
        Box::pin(Self::start_viewing(self, request))
    }

    fn restart_viewing(&self, viewing: Uuid, restart: Restart) -> Pending<'_, Result<Restarted, RestartError>> {
        Box::pin(Self::restart_viewing(self, viewing, restart))
    }

    fn stop_viewing(&self, viewing: Uuid) -> Pending<'_, ()> {
        Box::pin(Self::stop_viewing(self, viewing))
    }

    fn start_publishing(&self, request: PublishRequest) -> Pending<'_, Result<PublishAnswer, PublishRefusal>> {
        Box::pin(std::future::ready(Self::start_publishing(self, request)))
    }

    fn stop_publishing(&self, publishing: Uuid, reason: String) -> Pending<'_, ()> {
        Box::pin(Self::stop_publishing(self, publishing, reason))
    }

    fn publishings(&self) -> Vec<(Uuid, SourceId)> {
        Self::publishings(self)
    }

    fn publishing(&self, publishing: Uuid) -> Option<PublishState> {
        Self::publishing(self, publishing)
    }

    fn set_target(&self, viewing: Uuid, target: Option<TargetColor>) -> Pending<'_, ()> {
        Box::pin(Self::set_target(self, viewing, target))
    }

    fn see_decoding(&self, viewing: Uuid, decoding: Decoding) {
        Self::see_decoding(self, viewing, decoding);
    }

    fn viewings(&self) -> Vec<Uuid> {
        Self::viewings(self)
    }

    fn picture(&self, viewing: Uuid) -> Option<Picture> {
        Self::picture(self, viewing)
    }

    fn ice(&self, viewing: Uuid) -> Option<IceNames> {
        Self::ice(self, viewing)
    }

    fn frame_at(&self, viewing: Uuid, rtp_timestamp: u32) -> Option<FrameStamp> {
        Self::frame_at(self, viewing, rtp_timestamp)
    }

    fn seen(&self) -> Vec<(Uuid, Frames)> {
        Self::seen(self)
    }

    fn clock(&self, viewing: Uuid) -> Option<watch::Receiver<Option<FrameClock>>> {
        Self::clock(self, viewing)
    }

    fn events(&self) -> broadcast::Receiver<MediaEvent> {
        Self::events(self)
    }
}
