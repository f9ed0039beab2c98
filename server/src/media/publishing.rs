//! Taking what senders publish, and handing it to the engine as messages.

use std::time::Duration;

use pipelines::spec::feed::FeedUnit;
use pipelines::spec::source::SourceId;
use tokio::sync::mpsc;
use uuid::Uuid;

use super::{Media, MediaEvent, lock};
use crate::rtc::{IceNames, PublishOfferError, Publisher, PublisherControl, PublisherEvent};

/// A sender's wish to publish.
#[derive(Debug)]
pub struct PublishRequest {
    /// The connection's id, new for every one.
    pub publishing: Uuid,
    /// The source it feeds.
    pub source: SourceId,
    /// SDP offer.
    pub offer: String,
}

/// What a sender gets.
#[derive(Clone, Debug)]
pub struct PublishAnswer {
    /// SDP answer.
    pub sdp: String,
    /// The negotiation of ICE.
    pub ice: IceNames,
}

/// Why a sender is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishRefusal {
    /// The offer has no codec that is taken here.
    #[error("{0}")]
    NotAcceptable(String),
    /// The offer is none.
    #[error("{0}")]
    BadOffer(String),
    /// The offer is of something else than one picture.
    #[error("{0}")]
    Unusable(String),
}

impl From<PublishOfferError> for PublishRefusal {
    fn from(error: PublishOfferError) -> Self {
        match error {
            PublishOfferError::Malformed(_) => Self::BadOffer(error.to_string()),
            PublishOfferError::NoCodec => Self::NotAcceptable(error.to_string()),
            PublishOfferError::Unusable(_) => Self::Unusable(error.to_string()),
        }
    }
}

/// A sender's connection as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishState {
    /// The negotiation of ICE.
    pub ice: IceNames,
    /// Time since anything was heard of it.
    pub silence: Duration,
}

pub(super) struct Publishing {
    source: SourceId,
    ice: IceNames,
    control: PublisherControl,
}

impl Media {
    /// Answers a sender's offer and takes what it sends.
    ///
    /// # Errors
    /// See [`PublishRefusal`]; nothing is left running then.
    pub fn start_publishing(&self, request: PublishRequest) -> Result<PublishAnswer, PublishRefusal> {
        let PublishRequest { publishing, source, offer } = request;
        let (publisher, sdp) = Publisher::answer(&self.shared.port, &offer, self.shared.publish_aes_128)?;
        let ice = publisher.ice().clone();
        let (events, told) = mpsc::unbounded_channel();
        let engine = self.shared.engine.clone();
        let control = publisher.run(move |unit| engine.feed(source, unit), events);
        let entry = Publishing { source, ice: ice.clone(), control };
        lock(&self.shared.publishings).insert(publishing, entry);
        tokio::spawn(self.clone().follow_publisher(publishing, told));
        Ok(PublishAnswer { sdp, ice })
    }

    /// Stops taking what a sender sends; when this returns nothing more of it is shown.
    pub async fn stop_publishing(&self, publishing: Uuid, reason: String) {
        self.end_publishing(publishing, reason).await;
    }

    /// What senders publish now, and to which source.
    pub fn publishings(&self) -> Vec<(Uuid, SourceId)> {
        lock(&self.shared.publishings).iter().map(|(id, publishing)| (*id, publishing.source)).collect()
    }

    /// A sender's connection, while it runs.
    pub fn publishing(&self, publishing: Uuid) -> Option<PublishState> {
        let publishings = lock(&self.shared.publishings);
        let Publishing { ice, control, .. } = publishings.get(&publishing)?;
        Some(PublishState { ice: ice.clone(), silence: control.silence() })
    }

    /// Asks whoever feeds a source for a picture that decoding can start from.
    pub(super) fn request_source_keyframe(&self, source: SourceId) {
        for publishing in lock(&self.shared.publishings).values().filter(|publishing| publishing.source == source) {
            publishing.control.request_keyframe();
        }
    }

    /// Ends a sender's connection if it runs; says whether it did.
    async fn end_publishing(&self, publishing: Uuid, reason: String) -> bool {
        let Some(entry) = lock(&self.shared.publishings).remove(&publishing) else { return false };
        entry.control.stop().await;
        self.shared.engine.feed(entry.source, FeedUnit::Ended { reason });
        true
    }

    async fn follow_publisher(self, publishing: Uuid, mut events: mpsc::UnboundedReceiver<PublisherEvent>) {
        while let Some(event) = events.recv().await {
            match event {
                PublisherEvent::Connected { cipher } => {
                    self.tell(MediaEvent::PublishingConnected { publishing, cipher });
                }
                PublisherEvent::Closed { reason } => {
                    if self.end_publishing(publishing, reason.clone()).await {
                        self.tell(MediaEvent::PublishingLost { publishing, reason });
                    }
                }
            }
        }
    }
}
