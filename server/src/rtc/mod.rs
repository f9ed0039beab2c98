//! WebRTC for viewers and senders: one port for all of them, AES-256 or nothing, and no datagram is ever sent to an address that
//! has not proven itself by a STUN check with this viewing's password.

mod color_space;
mod crypto;
mod demux;
mod feed_clock;
mod identity;
mod openssl;
pub mod outlet;
mod peer;
mod playout_delay;
mod publish_offer;
mod publisher;
mod restart;
mod sdp;
mod tcp;
mod twice;

pub use demux::Port;
pub use identity::{Identity, IdentityError};
pub use peer::{Peer, PeerControl, PeerEvent, PeerSetup, Sending};
pub use publish_offer::PublishOfferError;
pub use publisher::{Publisher, PublisherControl, PublisherEvent};
pub use restart::{Restart, RestartError, Restarted};
pub use sdp::{IceNames, OfferError, offered_formats};
