//! What the tests share: an engine with a program, clips made with ffmpeg, decoding of what was encoded.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use forensic::MasterKey;
use pipelines::engine::{Engine, EngineEvent, MediaUnit, ProgramId, RenditionId, SourceInfo, VideoUnit};
use pipelines::reference::ReferenceSink;
use pipelines::spec::color::TargetColor;
use pipelines::spec::encode::{PictureSize, RenditionSpec, VideoFormat};
use pipelines::spec::look::Look;
use pipelines::spec::source::{ProgramSpec, SourceId, SourceSpec};
use pipelines::spec::watermark::{ForensicKeys, MarkSpec, MarkTemplate, Marks};
use tokio::sync::mpsc;

/// Longest wait for anything on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub fn program(source: SourceSpec) -> ProgramSpec {
    ProgramSpec {
        source_id: SourceId::nil(),
        source,
        look: Look::default(),
        start_timecode: None,
        drop_frame: false,
        title: "Night Ferry, reel 2".to_owned(),
    }
}

pub fn file(path: &Path) -> ProgramSpec {
    program(SourceSpec::File { path: path.to_owned() })
}

pub fn marks(viewing: &str) -> Marks {
    let production = MasterKey::new([7; 32]).production("Night Ferry");
    Marks {
        visible: MarkSpec {
            name: "Ada Example".to_owned(),
            email: "ada@example.org".to_owned(),
            ip: "192.0.2.7".to_owned(),
            review: "Night Ferry, reel 2".to_owned(),
            session_code: "K7PX-3MRE".to_owned(),
            template: MarkTemplate::default(),
        },
        invisible: ForensicKeys { viewing: production.viewing("reel 2", viewing), pilot: production.pilot() },
    }
}

pub fn rendition(format: VideoFormat, width: u32, height: u32) -> RenditionSpec {
    RenditionSpec {
        format,
        target: TargetColor::default(),
        size: PictureSize { width, height },
        bitrate_bps: 6_000_000,
        drill: None,
    }
}

/// An engine with one open program.
pub struct Stage {
    pub engine: Engine,
    pub events: mpsc::UnboundedReceiver<EngineEvent>,
    pub program: ProgramId,
}

impl Stage {
    pub fn open(spec: ProgramSpec) -> Self {
        Self::open_keeping(spec, None)
    }

    pub fn open_keeping(spec: ProgramSpec, references: Option<ReferenceSink>) -> Self {
        let (engine, events) = Engine::start_keeping(references).unwrap();
        let program = ProgramId::new_v4();
        engine.open(program, spec);
        Self { engine, events, program }
    }

    pub fn attach(&self, spec: RenditionSpec, capacity: usize) -> Viewer {
        self.attach_as(RenditionId::new_v4(), spec, capacity)
    }

    /// The same under a viewing's name, which its invisible mark follows.
    pub fn attach_as(&self, id: RenditionId, spec: RenditionSpec, capacity: usize) -> Viewer {
        let (sink, units) = mpsc::channel(capacity);
        self.engine.attach(self.program, id, spec, marks(&id.to_string()), sink);
        Viewer { id, units, audio: Vec::new() }
    }

    /// The next event that `pick` takes, within `PATIENCE`.
    pub fn event<T>(&mut self, mut pick: impl FnMut(&EngineEvent) -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = Vec::new();
        while Instant::now() < deadline {
            match self.events.try_recv() {
                Ok(event) => match pick(&event) {
                    Some(found) => return found,
                    None => seen.push(event),
                },
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
        panic!("the event did not come; there were {seen:?}");
    }

    pub fn live(&mut self) -> SourceInfo {
        self.event(|event| match event {
            EngineEvent::SourceLive { info, .. } => Some(info.clone()),
            _ => None,
        })
    }

    pub fn lost(&mut self) -> String {
        self.lost_over("")
    }

    /// The next loss with these words; a source may tell several reasons one after another.
    pub fn lost_over(&mut self, words: &str) -> String {
        self.event(|event| match event {
            EngineEvent::SourceLost { reason, .. } if reason.contains(words) => Some(reason.clone()),
            _ => None,
        })
    }
}

/// What one viewer receives.
pub struct Viewer {
    pub id: RenditionId,
    pub units: mpsc::Receiver<MediaUnit>,
    pub audio: Vec<pipelines::engine::AudioUnit>,
}

impl Viewer {
    /// The next picture, or `None` when none comes within `wait`.
    pub fn next_within(&mut self, wait: Duration) -> Option<VideoUnit> {
        let deadline = Instant::now() + wait;
        while Instant::now() < deadline {
            match self.units.try_recv() {
                Ok(MediaUnit::Video(unit)) => return Some(unit),
                Ok(MediaUnit::Audio(unit)) => self.audio.push(unit),
                Err(mpsc::error::TryRecvError::Empty) => std::thread::sleep(Duration::from_millis(1)),
                Err(mpsc::error::TryRecvError::Disconnected) => return None,
            }
        }
        None
    }

    pub fn next(&mut self) -> VideoUnit {
        self.next_within(PATIENCE).expect("a picture")
    }

    pub fn take(&mut self, count: usize) -> Vec<VideoUnit> {
        (0..count).map(|_| self.next()).collect()
    }

    /// The first picture that `pick` takes, within `PATIENCE`.
    pub fn until(&mut self, pick: impl Fn(&VideoUnit) -> bool) -> VideoUnit {
        let deadline = Instant::now() + PATIENCE;
        while Instant::now() < deadline {
            let unit = self.next();
            if pick(&unit) {
                return unit;
            }
        }
        panic!("no such picture");
    }
}

/// A file of the project's footage.
pub fn footage(name: &str) -> PathBuf {
    PathBuf::from(std::env::var_os("VITRINE_FOOTAGE").expect("VITRINE_FOOTAGE is not set: run `make test`")).join(name)
}

/// A folder for clips that is removed again.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        let path = std::env::temp_dir().join(format!("vitrine-media-{}", uuid::Uuid::new_v4()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Runs ffmpeg; `false` when it cannot do what is asked.
pub fn ffmpeg(args: &[&str], output: &Path) -> bool {
    Command::new("ffmpeg")
        .args(["-v", "error", "-y"])
        .args(args)
        .arg(output)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap()
        .success()
}

/// Key=value lines of the first picture stream of encoded units, as ffprobe sees it.
pub fn ffprobe(units: &[VideoUnit]) -> String {
    let folder = Folder::new();
    let path = folder.path("units");
    std::fs::write(&path, bytes(units)).unwrap();
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-select_streams", "v:0", "-show_streams", "-of", "default"])
        .arg(&path)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Takes the signal strip off: `pipelines::strip::rows` in ffmpeg's words.
const VISIBLE: &str = "crop=iw:ih-8-8*ceil(80/(2*floor(iw/16))):0:0";

/// Decodes units with ffmpeg to raw planes in `pix_fmt`, as viewers see them.
pub fn decode(units: &[VideoUnit], pix_fmt: &str) -> Vec<u8> {
    decode_with(units, pix_fmt, VISIBLE)
}

/// The same with the signal strip under each plane.
pub fn decode_coded(units: &[VideoUnit], pix_fmt: &str) -> Vec<u8> {
    decode_with(units, pix_fmt, "null")
}

fn decode_with(units: &[VideoUnit], pix_fmt: &str, filter: &str) -> Vec<u8> {
    let folder = Folder::new();
    let (path, raw) = (folder.path("units"), folder.path("units.raw"));
    std::fs::write(&path, bytes(units)).unwrap();
    let path = path.to_str().unwrap();
    assert!(ffmpeg(
        &["-i", path, "-vf", filter, "-pix_fmt", pix_fmt, "-fps_mode", "passthrough", "-f", "rawvideo"],
        &raw
    ));
    std::fs::read(&raw).unwrap()
}

/// As a file that ffmpeg reads: Annex B as it is, VP9 in IVF.
fn bytes(units: &[VideoUnit]) -> Vec<u8> {
    if units[0].data.starts_with(&[0, 0]) {
        return units.iter().flat_map(|unit| unit.data.iter().copied()).collect();
    }
    let mut ivf = [b"DKIF\0\0\x20\0VP90".as_slice(), &[0; 4], &[25, 0, 0, 0, 1, 0, 0, 0], &[0; 8]].concat();
    for (number, unit) in units.iter().enumerate() {
        ivf.extend(u32::try_from(unit.data.len()).unwrap().to_le_bytes());
        ivf.extend((number as u64).to_le_bytes());
        ivf.extend(&unit.data);
    }
    ivf
}

/// Types of the NAL units of an access unit.
pub fn nal_types(unit: &VideoUnit) -> Vec<u8> {
    let data = &unit.data;
    (0..data.len().saturating_sub(3)).filter(|&i| data[i..i + 3] == [0, 0, 1]).map(|i| data[i + 3] & 31).collect()
}
