//! The real program, started as a person would start it, and people to use it.

mod app;
mod events;
mod sender;
mod viewer;
mod wire;

pub use app::{Console, InvitedViewer, TestApp, client_from};
pub use events::Events;
pub use sender::{PublishTo, TestSender, prepared_pictures};
pub use viewer::{TestViewer, Watching};
pub use wire::Wire;
