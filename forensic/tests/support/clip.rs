//! Clips of 8-bit 4:2:0 pictures, and what ffmpeg does to them.

use std::error::Error;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use forensic::detect::{Frame, Gray};
use forensic::{Area, Depth, ForensicMark, LumaMut, LumaRef, Mask, PilotKey, Sensitivity, ViewingKey};

pub type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// Frames of I420.
#[derive(Clone)]
pub struct Clip {
    pub width: usize,
    pub height: usize,
    pub frames: Vec<Vec<u8>>,
}

/// A file of the project's footage.
pub fn footage(name: &str) -> Outcome<PathBuf> {
    let folder = std::env::var_os("VITRINE_FOOTAGE").ok_or("VITRINE_FOOTAGE is not set: run `make test`")?;
    Ok(PathBuf::from(folder).join(name))
}

impl Clip {
    /// `count` frames of a file from frame `first` on, through `filter`.
    pub fn read(file: &str, first: usize, count: usize, filter: &str) -> Outcome<Self> {
        let path = footage(file)?;
        let filter = format!("trim=start_frame={first}:end_frame={},setpts=PTS-STARTPTS,{filter}", first + count);
        Self::decode(&[path.to_str().ok_or("a path that is no text")?], &filter)
    }

    fn decode(input: &[&str], filter: &str) -> Outcome<Self> {
        let mut command = ffmpeg();
        command.arg("-i").args(input).args(["-vf", filter, "-fps_mode", "passthrough"]);
        let output = command.args(["-pix_fmt", "yuv420p", "-strict", "-1", "-f", "yuv4mpegpipe", "-"]).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        Self::y4m(&output.stdout)
    }

    fn y4m(bytes: &[u8]) -> Outcome<Self> {
        let line = |at: usize| bytes[at..].iter().position(|b| *b == b'\n').map(|end| at + end + 1);
        let mut at = line(0).ok_or("no YUV4MPEG2 header")?;
        let header = std::str::from_utf8(&bytes[..at])?;
        let number =
            |tag: char| header.split_whitespace().find_map(|word| word.strip_prefix(tag)?.parse::<usize>().ok());
        let (Some(width), Some(height)) = (number('W'), number('H')) else { return Err("no size".into()) };
        let size = width * height + 2 * (width.div_ceil(2) * height.div_ceil(2));
        let mut frames = Vec::new();
        while at < bytes.len() {
            at = line(at).ok_or("no frame header")?;
            frames.push(bytes.get(at..at + size).ok_or("a frame is cut short")?.to_vec());
            at += size;
        }
        Ok(Self { width, height, frames })
    }

    /// The clip after ffmpeg encoded it with `arguments` into a file with that ending, and decoded it again.
    pub fn through(&self, ending: &str, arguments: &[&str]) -> Outcome<Self> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let file = std::env::temp_dir().join(format!("forensic-{}-{number}.{ending}", std::process::id()));
        let path = file.to_str().ok_or("a path that is no text")?;
        let size = format!("{}x{}", self.width, self.height);
        let input = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-color_range", "tv", "-s", &size, "-r", "25", "-i", "-"];
        let mut child = ffmpeg().args(input).args(arguments).args(["-y", path]).stdin(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            for frame in &self.frames {
                stdin.write_all(frame)?;
            }
        }
        let status = child.wait()?;
        let clip = Self::decode(&[path], "scale=out_range=tv");
        std::fs::remove_file(&file)?;
        if status.success() { clip } else { Err(format!("ffmpeg {arguments:?}: {status}").into()) }
    }

    /// Luma of a frame.
    pub fn luma(&self, frame: usize) -> LumaRef<'_> {
        LumaRef::new(&self.frames[frame], self.width, self.width, self.height, Depth::Eight).unwrap()
    }

    /// Luma of all frames, numbered from `first` on.
    pub fn frames(&self, first: u64) -> Vec<Frame> {
        let frame = |at| Frame { number: first + at as u64, luma: Gray::from(self.luma(at)) };
        (0..self.frames.len()).map(frame).collect()
    }

    /// The same frames with a viewing's mark; the first is source frame `first`.
    pub fn marked(&self, key: &ViewingKey, pilot: &PilotKey, first: u64) -> Self {
        let mut marked = self.clone();
        let mut mark = ForensicMark::new(key.clone(), pilot);
        let sensitivity = Sensitivity::bt1886();
        for (at, frame) in marked.frames.iter_mut().enumerate() {
            let mask = Mask::new(self.luma(at), Area::full(self.width, self.height), &sensitivity);
            let mut luma = LumaMut::new(frame, self.width, self.width, self.height, Depth::Eight).unwrap();
            mark.burn(&mut luma, &mask, first + at as u64).unwrap();
        }
        marked
    }

    /// Each sample made of the same sample of all clips.
    pub fn combined(clips: &[Clip], combine: impl Fn(&mut [u8]) -> u8) -> Self {
        let mut out = clips[0].clone();
        let mut samples = vec![0; clips.len()];
        for (number, frame) in out.frames.iter_mut().enumerate() {
            for (at, sample) in frame.iter_mut().enumerate() {
                samples.iter_mut().zip(clips).for_each(|(sample, clip)| *sample = clip.frames[number][at]);
                *sample = combine(&mut samples);
            }
        }
        out
    }

    /// Only frames `from..from + count`.
    pub fn part(&self, from: usize, count: usize) -> Self {
        Self { frames: self.frames[from..from + count].to_vec(), ..*self }
    }
}

fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-loglevel", "error"]);
    command
}
