//! The certificate by ACME: from Pebble, another hand's CA, to `vitrine serve` as a process of its own.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::CertificateDer;
use tokio::net::TcpListener;
use vitrine::acme::answer::Answers;
use vitrine::acme::config::AcmeConfig;
use vitrine::acme::{Acme, AcmeError};
use vitrine::domain::audit::AuditFilter;
use vitrine::domain::policy::Profile;
use vitrine::http::certificate::Certificates;
use vitrine::http::config::HttpConfig;
use vitrine::http::listener;
use vitrine::service::Services;
use vitrine::store::Store;

use crate::doctor::doctor;
use crate::pebble::{Pebble, free_port, serve};
use crate::support::House;
use crate::tls::{connected, trusting, trusting_root};

const NAME: &str = "review.house.test";

/// A configuration that asks a CA for the name, and its file.
fn configured(dir: &Path, port: u16, ca: &Pebble) -> PathBuf {
    let text = format!(
        "data = \"var\"\n[http]\nbind = \"127.0.0.1:{port}\"\nnames = [\"localhost\", \"{NAME}\"]\n\
         [acme]\ndirectory = \"{}\"\nterms_agreed = true\ncontact = [\"it@house.test\"]\n\
         networks = [\"127.0.0.0/8\", \"::1/128\"]\nca = \"{}\"\n",
        ca.directory,
        ca.https_ca().display()
    );
    let file = dir.join("vitrine.toml");
    std::fs::write(&file, text).unwrap();
    file
}

/// The certificate that is shown for the name to somebody who trusts this root alone.
async fn shown(port: u16, root: &CertificateDer<'static>) -> Option<CertificateDer<'static>> {
    let connector = trusting_root(root.clone(), &["http/1.1"]);
    let stream = connected(&connector, ("127.0.0.1", port), NAME).await?;
    stream.get_ref().1.peer_certificates()?.first().cloned().map(CertificateDer::into_owned)
}

/// Looks again and again for at most so long.
async fn until<T>(longest: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(begun.elapsed() < longest, "not within {longest:?}");
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
}

/// Details of the entries of an action, newest first.
async fn recorded(data: &Path, action: &str) -> Vec<std::collections::BTreeMap<String, String>> {
    let services = Services::new(Store::open(&data.join("vitrine.db")).await.unwrap(), Profile::Facility);
    let entries = services.audit_entries(&AuditFilter::default()).await.unwrap();
    let found = entries.into_iter().filter(|stored| stored.entry.action == action);
    found.map(|stored| stored.entry.detail).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_is_got_shown_and_renewed_also_from_a_ca_that_has_forgotten_the_account() {
    let (dir, port) = (tempfile::tempdir().unwrap(), free_port());
    let mut ca = Pebble::start(port, Duration::from_secs(150)).await;
    let config = configured(dir.path(), port, &ca);
    let _server = serve(&config);
    let root = ca.root().await;
    let first = until(Duration::from_secs(60), async || shown(port, &root).await).await;

    let data = dir.path().join("var");
    for file in ["acme.pem", "acme-account.json"] {
        assert_eq!(vitrine::config::data::mode(&data.join(file)).unwrap(), 0o600, "{file}");
    }
    let (ok, said) = doctor(&config, "TLS certificate");
    assert!(ok && said.contains("acme.pem") && said.contains("by ACME; it holds until 20"), "{said}");
    let (ok, said) = doctor(&config, "ACME");
    assert!(ok && said.starts_with("is renewed from 20"), "{said}");

    ca.restart();
    let root = ca.root().await;
    let second = until(Duration::from_secs(200), async || shown(port, &root).await).await;
    assert_ne!(first, second);
    let issued = recorded(&data, "certificate.issued").await;
    assert_eq!(issued.len(), 2);
    assert_eq!((issued[0]["ca"].as_str(), issued[0]["names"].as_str()), (ca.directory.as_str(), NAME));
    assert_eq!(recorded(&data, "server.certificate").await.len(), 2, "each was taken up while the server ran");
    assert!(recorded(&data, "certificate.failed").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_does_not_lead_here_gets_no_certificate_and_the_reason_is_said() {
    let (dir, port) = (tempfile::tempdir().unwrap(), free_port());
    let ca = Pebble::start(free_port(), Duration::from_secs(3_600)).await;
    let config = configured(dir.path(), port, &ca);
    let _server = serve(&config);
    let data = dir.path().join("var");
    let failed = until(Duration::from_secs(60), async || recorded(&data, "certificate.failed").await.pop()).await;
    assert!(failed["reason"].contains(&format!("the CA did not reach {NAME} here")), "{failed:?}");
    let (ok, said) = doctor(&config, "ACME");
    assert!(!ok && said.contains("gave none yet for review.house.test; 1 tries in a row"), "{said}");
    let local = trusting(&data.join("ca.pem"), &["http/1.1"]);
    assert!(connected(&local, ("127.0.0.1", port), NAME).await.is_some(), "the local CA's is shown meanwhile");
    assert!(doctor(&config, "TLS certificate").0);
}

#[tokio::test]
async fn the_question_of_a_ca_is_answered_while_it_is_asked_and_leads_nowhere_else() {
    let house = House::new().await;
    let (answers, config) = (Arc::new(Answers::default()), HttpConfig::default());
    let certificates = Certificates::open(&config, &house.data(), Some(Arc::clone(&answers))).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (tls, router, stopping) = (certificates.server_config().unwrap(), house.router.clone(), house.stop.subscribe());
    tokio::spawn(async move { listener::serve(listener, tls, router, &config, stopping).await });
    let asked = async |protocols: &[&str]| {
        let connector = trusting(&house.data().ca_certificate(), protocols);
        connected(&connector, ("127.0.0.1", address.port()), "localhost").await
    };
    assert!(asked(&["acme-tls/1"]).await.is_none(), "nobody asked for a certificate");
    let given = answers.give("localhost", &[7; 32]).unwrap();
    assert!(
        answers.of(Some("LOCALHOST")).is_some() && answers.of(Some("other")).is_none() && answers.of(None).is_none()
    );
    assert!(asked(&["acme-tls/1"]).await.is_none(), "the answer is by nobody, so that no browser takes it");
    let browser = asked(&["h2", "http/1.1"]).await.expect("browsers see nothing of it");
    assert_eq!(browser.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let mut odd = asked(&["acme-tls/1", "something"]).await.expect("it is shown the certificate of everybody");
    let mut said = Vec::new();
    let _ = tokio::io::AsyncReadExt::read_to_end(&mut odd, &mut said).await;
    assert!(said.is_empty(), "and nothing is said to it");
    drop(given);
    assert!(answers.of(Some("localhost")).is_none());
}

#[tokio::test]
async fn what_cannot_be_asked_for_is_refused_with_the_key_that_is_wrong() {
    let house = House::new().await;
    let good = AcmeConfig {
        directory: "https://ca.example.org/directory".to_owned(),
        terms_agreed: true,
        contact: vec!["it@example.org".to_owned()],
        names: Vec::new(),
        networks: Vec::new(),
        ca: None,
    };
    let http = |names: &[&str]| HttpConfig {
        names: names.iter().map(|name| (*name).to_owned()).collect(),
        ..HttpConfig::default()
    };
    let ours = http(&["Review.Example.org", "192.0.2.1", "[::1]", "localhost", "grade.example.org"]);
    let open = |config: &AcmeConfig, http: &HttpConfig| Acme::new(config, http, &house.data());
    assert_eq!(open(&good, &ours).unwrap().names, ["review.example.org", "grade.example.org"]);
    let fewer = AcmeConfig { names: vec!["grade.example.org".to_owned()], ..good.clone() };
    assert_eq!(open(&fewer, &ours).unwrap().names, ["grade.example.org"]);

    let wrong: [(AcmeConfig, &HttpConfig, &str); 6] = [
        (AcmeConfig { directory: "http://ca.example.org".to_owned(), ..good.clone() }, &ours, "acme.directory"),
        (AcmeConfig { terms_agreed: false, ..good.clone() }, &ours, "acme.terms_agreed"),
        (AcmeConfig { contact: vec!["it".to_owned()], ..good.clone() }, &ours, "acme.contact holds \"it\""),
        (AcmeConfig { names: vec!["other.example.org".to_owned()], ..good.clone() }, &ours, "\"other.example.org\""),
        (AcmeConfig { networks: vec!["inside".to_owned()], ..good.clone() }, &ours, "acme.networks"),
        (AcmeConfig { ca: Some("/nowhere.pem".into()), ..good.clone() }, &ours, "/nowhere.pem"),
    ];
    for (config, http, expected) in wrong {
        let error = open(&config, http).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
    let error = open(&good, &http(&["localhost", "192.0.2.1"])).unwrap_err().to_string();
    assert!(error.contains("acme.names is empty"), "{error}");
    let both = HttpConfig { tls_certificate: Some("a.pem".into()), ..ours.clone() };
    assert!(matches!(open(&good, &both), Err(AcmeError::TwoCertificates)));
}
