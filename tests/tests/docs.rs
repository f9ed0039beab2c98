//! What the documents say about the tree is so.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Words of a text that look like a path in this repository.
fn paths(text: &str) -> Vec<&str> {
    let folders = ["lut/", "forensic/", "pipelines/", "server/", "web-player/", "tests/", "docs/", "scripts/"];
    text.split(|c: char| c.is_whitespace() || "`()[],;\"".contains(c))
        .map(|word| word.trim_end_matches(['.', ':']))
        .filter(|word| folders.iter().any(|folder| word.starts_with(folder)) && !word.contains(['*', '<', '$']))
        .collect()
}

#[test]
fn every_path_named_in_the_documents_exists() {
    let mut missing = Vec::new();
    for document in [
        "README.md",
        "CHANGELOG.md",
        "HARDENING.md",
        "SECURITY.md",
        "docs/access.md",
        "docs/architecture.md",
        "docs/color.md",
        "docs/events.md",
        "docs/exports.md",
        "docs/marks.md",
        "docs/measurements.md",
        "docs/room.md",
        "docs/security.md",
        "docs/visible-mark.md",
    ] {
        let text = std::fs::read_to_string(root().join(document)).unwrap_or_default();
        assert!(!text.is_empty(), "{document} is empty or missing");
        missing.extend(
            paths(&text)
                .into_iter()
                .filter(|path| !root().join(path).exists())
                .map(|path| format!("{document}: {path}")),
        );
    }
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn the_pictures_of_the_readme_are_there() {
    for picture in ["docs/images/room.png", "docs/images/console.png"] {
        let size = std::fs::metadata(root().join(picture)).map_or(0, |file| file.len());
        assert!(size > 10_000, "{picture} is missing; `make test` makes it");
    }
}

/// Only the marker makes a [`MarkedFrame`]: its fields are private there, and no other file spells one out.
#[test]
fn only_the_marker_makes_marked_frames() {
    let mut makers = Vec::new();
    let mut folders = vec![root().join("pipelines/src"), root().join("server/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read_to_string(&path).unwrap_or_default().contains("MarkedFrame {") {
                makers.push(path.strip_prefix(root()).unwrap_or(&path).to_string_lossy().into_owned());
            }
        }
    }
    assert_eq!(makers, ["pipelines/src/watermark/marker.rs"]);
}
