//! `vitrine doctor`: what it says of the policy and of places.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// What it says of a subject, and whether that is as it should be.
pub fn doctor(config: &Path, subject: &str) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_vitrine"))
        .args(["doctor", "--quick", "--json", "--config", config.to_str().unwrap()])
        .output()
        .unwrap();
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = said["findings"].as_array().unwrap();
    let finding = findings.iter().find(|finding| finding["subject"] == subject).unwrap();
    (finding["ok"].as_bool().unwrap(), finding["detail"].as_str().unwrap().to_owned())
}

/// The configuration of a house that has an account.
fn configured(dir: &Path, access: &str) -> std::path::PathBuf {
    let data = dir.join("data");
    let password = dir.join("password");
    std::fs::write(&password, "Lantern over quiet water 7\n").unwrap();
    std::fs::set_permissions(&password, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let file = dir.join("vitrine.toml");
    std::fs::write(&file, format!("data = {data:?}\n[access]\n{access}\n")).unwrap();
    let made = Command::new(env!("CARGO_BIN_EXE_vitrine"))
        .args(["user", "add", "ana", "--role", "admin", "--password-file", password.to_str().unwrap()])
        .args(["--data", data.to_str().unwrap()])
        .output()
        .unwrap();
    assert!(made.status.success() || data.join("vitrine.db").exists(), "{}", String::from_utf8_lossy(&made.stderr));
    file
}

#[test]
fn each_policy_is_named_with_what_it_demands() {
    let dir = tempfile::tempdir().unwrap();
    for (profile, demands) in [
        ("facility", ["passwords of 12 characters", "a second factor"]),
        ("tpn", ["changed every 365 days", "five tries until an admin unlocks"]),
        ("nist", ["passwords of 15 characters", "not on the blocklist"]),
    ] {
        let (ok, said) = doctor(&configured(dir.path(), &format!("profile = {profile:?}")), "policy");
        assert!(ok && said.starts_with(&format!("{profile}: ")), "{said}");
        assert!(demands.into_iter().all(|demand| said.contains(demand)), "{said}");
    }
}

#[test]
fn what_is_known_of_countries_is_said_and_a_database_that_is_none_is_wrong() {
    let dir = tempfile::tempdir().unwrap();
    let countries = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/countries.mmdb");
    let (ok, said) = doctor(&configured(dir.path(), ""), "countries");
    assert!(ok && said.contains("places are networks"), "{said}");
    let (ok, said) = doctor(&configured(dir.path(), &format!("countries = {countries:?}")), "countries");
    assert!(ok && said.starts_with("Test-Country, built 20"), "{said}");
    let (ok, said) = doctor(&configured(dir.path(), "countries = \"password\""), "countries");
    assert!(!ok && said.contains("password is no database"), "{said}");
}
