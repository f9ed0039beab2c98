//! A receiver of webhooks: real TLS on loopback, answers as it is told, remembers what came.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use vitrine::http::config::HttpConfig;
use vitrine::http::tls;

use crate::support::House;

/// A request that came.
#[derive(Clone, Debug)]
pub struct Got {
    pub head: String,
    pub body: String,
}

impl Got {
    pub fn header(&self, name: &str) -> &str {
        let line = self.head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}:")));
        line.and_then(|line| line.split_once(':')).map_or("", |(_, value)| value.trim())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

pub struct Receiver {
    pub address: SocketAddr,
    pub ca: PathBuf,
    got: Arc<Mutex<Vec<Got>>>,
    /// Connections, whether or not a request came.
    pub called: Arc<Mutex<usize>>,
    status: Arc<Mutex<&'static str>>,
}

impl Receiver {
    pub async fn new(house: &House) -> Self {
        let acceptor = TlsAcceptor::from(tls::server_config(&HttpConfig::default(), &house.data()).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            address: listener.local_addr().unwrap(),
            ca: house.data().ca_certificate(),
            got: Arc::default(),
            called: Arc::default(),
            status: Arc::new(Mutex::new("204 No Content")),
        };
        let (got, called, status) = (receiver.got.clone(), receiver.called.clone(), receiver.status.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                *called.lock().unwrap() += 1;
                let Ok(mut stream) = acceptor.accept(stream).await else { continue };
                let request = read(&mut stream).await;
                let answer = format!("HTTP/1.1 {}\r\ncontent-length: 0\r\n\r\n", *status.lock().unwrap());
                got.lock().unwrap().push(request);
                let _ = stream.write_all(answer.as_bytes()).await;
                let _ = stream.shutdown().await;
            }
        });
        receiver
    }

    pub fn answers(&self, status: &'static str) {
        *self.status.lock().unwrap() = status;
    }

    pub fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }
}

async fn read(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Got {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let got = Got { head: head.to_owned(), body: body.to_owned() };
            if body.len() >= got.header("content-length").parse::<usize>().unwrap_or(0) {
                return got;
            }
        }
        let mut chunk = [0; 4096];
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return Got { head: text, body: String::new() },
            Ok(read) => bytes.extend_from_slice(&chunk[..read]),
        }
    }
}
