//! The certificate: which is shown, until when it holds, and why a CA gave none.

use std::path::PathBuf;

use super::{Finding, finding, private};
use crate::acme::Acme;
use crate::config::Config;
use crate::config::data::DataDir;
use crate::domain::certificate::{Failures, TOLD_AFTER, Validity};
use crate::domain::instant::UtcInstant;
use crate::http::tls;
use crate::store::{Store, setting};

/// Where a certificate comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum From {
    File,
    Acme,
    LocalCa,
}

pub(super) async fn examine(data: &DataDir, config: &Config, findings: &mut Vec<Finding>) {
    let (from, certificate, key) = shown(data, config);
    if from == From::LocalCa {
        findings.push(private("local CA key", &data.ca_key(), 0o600));
    }
    findings.push(private("TLS key", &key, 0o600));
    findings.push(finding("TLS certificate", validity(&certificate, from), |text| text));
    if config.acme.is_some() {
        findings.push(finding("ACME", acme(data, config).await, |text| text));
    }
}

fn shown(data: &DataDir, config: &Config) -> (From, PathBuf, PathBuf) {
    match (&config.http.tls_certificate, &config.http.tls_key) {
        (Some(certificate), key) => (From::File, certificate.clone(), key.clone().unwrap_or_else(|| data.tls_key())),
        _ if config.acme.is_some() && data.acme_certificate().exists() => {
            (From::Acme, data.acme_certificate(), data.acme_certificate())
        }
        _ => (From::LocalCa, data.tls_certificate(), data.tls_key()),
    }
}

fn validity(path: &std::path::Path, from: From) -> anyhow::Result<String> {
    let chain = tls::chain(path)?;
    let by = match from {
        From::File => "",
        From::Acme => " by ACME",
        From::LocalCa => " by the local CA",
    };
    let holds = format!("{} holds {} certificate(s){by}", path.display(), chain.len());
    let validity = chain.first().and_then(|leaf| Validity::of(leaf));
    let Some(validity) = validity else { anyhow::bail!("{holds}, but its validity cannot be read") };
    let now = UtcInstant::now();
    anyhow::ensure!(now < validity.until, "{holds}; it is over since {}", validity.until);
    anyhow::ensure!(now >= validity.from, "{holds}; it holds from {} only", validity.from);
    Ok(format!("{holds}; it holds until {}", validity.until))
}

/// Whether the CA can be asked as it is configured, and what came of it last.
async fn acme(data: &DataDir, config: &Config) -> anyhow::Result<String> {
    let Some(acme) = &config.acme else { return Ok(String::new()) };
    let acme = Acme::new(acme, &config.http, data)?;
    if !data.database().exists() {
        return Ok("no server has asked yet".to_owned());
    }
    let store = Store::open(&data.database()).await?;
    let failures = setting::get(&mut *store.read().await?, setting::CERTIFICATE_FAILURES).await?;
    let failures: Option<Failures> = failures.as_deref().map(serde_json::from_str).transpose()?;
    let kept = match acme.kept() {
        Some(validity) => format!("is renewed from {}", validity.renew_at()),
        None => format!("{} gave none yet for {}", acme.directory, acme.names.join(", ")),
    };
    let Some(failures) = failures else { return Ok(kept) };
    let Failures { count, at, reason } = &failures;
    let failing = format!(
        "{kept}; {count} tries in a row came to nothing, the last at {at}: {reason}; the next is not before {}",
        failures.next_at()
    );
    anyhow::ensure!(acme.kept().is_some() && *count < TOLD_AFTER, "{failing}");
    Ok(failing)
}
