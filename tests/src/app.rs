//! `vitrine demo --json`, started on free ports in a folder of its own, and ended with the value.

use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use reqwest::cookie::Jar;
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use vitrine::config::data::DataDir;
use vitrine::store::Store;

use crate::events::Events;

/// How long the program may take to accept connections: it measures the machine first.
const START: Duration = Duration::from_secs(60);

/// A running server.
#[derive(Debug)]
pub struct TestApp {
    /// What `--json` printed.
    pub started: Started,
    data: tempfile::TempDir,
    child: Child,
}

/// The first line that `vitrine demo --json` prints.
#[derive(Clone, Debug, Deserialize)]
pub struct Started {
    /// Where the console is.
    pub console_url: String,
    /// Who signs in there.
    pub console_user: String,
    /// With what.
    pub console_password: String,
    /// Links of the named clients.
    pub viewer_links: Vec<InvitedViewer>,
    /// The one UDP port of all viewers.
    pub media_udp_port: u16,
}

/// A client and the link to send.
#[derive(Clone, Debug, Deserialize)]
pub struct InvitedViewer {
    /// Recipient.
    pub name: String,
    /// Recipient's address.
    pub email: String,
    /// Link with its secret in the fragment.
    pub url: String,
    /// Told by another way.
    pub passphrase: String,
}

/// The binary built together with these tests: two folders up from the test binary.
fn program() -> Result<PathBuf> {
    let test = std::env::current_exe()?;
    let folder = test.parent().and_then(Path::parent).context("test binary outside of a target folder")?;
    let program = folder.join("vitrine");
    if !program.exists() {
        bail!("{} is missing: run `cargo build --release` or `make test`", program.display());
    }
    Ok(program)
}

impl TestApp {
    /// Starts the demo with its reel.
    pub async fn start() -> Result<Self> {
        Self::start_with(&[]).await
    }

    /// Starts the demo with further arguments.
    pub async fn start_with(arguments: &[&str]) -> Result<Self> {
        Self::start_on(tempfile::tempdir()?, arguments).await
    }

    /// Kills the server (signal 9) and starts it again on the same data; and how long the start took.
    pub async fn killed_and_started(mut self) -> Result<(Self, Duration)> {
        self.child.kill().await?;
        let begun = Instant::now();
        let started = Self::start_on(self.data, &[]).await?;
        Ok((started, begun.elapsed()))
    }

    async fn start_on(data: tempfile::TempDir, arguments: &[&str]) -> Result<Self> {
        let mut child = Command::new(program()?)
            .args(["demo", "--json", "--port", "0", "--data"])
            .arg(data.path())
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .kill_on_drop(true)
            .spawn()?;
        let stdout = child.stdout.take().context("no stdout")?;
        let mut lines = BufReader::new(stdout).lines();
        let line =
            tokio::time::timeout(START, lines.next_line()).await.context("the program did not start in time")??;
        let started = serde_json::from_str(&line.context("the program ended before it started")?)?;
        Ok(Self { started, data, child })
    }

    /// Server's origin, `https://localhost:PORT`.
    pub fn origin(&self) -> &str {
        self.started.console_url.trim_end_matches("/console")
    }

    /// The certificate of the authority that signed this server's own, for programs that trust nothing else.
    pub fn authority(&self) -> PathBuf {
        self.data.path().join("ca.pem")
    }

    /// The server's process.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// This server's database, as another process has it.
    pub async fn store(&self) -> Result<Store> {
        Ok(Store::open(&DataDir::open(self.data.path())?.database()).await?)
    }

    /// Runs a subcommand against this server's data and returns what it printed.
    pub async fn command(&self, arguments: &[&str]) -> Result<String> {
        let output = Command::new(program()?)
            .args(arguments)
            .arg("--data")
            .arg(self.data.path())
            .stdin(Stdio::null())
            .output()
            .await?;
        if !output.status.success() {
            bail!("vitrine {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        Ok(String::from_utf8(output.stdout)?)
    }

    /// Id of the review that the demo made.
    pub async fn review(&self) -> Result<String> {
        let list: Value = serde_json::from_str(&self.command(&["review", "list", "--json"]).await?)?;
        let first = list.get(0).or_else(|| list.pointer("/reviews/0"));
        Ok(first.and_then(|review| review["id"].as_str()).context("no review")?.to_owned())
    }

    /// Invites one more client by the command line.
    pub async fn invite(&self, name: &str, email: &str) -> Result<(String, InvitedViewer)> {
        let review = self.review().await?;
        let printed =
            self.command(&["link", "create", "--review", &review, "--name", name, "--email", email, "--json"]).await?;
        let value: Value = serde_json::from_str(&printed)?;
        let text = |key: &str| value[key].as_str().map(str::to_owned).with_context(|| format!("no {key} in {printed}"));
        let id = value["id"].as_str().or(value["link"]["id"].as_str()).context("no id of the link")?.to_owned();
        let viewer = InvitedViewer {
            name: name.into(),
            email: email.into(),
            url: text("url")?,
            passphrase: text("passphrase")?,
        };
        Ok((id, viewer))
    }

    /// A signed-in colourist.
    pub async fn console(&self) -> Result<Console> {
        self.console_of(&self.started.console_user, &self.started.console_password).await
    }

    /// A signed-in account.
    pub async fn console_of(&self, user: &str, password: &str) -> Result<Console> {
        let console = Console { client: client()?, origin: self.origin().to_owned() };
        console.post("/api/sign-in", &serde_json::json!({"user": user, "password": password})).await?;
        Ok(console)
    }
}

/// A browser-like client that keeps cookies and trusts the demo's own certificate.
pub(crate) fn client() -> Result<reqwest::Client> {
    client_from(Ipv4Addr::LOCALHOST.into(), Arc::default())
}

/// A browser without pages at an address of this machine, with the cookies it has.
pub fn client_from(address: IpAddr, cookies: Arc<Jar>) -> Result<reqwest::Client> {
    let builder = reqwest::Client::builder().cookie_provider(cookies).http1_only().local_address(address);
    Ok(builder.tls_danger_accept_invalid_certs(true).build()?)
}

/// A signed-in console.
#[derive(Clone, Debug)]
pub struct Console {
    client: reqwest::Client,
    origin: String,
}

impl Console {
    /// POSTs JSON from the console's own origin; any status but 2xx is an error.
    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let answer =
            self.client.post(format!("{}{path}", self.origin)).header("Origin", &self.origin).json(body).send().await?;
        read(answer).await
    }

    /// Events of a review.
    pub async fn events(&self, path: &str) -> Result<Events> {
        Events::open(&self.client, &self.origin, path).await
    }

    /// GETs JSON.
    pub async fn get(&self, path: &str) -> Result<Value> {
        read(self.client.get(format!("{}{path}", self.origin)).send().await?).await
    }
}

async fn read(answer: reqwest::Response) -> Result<Value> {
    let status = answer.status();
    let text = answer.text().await?;
    if !status.is_success() {
        bail!("{status}: {text}");
    }
    Ok(if text.is_empty() { Value::Null } else { serde_json::from_str(&text)? })
}
