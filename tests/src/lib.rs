//! The real program, started as a person would start it, and people to use it.

mod app;
mod viewer;

pub use app::{Console, InvitedViewer, TestApp};
pub use viewer::{TestViewer, Watching};
