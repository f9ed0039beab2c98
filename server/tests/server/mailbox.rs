//! A mail server for tests: aiosmtpd with TLS and a password, on loopback.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::support::House;

/// A mail server of another hand.
pub struct Mailbox {
    child: Child,
    pub lines: std::sync::mpsc::Receiver<String>,
    pub port: u16,
}

impl Mailbox {
    pub fn start(house: &House, user: &str, password: &str) -> Self {
        vitrine::http::tls::server_config(&vitrine::http::config::HttpConfig::default(), &house.data()).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/server/mailbox.py");
        let mut child = Command::new(readers().join("bin/python"))
            .arg(script)
            .args([house.data().tls_certificate(), house.data().tls_key()])
            .args([user, password])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the tests' Python; `scripts/setup test` makes it");
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let port =
            output.next().expect("mailbox.py says its port; its own words stand above").unwrap().parse().unwrap();
        let (sender, lines) = std::sync::mpsc::channel();
        std::thread::spawn(move || output.map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { child, lines, port }
    }

    pub fn next(&self) -> Value {
        serde_json::from_str(&self.lines.recv_timeout(Duration::from_secs(30)).unwrap()).unwrap()
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// `VITRINE_READERS`, else where `scripts/setup test` puts it.
fn readers() -> PathBuf {
    let cache = || {
        let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache");
        std::env::var_os("XDG_CACHE_HOME").map_or(home, PathBuf::from).join("vitrine/readers")
    };
    std::env::var_os("VITRINE_READERS").map_or_else(cache, PathBuf::from)
}
