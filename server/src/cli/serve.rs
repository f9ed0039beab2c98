//! `vitrine serve`.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};

use crate::app::App;
use crate::config::Config;
use crate::domain::policy::Profile;
use crate::telemetry;

#[derive(Debug, Args)]
pub struct Serve {
    /// Configuration file; vitrine.sample.toml explains every key
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

impl Serve {
    pub async fn run(self) -> anyhow::Result<()> {
        let config = Config::load(&self.config)?;
        anyhow::ensure!(
            config.access.profile != Profile::Demo,
            "access.profile \"demo\" is for `vitrine demo`; expected \"facility\", \"tpn\" or \"nist\""
        );
        telemetry::start(&config.log);
        let app = App::start(&config).await?;
        eprintln!("Vitrine answers at {}/console; media leaves by UDP port {}.", app.public_url, app.media_udp_port);
        until_told(app).await
    }
}

/// Runs until the process is asked to stop, then stops in order.
pub(super) async fn until_told(app: App) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = terminate.recv() => {}
        interrupted = tokio::signal::ctrl_c() => interrupted?,
    }
    eprintln!("Stopping.");
    app.stop().await.context("the server stopped, but not in order")
}
