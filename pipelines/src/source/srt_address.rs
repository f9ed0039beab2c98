//! `srt://host:port?mode=..&latency=..`: what is accepted, and what may be shown.

use super::SourceError;
use crate::spec::source::Passphrase;

/// Who dials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// We wait for the sender.
    Listener,
    /// We dial the sender.
    Caller,
    /// Both dial, from ports that both know: through firewalls that let out what began inside.
    Rendezvous,
}

/// A checked address without secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SrtAddress {
    pub mode: Mode,
    host: String,
    port: u16,
    latency_ms: u32,
    /// Where a rendezvous is dialled from.
    local_port: Option<u16>,
    stream_id: Option<String>,
    /// AES key length in bytes.
    pub key_length: String,
}

impl SrtAddress {
    /// Reads an address; a passphrase must be given apart.
    pub fn parse(uri: &str, passphrase: Option<&Passphrase>) -> Result<Self, SourceError> {
        let shown = uri.split('?').next().unwrap_or_default().to_owned();
        let wrong = |detail: String| SourceError::SrtAddress { uri: shown.clone(), detail };
        let rest = uri.strip_prefix("srt://").ok_or_else(|| wrong("it must begin with srt://".to_owned()))?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host, port) =
            place.rsplit_once(':').ok_or_else(|| wrong("it must name a port, srt://host:port".to_owned()))?;
        let port =
            port.parse::<u16>().ok().filter(|port| *port > 0).ok_or_else(|| wrong(format!("{port:?} is no port")))?;
        let host_ok = host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b));
        if !host_ok {
            return Err(wrong(format!("{host:?} is no host")));
        }
        let mode = if host.is_empty() { Mode::Listener } else { Mode::Caller };
        let mut address = Self {
            mode,
            host: host.to_owned(),
            port,
            latency_ms: 120,
            local_port: None,
            stream_id: None,
            // What is offered: a sender that encrypts with a shorter key is understood, too.
            key_length: "32".to_owned(),
        };
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            address.set(pair).map_err(&wrong)?;
        }
        if address.mode != Mode::Listener && address.host.is_empty() {
            return Err(wrong("a caller or a rendezvous needs a host to call".to_owned()));
        }
        if address.mode != Mode::Rendezvous && address.local_port.is_some() {
            return Err(wrong("localport is for mode=rendezvous only".to_owned()));
        }
        let length = passphrase.map_or(10, |passphrase| passphrase.reveal().len());
        if !(10..=79).contains(&length) {
            return Err(wrong("the passphrase must have 10 to 79 characters".to_owned()));
        }
        Ok(address)
    }

    fn set(&mut self, pair: &str) -> Result<(), String> {
        let (key, value) = pair.split_once('=').ok_or_else(|| format!("{pair:?} is not name=value"))?;
        match (key, value) {
            ("mode", "listener") => self.mode = Mode::Listener,
            ("mode", "caller") => self.mode = Mode::Caller,
            ("mode", "rendezvous") => self.mode = Mode::Rendezvous,
            ("mode", _) => return Err(format!("mode {value:?} is neither listener, caller nor rendezvous")),
            ("localport", _) => {
                let port = value.parse().ok().filter(|port| *port > 0);
                self.local_port = Some(port.ok_or_else(|| format!("localport {value:?} is no port"))?);
            }
            ("latency", _) => {
                let latency = value.parse().ok().filter(|ms| *ms <= 10_000);
                self.latency_ms = latency.ok_or("latency must be 0 to 10000 ms")?;
            }
            ("pbkeylen", "16" | "24" | "32") => self.key_length = value.to_owned(),
            ("pbkeylen", _) => return Err("pbkeylen must be 16, 24 or 32".to_owned()),
            ("streamid", _) => self.stream_id = Some(value.to_owned()),
            ("passphrase", _) => return Err("the passphrase must not be part of the address: give it apart".to_owned()),
            _ => return Err(format!("unknown option {key:?}; known are mode, latency, localport, pbkeylen, streamid")),
        }
        Ok(())
    }

    /// For people and logs.
    pub fn label(&self) -> String {
        format!("srt://{}:{}", self.host, self.port)
    }

    /// For the element.
    pub fn element_uri(&self) -> String {
        let mode = match self.mode {
            Mode::Listener => "listener".to_owned(),
            Mode::Caller => "caller".to_owned(),
            Mode::Rendezvous => format!("rendezvous&localport={}", self.local_port.unwrap_or(self.port)),
        };
        let stream_id = self.stream_id.as_ref().map_or_else(String::new, |id| format!("&streamid={id}"));
        format!("srt://{}:{}?mode={mode}&latency={}{stream_id}", self.host, self.port, self.latency_ms)
    }
}
