//! The configuration file.

use std::path::Path;

use vitrine::config::{Config, ConfigError};

#[test]
fn the_sample_is_understood_and_shows_the_defaults() {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vitrine.sample.toml");
    let text = std::fs::read_to_string(sample).unwrap();
    assert_eq!(Config::parse(&text, "vitrine.sample.toml").unwrap(), Config::default());
    let uncommented: String = text
        .lines()
        .map(|line| line.strip_prefix("# ").filter(|rest| rest.contains(" = ") && !rest.contains(", ")).unwrap_or(line))
        .fold(String::new(), |text, line| text + line + "\n");
    let config = Config::parse(&uncommented, "vitrine.sample.toml").unwrap();
    assert!(config.http.tls_key.is_some() && config.http.public_port == Some(443), "commented keys exist too");
}

#[test]
fn an_unknown_key_is_refused_with_the_nearest_known_one_and_its_line() {
    let text = "data = \"var\"\n\n[http]\nbind = \"127.0.0.1:1\"\ntls_certficate = \"x\"\n";
    let error = Config::parse(text, "my.toml").unwrap_err();
    let expected = ConfigError::UnknownKey {
        file: "my.toml".to_owned(),
        line: 5,
        key: "tls_certficate".to_owned(),
        nearest: Some("tls_certificate".to_owned()),
    };
    assert_eq!(error, expected);
    assert_eq!(
        error.to_string(),
        "my.toml:5: there is no key \"tls_certficate\" here; did you mean \"tls_certificate\"?"
    );
    let section = Config::parse("[htpp]\n", "my.toml").unwrap_err().to_string();
    assert!(section.contains("my.toml:1") && section.contains("\"http\""), "{section}");
    let media = Config::parse("[media]\nplaned_viewers = 1\n", "my.toml").unwrap_err().to_string();
    assert!(media.contains("my.toml:2") && media.contains("planned_viewers"), "{media}");
}

#[test]
fn wrong_values_are_said_with_their_line() {
    for (text, line) in [("data = 1\n", 1), ("\n[http]\nbind = \"nowhere\"\n", 3), ("[http\n", 1)] {
        let error = Config::parse(text, "my.toml").unwrap_err().to_string();
        assert!(error.starts_with(&format!("my.toml:{line}: ")), "{error}");
    }
}

#[test]
fn paths_are_relative_to_the_file() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("vitrine.toml");
    std::fs::write(&file, "data = \"var\"\n[http]\ntls_certificate = \"a.pem\"\ntls_key = \"/k.pem\"\n").unwrap();
    let config = Config::load(&file).unwrap();
    assert_eq!(config.data, dir.path().join("var"));
    assert_eq!(config.http.tls_certificate, Some(dir.path().join("a.pem")));
    assert_eq!(config.http.tls_key, Some("/k.pem".into()));
    assert!(Config::load(&dir.path().join("none.toml")).unwrap_err().to_string().contains("none.toml"));
}
