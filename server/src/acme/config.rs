//! `[acme]` of the configuration.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Who gives the server its certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcmeConfig {
    /// The CA's directory, `https://host/path`.
    pub directory: String,
    /// Whether whoever runs the server agrees to the CA's terms of service.
    #[serde(default)]
    pub terms_agreed: bool,
    /// E-mail addresses the CA may write to.
    #[serde(default)]
    pub contact: Vec<String>,
    /// Names of the certificate, of those in `http.names`; all of those that are no addresses when it is empty.
    #[serde(default)]
    pub names: Vec<String>,
    /// Networks that the CA may be in although they are not public.
    #[serde(default)]
    pub networks: Vec<String>,
    /// CA in PEM that the directory's own certificate is by, instead of the system's.
    pub ca: Option<PathBuf>,
}
