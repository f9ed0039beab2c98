//! Asks the CA for a certificate when there is none, and for its successor in good time.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::take_up;
use crate::acme::Acme;
use crate::domain::certificate::{Failures, Validity};
use crate::domain::instant::UtcInstant;
use crate::http::certificate::Certificates;
use crate::service::Services;

/// How often it is looked whether it is time.
const LOOK: Duration = Duration::from_secs(5);

pub(super) async fn run(services: Services, acme: Acme, certificates: Arc<Certificates>) {
    let mut failures = match services.certificate_failures().await {
        Ok(failures) => failures.map(Failures::at_start),
        Err(error) => {
            tracing::error!(%error, "it is not known when the last certificate was asked for");
            None
        }
    };
    loop {
        if is_due(acme.kept(), failures.as_ref(), UtcInstant::now()) {
            failures = renew(&services, &acme, &certificates, failures).await;
        }
        sleep(LOOK).await;
    }
}

/// Whether it is time to ask: there is no certificate or its successor is due, and the wait after a failure is over.
fn is_due(kept: Option<Validity>, failures: Option<&Failures>, now: UtcInstant) -> bool {
    kept.is_none_or(|kept| now >= kept.renew_at()) && failures.is_none_or(|failures| now >= failures.next_at())
}

/// Asks once; the failures there are then.
async fn renew(
    services: &Services,
    acme: &Acme,
    certificates: &Certificates,
    before: Option<Failures>,
) -> Option<Failures> {
    let failure = match acme.obtain().await {
        Ok(issued) => match services.certificate_issued(acme, &issued).await {
            Ok(()) => {
                tracing::info!(until = %issued.validity.until, "a certificate was got");
                take_up(services, certificates).await;
                return None;
            }
            Err(error) => crate::acme::AcmeFailure(error.to_string()),
        },
        Err(failure) => failure,
    };
    tracing::error!(%failure, "no certificate could be got; it is tried again");
    match services.certificate_failed(acme, &failure, before.as_ref()).await {
        Ok(failures) => Some(failures),
        Err(error) => {
            tracing::error!(%error, "that could not be recorded");
            Some(Failures::after(before.as_ref(), failure.to_string(), UtcInstant::now()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: u64) -> UtcInstant {
        UtcInstant::from_ms(0).plus(Duration::from_secs(minutes * 60))
    }

    #[test]
    fn a_certificate_is_asked_for_when_there_is_none_or_it_is_time_but_not_right_after_a_failure() {
        let kept = Some(Validity { from: at(0), until: at(300) });
        let failed = Failures::after(None, "no route".to_owned(), at(200));
        assert!(is_due(None, None, at(0)));
        assert!(!is_due(kept, None, at(199)) && is_due(kept, None, at(200)));
        assert!(!is_due(kept, Some(&failed), at(214)) && is_due(kept, Some(&failed), at(215)));
        assert!(!is_due(None, Some(&failed), at(214)));
    }
}
