//! Readers that nobody here wrote, in a Python environment that `scripts/setup test` makes.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pipelines::spec::time::Timecode;
use serde::Deserialize;
use serde_json::json;
use vitrine::domain::comment::Comment;
use vitrine::domain::instant::UtcInstant;
use vitrine::export::{self, Exported, Format, Stills};

use crate::log;

/// A marker as a reader found it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Read {
    /// From the timeline's start.
    pub frame: u64,
    /// Frames; 0 where a format says "a point".
    pub duration: u64,
    pub author: String,
    pub text: String,
}

/// What a reader found in one file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ReadFile {
    /// Label of the timeline's start, where the format has one.
    pub start: Option<String>,
    /// Names of reels, sorted.
    pub reels: Vec<String>,
    pub markers: Vec<Read>,
}

pub fn export(format: Format, comments: &[Comment]) -> Exported {
    export_with(format, comments, &Stills::new())
}

pub fn export_with(format: Format, comments: &[Comment], stills: &Stills) -> Exported {
    export::write(format, &log::review("Reel <3> & more"), comments, stills, false, UtcInstant::from_ms(0)).unwrap()
}

/// The files of an export, out of the ZIP if it is one.
pub fn files(exported: Exported) -> Vec<Vec<u8>> {
    if exported.parts == 1 {
        return vec![exported.bytes];
    }
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(exported.bytes)).unwrap();
    assert_eq!(zip.len(), exported.parts);
    let read = |index| {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut zip.by_index(index).unwrap(), &mut bytes).unwrap();
        bytes
    };
    (0..exported.parts).map(read).collect()
}

/// Files for the readers, all read by one process.
#[derive(Default)]
pub struct Readers {
    jobs: Vec<serde_json::Value>,
    folder: Option<tempfile::TempDir>,
}

impl Readers {
    /// Adds a file whose timeline starts at `start`.
    pub fn add(&mut self, format: Format, start: Timecode, bytes: &[u8]) {
        let folder = self.folder.get_or_insert_with(|| tempfile::tempdir().unwrap());
        let path = folder.path().join(format!("{}.{format}", self.jobs.len()));
        std::fs::write(&path, bytes).unwrap();
        let rate = start.rate();
        self.jobs.push(json!({
            "format": format, "path": path, "num": rate.num, "den": rate.den, "drop": rate.drop_frame,
            "start": start.to_string(), "start_frame": start.frames(),
        }));
    }

    /// What they found, in the order in which files were added.
    pub fn read(self) -> Vec<ReadFile> {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports/read.py");
        let mut python = Command::new(environment().join("bin/python"))
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the readers' Python; `scripts/setup test` makes it");
        python.stdin.take().unwrap().write_all(&serde_json::to_vec(&self.jobs).unwrap()).unwrap();
        let output = python.wait_with_output().unwrap();
        assert!(output.status.success(), "read.py failed; its own words stand above");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

/// `VITRINE_READERS`, else where `scripts/setup test` puts it.
fn environment() -> PathBuf {
    let cache = || {
        let home = PathBuf::from(std::env::var_os("HOME").unwrap_or_default()).join(".cache");
        std::env::var_os("XDG_CACHE_HOME").map_or(home, PathBuf::from).join("vitrine/readers")
    };
    std::env::var_os("VITRINE_READERS").map_or_else(cache, PathBuf::from)
}
