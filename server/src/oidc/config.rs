//! `[oidc]` of the configuration.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// The house's identity provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OidcConfig {
    /// What the sign-in page calls it.
    pub name: String,
    /// Its issuer, `https://host[/path]`.
    pub issuer: String,
    /// Our name there.
    pub client_id: String,
    /// File (0600) whose first line is our secret there.
    pub client_secret_file: PathBuf,
    /// The claim that names the account here, e.g. `preferred_username` or `email` (which must be verified).
    #[serde(default = "user_claim")]
    pub user_claim: String,
    /// One of these must be the token's `acr`.
    #[serde(default)]
    pub acr: Vec<String>,
    /// All of these must be in the token's `amr`, e.g. `mfa`.
    #[serde(default)]
    pub amr: Vec<String>,
    /// Networks that it may be in although they are not public.
    #[serde(default)]
    pub networks: Vec<String>,
    /// CA in PEM to trust instead of the system's.
    pub ca: Option<PathBuf>,
}

fn user_claim() -> String {
    "preferred_username".to_owned()
}

impl OidcConfig {
    /// Every path, to be made relative to the configuration file.
    pub fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        std::iter::once(&mut self.client_secret_file).chain(self.ca.as_mut())
    }
}
