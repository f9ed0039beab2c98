//! References on disc: small copies of the frames that were shown, sealed, one file for each review and take.
//!
//! A file is a magic word and records: source frame (u64), bytes that follow (u32), nonce (12 bytes), ciphertext and tag
//! (AES-256-GCM), numbers little-endian. Review, take and frame are authenticated with each. Appended to only; a record
//! that a crash cut short is cut off when the file is opened again.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::aead::{Aad, Nonce, RandomizedNonceKey};
use pipelines::reference::{ReferenceFrame, ReferenceSink};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::config::data::DataDir;
use crate::domain::audit::hex;
use crate::domain::mark::MarksConfig;
use crate::token::mark_key::MarkKeys;

const MAGIC: &[u8; 8] = b"VITREF1\n";
const ENDING: &str = "frames";
const HEADER: usize = 12;
const NONCE: usize = 12;
/// Longest record that is read.
const LONGEST: usize = 1 << 20;
/// References that wait for the disc; each is about 20 kB.
const QUEUE: usize = 64;
/// Space that is left to others on the disc.
const SPARE_BYTES: u64 = 2 << 30;
/// How often the same trouble is told.
const WORD: Duration = Duration::from_secs(600);

const FULL: &str = "no room for references: a leak of what is shown now can be traced with --reference only; raise \
                    marks.references_gib, or give the disc more room";

/// Why references cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceError {
    /// The file.
    #[error("{}: {error}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Not written by this program, or changed since.
    #[error("{}: frame {frame} does not open: it was changed, or sealed with another key", path.display())]
    Changed {
        /// Which.
        path: PathBuf,
        /// Of which frame.
        frame: u64,
    },
    /// Not a file of references.
    #[error("{} holds no references", path.display())]
    Alien {
        /// Which.
        path: PathBuf,
    },
    /// The key cannot be made.
    #[error("the key of references cannot be made")]
    Key,
}

/// One review's frames of one take.
pub struct Volume {
    path: PathBuf,
    review: Uuid,
    key: RandomizedNonceKey,
}

impl Volume {
    /// All of a review, in no order; none when nothing was kept.
    ///
    /// # Errors
    /// When the directory cannot be read.
    pub fn of_review(data: &DataDir, keys: &MarkKeys, review: Uuid) -> Result<Vec<Self>, ReferenceError> {
        let folder = data.references().join(review.to_string());
        let listed = match fs::read_dir(&folder) {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(ReferenceError::File { path: folder, error }),
        };
        let paths = listed.filter_map(|entry| Some(entry.ok()?.path()));
        let ours = paths.filter(|path| path.extension().is_some_and(|ending| ending == ENDING));
        ours.map(|path| Ok(Self { path, review, key: keys.references(review).ok_or(ReferenceError::Key)? })).collect()
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The numbers of its frames, ascending.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn frames(&self) -> Result<Vec<u64>, ReferenceError> {
        let mut frames = Vec::new();
        self.walk(|_| false, |_, _| Ok(()), |frame| frames.push(frame))?;
        frames.sort_unstable();
        Ok(frames)
    }

    /// Opens each frame that is `wanted` and hands its JPEG over, in the order they were shown.
    ///
    /// # Errors
    /// When the file cannot be read, or a frame was changed.
    pub fn read(&self, wanted: impl Fn(u64) -> bool, mut take: impl FnMut(u64, &[u8])) -> Result<(), ReferenceError> {
        let open = |frame, record: &mut [u8]| {
            let changed = || ReferenceError::Changed { path: self.path.clone(), frame };
            let (nonce, text) = record.split_at_mut_checked(NONCE).ok_or_else(changed)?;
            let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| changed())?;
            let label = Aad::from(label(self.review, &self.path, frame));
            take(frame, self.key.open_in_place(nonce, label, text).map_err(|_| changed())?);
            Ok(())
        };
        self.walk(wanted, open, |_| {}).map(|_| ())
    }

    /// Walks over all whole records; returns where they end.
    fn walk(
        &self,
        wanted: impl Fn(u64) -> bool,
        mut open: impl FnMut(u64, &mut [u8]) -> Result<(), ReferenceError>,
        mut note: impl FnMut(u64),
    ) -> Result<u64, ReferenceError> {
        let failed = |error| ReferenceError::File { path: self.path.clone(), error };
        let file = File::open(&self.path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let mut file = BufReader::with_capacity(1 << 17, file);
        let mut magic = [0; MAGIC.len()];
        if file.read_exact(&mut magic).is_err() || magic != *MAGIC {
            return Err(ReferenceError::Alien { path: self.path.clone() });
        }
        let (mut at, mut record) = (MAGIC.len() as u64, Vec::new());
        loop {
            let mut header = [0; HEADER];
            if at + HEADER as u64 > length {
                return Ok(at);
            }
            file.read_exact(&mut header).map_err(failed)?;
            let (frame, bytes) = header.split_at(8);
            let frame = u64::from_le_bytes(frame.try_into().unwrap_or_default());
            let bytes = u32::from_le_bytes(bytes.try_into().unwrap_or_default()) as usize;
            if bytes > LONGEST {
                return Err(ReferenceError::Changed { path: self.path.clone(), frame });
            }
            let end = at + (HEADER + bytes) as u64;
            if end > length {
                return Ok(at);
            }
            if wanted(frame) {
                record.resize(bytes, 0);
                file.read_exact(&mut record).map_err(failed)?;
                open(frame, &mut record)?;
            } else {
                file.seek_relative(bytes as i64).map_err(failed)?;
            }
            note(frame);
            at = end;
        }
    }
}

/// What is authenticated beside a frame.
fn label(review: Uuid, path: &Path, frame: u64) -> Vec<u8> {
    let take = path.file_stem().map(|stem| stem.as_encoded_bytes()).unwrap_or_default();
    [review.as_bytes().as_slice(), take, &frame.to_le_bytes()].concat()
}

/// A volume that is appended to.
struct OpenVolume {
    volume: Volume,
    file: File,
    frames: HashSet<u64>,
}

impl OpenVolume {
    fn open(root: &Path, keys: &MarkKeys, review: Uuid, take: &str) -> Result<Self, ReferenceError> {
        let folder = root.join(review.to_string());
        let failed = |error| ReferenceError::File { path: folder.clone(), error };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder).map_err(failed)?;
        let name = hex(&Sha256::digest(take.as_bytes())[..16]);
        let path = folder.join(format!("{name}.{ENDING}"));
        let failed = |error| ReferenceError::File { path: path.clone(), error };
        let mut options = OpenOptions::new();
        let mut file = options.create(true).truncate(false).write(true).mode(0o600).open(&path).map_err(failed)?;
        let key = keys.references(review).ok_or(ReferenceError::Key)?;
        let volume = Volume { path: path.clone(), review, key };
        if file.metadata().map_err(failed)?.len() < MAGIC.len() as u64 {
            file.set_len(0).map_err(failed)?;
            file.write_all(MAGIC).map_err(failed)?;
        }
        let mut frames = HashSet::new();
        let note = |frame| {
            frames.insert(frame);
        };
        let end = volume.walk(|_| false, |_, _| Ok(()), note)?;
        file.set_len(end).map_err(failed)?;
        file.seek(SeekFrom::End(0)).map_err(failed)?;
        Ok(Self { volume, file, frames })
    }

    /// Adds a frame; says how many bytes that took, none when it was there.
    fn add(&mut self, frame: u64, jpeg: &[u8]) -> Result<u64, ReferenceError> {
        if !self.frames.insert(frame) {
            return Ok(0);
        }
        let mut text = jpeg.to_vec();
        let label = Aad::from(label(self.volume.review, &self.volume.path, frame));
        let nonce = self.volume.key.seal_in_place_append_tag(label, &mut text).map_err(|_| ReferenceError::Key)?;
        let bytes = u32::try_from(NONCE + text.len()).map_err(|_| ReferenceError::Key)?;
        let nonce: &[u8; NONCE] = nonce.as_ref();
        let record = [frame.to_le_bytes().as_slice(), &bytes.to_le_bytes(), nonce, &text].concat();
        let written = self.file.write_all(&record);
        written.map_err(|error| ReferenceError::File { path: self.volume.path.clone(), error })?;
        Ok(record.len() as u64)
    }
}

/// Keeps what the engine hands over, on a thread of its own, within its limit.
pub struct Shelf {
    root: PathBuf,
    keys: Arc<MarkKeys>,
    limit_bytes: u64,
    used_bytes: u64,
    spare_bytes: u64,
    volumes: HashMap<(Uuid, Arc<str>), OpenVolume>,
    told_at: Option<Instant>,
}

impl Shelf {
    /// Starts the thread; it ends when the sink and its clones are gone. `None` when the house keeps no references.
    ///
    /// # Errors
    /// When there is no thread to be had.
    pub fn start(data: &DataDir, keys: Arc<MarkKeys>, config: &MarksConfig) -> io::Result<Option<ReferenceSink>> {
        if config.references_gib == 0 {
            return Ok(None);
        }
        let limit_bytes = u64::from(config.references_gib) << 30;
        let shelf = Self::new(data, keys, limit_bytes, SPARE_BYTES);
        let (sink, frames) = mpsc::channel(QUEUE);
        std::thread::Builder::new().name("references".to_owned()).spawn(move || shelf.run(frames))?;
        Ok(Some(sink))
    }

    fn new(data: &DataDir, keys: Arc<MarkKeys>, limit_bytes: u64, spare_bytes: u64) -> Self {
        let root = data.references();
        let used_bytes = bytes_under(&root);
        Self { root, keys, limit_bytes, used_bytes, spare_bytes, volumes: HashMap::new(), told_at: None }
    }

    fn run(mut self, mut frames: mpsc::Receiver<ReferenceFrame>) {
        while let Some(frame) = frames.blocking_recv() {
            match self.keep(&frame) {
                Ok(true) => {}
                Ok(false) => self.tell(FULL),
                Err(error) => self.tell(&format!("a reference was not kept: {error}")),
            }
        }
    }

    /// Whether there was room for a frame.
    fn keep(&mut self, frame: &ReferenceFrame) -> Result<bool, ReferenceError> {
        if self.used_bytes + frame.jpeg.len() as u64 > self.limit_bytes || self.is_disc_full() {
            return Ok(false);
        }
        let name = (frame.program, Arc::clone(&frame.take));
        let volume = match self.volumes.entry(name) {
            std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
            std::collections::hash_map::Entry::Vacant(new) => {
                new.insert(OpenVolume::open(&self.root, &self.keys, frame.program, &frame.take)?)
            }
        };
        match volume.add(frame.source_frame, &frame.jpeg) {
            Ok(bytes) => self.used_bytes += bytes,
            Err(error) => {
                // A record may be torn: opening the file again cuts it off.
                self.volumes.remove(&(frame.program, Arc::clone(&frame.take)));
                return Err(error);
            }
        }
        Ok(true)
    }

    fn is_disc_full(&self) -> bool {
        let root = if self.root.exists() { self.root.as_path() } else { self.root.parent().unwrap_or(&self.root) };
        rustix::fs::statvfs(root).is_ok_and(|disc| disc.f_bavail.saturating_mul(disc.f_frsize) < self.spare_bytes)
    }

    fn tell(&mut self, trouble: &str) {
        if self.told_at.is_none_or(|at| at.elapsed() >= WORD) {
            self.told_at = Some(Instant::now());
            tracing::warn!(bytes = self.used_bytes, limit = self.limit_bytes, "{trouble}");
        }
    }
}

/// Bytes that references take on the disc.
pub fn bytes_kept(data: &DataDir) -> u64 {
    bytes_under(&data.references())
}

fn bytes_under(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let bytes = entries.map(|entry| match entry.metadata() {
        Ok(found) if found.is_dir() => bytes_under(&entry.path()),
        Ok(found) => found.len(),
        Err(_) => 0,
    });
    bytes.sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn house() -> (tempfile::TempDir, DataDir, Arc<MarkKeys>) {
        let folder = tempfile::tempdir().unwrap();
        let data = DataDir::open(folder.path()).unwrap();
        let keys = MarkKeys::load_or_make(&data, &MarksConfig::default()).unwrap();
        (folder, data, Arc::new(keys))
    }

    fn frame(review: Uuid, take: &str, source_frame: u64) -> ReferenceFrame {
        let jpeg = vec![source_frame as u8; 1_000].into();
        ReferenceFrame { program: review, take: take.into(), source_frame, jpeg }
    }

    fn frames_of(data: &DataDir, keys: &MarkKeys, review: Uuid) -> Vec<Vec<u64>> {
        let volumes = Volume::of_review(data, keys, review).unwrap();
        volumes.iter().map(|volume| volume.frames().unwrap()).collect()
    }

    #[test]
    fn frames_are_kept_once_sealed_and_found_again_by_another_process() {
        let (_folder, data, keys) = house();
        let review = Uuid::from_u128(1);
        let mut shelf = Shelf::new(&data, Arc::clone(&keys), 1 << 30, 0);
        for number in [0, 1, 2, 1, 0] {
            assert!(shelf.keep(&frame(review, "reel", number)).unwrap());
        }
        drop(shelf);
        let mut shelf = Shelf::new(&data, Arc::clone(&keys), 1 << 30, 0);
        for number in [2, 9] {
            assert!(shelf.keep(&frame(review, "reel", number)).unwrap());
        }
        assert_eq!(frames_of(&data, &keys, review), [[0, 1, 2, 9]]);
        let volumes = Volume::of_review(&data, &keys, review).unwrap();
        let mut seen = Vec::new();
        volumes[0].read(|frame| frame != 1, |frame, jpeg| seen.push((frame, jpeg.to_vec()))).unwrap();
        assert_eq!(seen, [(0, vec![0; 1_000]), (2, vec![2; 1_000]), (9, vec![9; 1_000])]);
        let raw = fs::read(volumes[0].path()).unwrap();
        assert!(!raw.windows(32).any(|window| window == [9; 32]), "nothing lies there in clear");
        assert_eq!(crate::config::data::mode(volumes[0].path()).unwrap(), 0o600);
    }

    #[test]
    fn a_torn_record_is_cut_off_and_a_changed_one_is_refused() {
        let (_folder, data, keys) = house();
        let review = Uuid::from_u128(2);
        let mut shelf = Shelf::new(&data, Arc::clone(&keys), 1 << 30, 0);
        for number in 0..3 {
            shelf.keep(&frame(review, "reel", number)).unwrap();
        }
        drop(shelf);
        let path = Volume::of_review(&data, &keys, review).unwrap()[0].path().to_owned();
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() - 7]).unwrap();
        assert_eq!(frames_of(&data, &keys, review), [[0, 1]]);
        Shelf::new(&data, Arc::clone(&keys), 1 << 30, 0).keep(&frame(review, "reel", 2)).unwrap();
        assert_eq!(frames_of(&data, &keys, review), [[0, 1, 2]]);

        let mut changed = fs::read(&path).unwrap();
        changed[60] ^= 1;
        fs::write(&path, changed).unwrap();
        let volumes = Volume::of_review(&data, &keys, review).unwrap();
        let read = volumes[0].read(|_| true, |_, _| {});
        assert!(matches!(read, Err(ReferenceError::Changed { frame: 0, .. })), "{read:?}");
    }

    #[test]
    fn the_limit_holds_and_counts_what_was_there_before() {
        let (_folder, data, keys) = house();
        let review = Uuid::from_u128(3);
        let limit = 2_500;
        let mut shelf = Shelf::new(&data, Arc::clone(&keys), limit, 0);
        assert!(shelf.keep(&frame(review, "reel", 0)).unwrap());
        let mut shelf = Shelf::new(&data, Arc::clone(&keys), limit, 0);
        assert!(shelf.keep(&frame(review, "reel", 1)).unwrap());
        assert!(!shelf.keep(&frame(review, "reel", 2)).unwrap());
        assert_eq!(frames_of(&data, &keys, review), [[0, 1]]);
    }
}
