//! A CA of another hand for tests: Pebble, and a name server that says that every name is this machine.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::House;
use crate::tls::{connected, trusting};

/// A child that ends with its test.
pub struct Running(pub Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port of loopback that nobody has.
pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A CA. Its own HTTPS is by the local CA of a house, and it forgets everything when it ends.
pub struct Pebble {
    pub directory: String,
    management: u16,
    house: House,
    port: u16,
    asks_at: u16,
    life: Duration,
    running: Vec<Running>,
}

impl Pebble {
    /// Starts a CA that looks for names at a port of this machine and gives certificates for so long.
    pub async fn start(asks_at: u16, life: Duration) -> Self {
        let house = House::new().await;
        vitrine::http::tls::server_config(&vitrine::http::config::HttpConfig::default(), &house.data()).unwrap();
        let (port, management) = (free_port(), free_port());
        let directory = format!("https://localhost:{port}/dir");
        let mut pebble = Self { directory, management, house, port, asks_at, life, running: Vec::new() };
        pebble.restart();
        pebble
    }

    /// The CA that its HTTPS is by.
    pub fn https_ca(&self) -> std::path::PathBuf {
        self.house.data().ca_certificate()
    }

    /// Ends it and starts it anew: with another root, and without any account.
    pub fn restart(&mut self) {
        self.running.clear();
        let (dns, data) = (free_port(), self.house.data());
        let config = json!({ "pebble": {
            "listenAddress": format!("127.0.0.1:{}", self.port),
            "managementListenAddress": format!("127.0.0.1:{}", self.management),
            "certificate": data.tls_certificate(),
            "privateKey": data.tls_key(),
            "httpPort": 1,
            "tlsPort": self.asks_at,
            "ocspResponderURL": "",
            "externalAccountBindingRequired": false,
            "certificateValidityPeriod": self.life.as_secs(),
        } });
        let file = self.house.dir.path().join("pebble.json");
        std::fs::write(&file, config.to_string()).unwrap();
        let names = ["-http01", "", "-https01", "", "-tlsalpn01", "", "-defaultIPv6", "", "-management"];
        self.running.push(spawn(
            Command::new("pebble-challtestsrv")
                .args(names)
                .arg(format!("127.0.0.1:{}", free_port()))
                .args(["-dns01", &format!("127.0.0.1:{dns}")]),
        ));
        self.running.push(spawn(
            Command::new("pebble")
                .args(["-config", file.to_str().unwrap(), "-dnsserver", &format!("127.0.0.1:{dns}")])
                .env("PEBBLE_VA_NOSLEEP", "1"),
        ));
        for port in [self.port, self.management] {
            let begun = Instant::now();
            while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
                assert!(begun.elapsed() < Duration::from_secs(20), "pebble did not start on port {port}");
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    }

    /// The root that its certificates are by.
    pub async fn root(&self) -> CertificateDer<'static> {
        let connector = trusting(&self.https_ca(), &["http/1.1"]);
        let mut stream = connected(&connector, ("127.0.0.1", self.management), "localhost").await.unwrap();
        stream.write_all(b"GET /roots/0 HTTP/1.0\r\nHost: localhost\r\n\r\n").await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        CertificateDer::from_pem_slice(&answer).unwrap()
    }
}

fn spawn(command: &mut Command) -> Running {
    let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    Running(quiet.spawn().expect("the tests' CA; `scripts/setup test` installs it"))
}

/// A server of its own: `vitrine serve` on a configuration. Returns when it answers.
pub fn serve(config: &Path) -> Running {
    let mut child = Command::new(env!("CARGO_BIN_EXE_vitrine"))
        .args(["serve", "--config", config.to_str().unwrap()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.starts_with("Vitrine answers at")), "it did not start");
    std::thread::spawn(move || lines.for_each(drop));
    Running(child)
}
