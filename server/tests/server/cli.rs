//! The command line, as a person or a script runs it.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn vitrine(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_vitrine"));
    command.args(arguments);
    if arguments.first() != Some(&"openapi") {
        command.arg("--data").arg(data);
    }
    command.output().unwrap()
}

fn json(data: &Path, arguments: &[&str]) -> Value {
    let output = vitrine(data, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn fails(data: &Path, arguments: &[&str], code: i32) -> String {
    let output = vitrine(data, arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}");
    assert!(output.stdout.is_empty() || arguments.contains(&"--json"), "errors go to stderr");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn a_review_from_plan_to_archive() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path();
    let review =
        json(data, &["review", "create", "--title", "Reel 3", "--source", "reel:720", "--hours", "2", "--json"]);
    assert_eq!(review["state"], "live");
    let id = review["id"].as_str().unwrap();
    let invite = ["link", "create", "--review", id, "--name", "Ana Ito", "--email", "ana@example.org", "--json"];
    let link = json(data, &invite);
    assert!(link["url"].as_str().unwrap().starts_with("https://localhost:8443/join#"));
    assert!(link["passphrase"].as_str().unwrap().len() >= 16);
    assert_eq!(json(data, &["review", "show", id, "--json"])["links"][0]["state"], "open");
    assert_eq!(json(data, &["link", "list", "--json"])["links"][0]["id"], link["id"]);
    assert_eq!(json(data, &["link", "revoke", link["id"].as_str().unwrap(), "--json"])["state"], "revoked");
    assert_eq!(json(data, &["link", "revoke", "--network", "192.0.2.0/24", "--json"])["links"], 0);
    let csv = vitrine(data, &["comments", "export", "--review", id]);
    assert!(String::from_utf8(csv.stdout).unwrap().starts_with("Timecode,Comment,"));
    let pdf = vitrine(data, &["comments", "export", "--review", id, "--format", "pdf"]);
    assert!(pdf.stdout.starts_with(b"%PDF-"));
    assert!(fails(data, &["comments", "export", "--review", id, "--format", "resolve"], 1).contains("no comments"));
    let out = dir.path().join("a.zip");
    assert!(vitrine(data, &["archive", "--review", id, "--out", out.to_str().unwrap()]).status.success());
    let verified = json(data, &["archive", "verify", out.to_str().unwrap(), "--json"]);
    assert_eq!((&verified["ok"], &verified["files"]), (&Value::Bool(true), &Value::from(12)));
    let sealed = dir.path().join("a.7z");
    let said = vitrine(data, &["archive", "--review", id, "--encrypt", "--out", sealed.to_str().unwrap()]);
    let said = String::from_utf8(said.stdout).unwrap();
    let passphrase = said.lines().find_map(|line| line.trim().strip_prefix("passphrase  ")).unwrap();
    std::fs::write(dir.path().join("p"), passphrase).unwrap();
    let with =
        ["archive", "verify", sealed.to_str().unwrap(), "--passphrase-file", dir.path().join("p").to_str().unwrap()]
            .map(str::to_owned);
    assert!(vitrine(data, &with.each_ref().map(String::as_str)).status.success());
    assert!(fails(data, &["archive", "verify", sealed.to_str().unwrap()], 1).contains("passphrase is missing"));
    std::fs::write(&out, "PK\x03\x04 and nothing").unwrap();
    assert!(fails(data, &["archive", "verify", out.to_str().unwrap()], 1).contains("a.zip.sha256"));
    assert!(fails(data, &["archive"], 2).contains("--review"));
    assert_eq!(json(data, &["review", "end", id, "--json"])["state"], "ended");
    assert_eq!(json(data, &["review", "list", "--json"])["reviews"][0]["id"], review["id"]);
    let verified = json(data, &["audit", "verify", "--json"]);
    assert_eq!((&verified["ok"], &verified["entries"]), (&Value::Bool(true), &Value::from(9)));
}

#[test]
fn accounts_are_added_listed_and_removed() {
    let dir = tempfile::tempdir().unwrap();
    let password = dir.path().join("password");
    std::fs::write(&password, "correct horse battery\n").unwrap();
    let file = password.to_str().unwrap();
    let add = |user: &'static str| ["user", "add", user, "--password-file", file];
    let add_as =
        |user: &'static str, role: &'static str| ["user", "add", user, "--role", role, "--password-file", file];
    assert!(vitrine(dir.path(), &add("grader")).status.success(), "the first one is an admin");
    assert!(fails(dir.path(), &add("ana"), 1).contains("--role is missing"));
    assert!(fails(dir.path(), &add_as("ana", "king"), 2).contains("king"));
    assert!(vitrine(dir.path(), &add_as("ana", "producer")).status.success());
    assert!(fails(dir.path(), &add_as("ana", "producer"), 1).contains("already"));
    assert!(vitrine(dir.path(), &["user", "password", "grader", "--password-file", file]).status.success());
    std::fs::write(&password, "short\n").unwrap();
    assert!(fails(dir.path(), &add_as("other", "producer"), 1).contains("at least 12"));
    let accounts = json(dir.path(), &["user", "list", "--json"])["accounts"].clone();
    assert_eq!((&accounts[1]["user"], &accounts[1]["role"]), (&Value::from("grader"), &Value::from("admin")));
    for arguments in
        [&["user", "role", "ana", "colourist"][..], &["user", "unlock", "ana"], &["user", "reset-factors", "ana"]]
    {
        assert!(vitrine(dir.path(), arguments).status.success(), "{arguments:?}");
    }
    let ends = vitrine(dir.path(), &["user", "offboard", "ana", "--at", "24h"]);
    assert!(String::from_utf8_lossy(&ends.stdout).contains(", ends 20"));
    let ended = vitrine(dir.path(), &["user", "offboard", "ana"]);
    assert!(String::from_utf8_lossy(&ended.stdout).contains(", ended 20"));
    assert!(vitrine(dir.path(), &["user", "remove", "grader"]).status.success());
    assert!(fails(dir.path(), &["user", "remove", "grader"], 1).contains("no account"));
}

#[test]
fn projects_are_made_classified_and_staffed() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path();
    let password = data.join("password");
    std::fs::write(&password, "correct horse battery\n").unwrap();
    assert!(vitrine(data, &["user", "add", "ana", "--password-file", password.to_str().unwrap()]).status.success());
    let made = json(data, &["project", "create", "Harbour", "--json"]);
    let id = made["id"].as_str().unwrap();
    assert!(vitrine(data, &["project", "classify", id, "confidential"]).status.success());
    assert!(vitrine(data, &["project", "add-member", id, "ana"]).status.success());
    let list = json(data, &["project", "list", "--json"]);
    assert_eq!(list["projects"][0]["classification"], "confidential");
    assert_eq!(list["projects"][0]["members"][0], "ana");
    let review = json(data, &["review", "create", "--project", id, "--source", "reel", "--json"]);
    assert_eq!(review["project"], made["id"]);
    assert!(vitrine(data, &["project", "remove-member", id, "ana"]).status.success());
    assert!(fails(data, &["project", "classify", id, "secret"], 2).contains("secret"));
}

#[test]
fn errors_say_what_where_and_what_was_expected() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path();
    assert!(fails(data, &["link", "create", "--review", "x"], 2).contains("--review"));
    assert!(fails(data, &["frobnicate"], 2).contains("frobnicate"));
    let nowhere = data.join("nowhere");
    assert!(fails(&nowhere, &["audit", "verify"], 1).contains("nowhere"));
    assert!(!nowhere.exists(), "looking makes nothing");
    assert!(fails(data, &["review", "list"], 1).contains("vitrine.db"));
    let missing = fails(data, &["review", "create", "--source", "/no/such.mov"], 1);
    assert!(missing.contains("/no/such.mov") && missing.contains("No such file"), "{missing}");
    let demo = fails(data, &["demo", "--media", "/no/such.mov"], 1);
    assert!(demo.contains("--media /no/such.mov"), "{demo}");
    let look = data.join("wrong.cube");
    std::fs::write(&look, "LUT_1D_SIZE 2\n0 0\n").unwrap();
    let arguments = ["review", "create", "--source", "reel", "--look", look.to_str().unwrap()];
    assert!(fails(data, &arguments, 1).contains("line 2"));
    let id = json(data, &["review", "create", "--source", "reel", "--json"])["id"].as_str().unwrap().to_owned();
    let late =
        ["link", "create", "--review", &id, "--name", "A", "--email", "a@b", "--expires", "2099-01-01T00:00:00Z"];
    assert!(fails(data, &late, 1).contains("at most 7 days"));
}

#[tokio::test]
async fn a_broken_record_is_an_exit_code() {
    let dir = tempfile::tempdir().unwrap();
    json(dir.path(), &["review", "create", "--source", "reel", "--json"]);
    let mut connection = crate::support::raw(&dir.path().join("vitrine.db")).await;
    for sql in ["DROP TRIGGER audit_is_not_changed", "UPDATE audit SET actor = 'x'"] {
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }
    assert!(fails(dir.path(), &["audit", "verify"], 1).contains("sequence 1"));
    let output = vitrine(dir.path(), &["audit", "verify", "--json"]);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&found["ok"], &found["first_bad_sequence"]), (&Value::Bool(false), &Value::from(1)));
}

#[test]
fn the_document_is_printed() {
    let dir = tempfile::tempdir().unwrap();
    assert!(json(dir.path(), &["openapi"])["paths"]["/api/room"].is_object());
    let help = vitrine(dir.path(), &["--help"]);
    assert!(String::from_utf8(help.stdout).unwrap().contains("Examples:"));
}

#[test]
fn files_of_the_data_directory_are_private() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("var");
    json(&data, &["review", "create", "--source", "reel", "--json"]);
    assert_eq!(vitrine::config::data::mode(&data).unwrap(), 0o700);
    for file in std::fs::read_dir(&data).unwrap() {
        assert_eq!(vitrine::config::data::mode(&file.unwrap().path()).unwrap(), 0o600);
    }
}

#[tokio::test]
async fn a_kept_checkpoint_finds_a_record_that_was_cut() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path();
    json(data, &["review", "create", "--source", "reel", "--json"]);
    json(data, &["review", "create", "--source", "reel", "--json"]);
    let note = String::from_utf8(vitrine(data, &["audit", "checkpoint"]).stdout).unwrap();
    let key = String::from_utf8(vitrine(data, &["audit", "key"]).stdout).unwrap();
    let file = data.join("kept.txt");
    std::fs::write(&file, note).unwrap();
    let arguments = ["audit", "verify", "--json", "--key", key.trim(), "--checkpoint", file.to_str().unwrap()];
    assert_eq!(json(data, &arguments)["signed"], 2);
    let mut connection = crate::support::raw(&data.join("vitrine.db")).await;
    for sql in
        ["DROP TRIGGER audit_is_not_shortened", "DELETE FROM audit WHERE sequence = 2", "DELETE FROM checkpoints"]
    {
        sqlx::query(sql).execute(&mut connection).await.unwrap();
    }
    let output = vitrine(data, &arguments);
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&found["verdict"], &found["first_bad_sequence"]), (&Value::from("incomplete"), &Value::from(2)));
    assert!(fails(data, &arguments, 1).contains("incomplete: it ends at sequence 1"));
}
