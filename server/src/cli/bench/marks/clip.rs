//! Clips of 8-bit 4:2:0 pictures, and what ffmpeg does to them.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use forensic::detect::{Frame, Gray};
use forensic::{Area, Depth, ForensicMark, LumaMut, LumaRef, Mask, PilotKey, PlaneError, Sensitivity, ViewingKey};

/// Errors here are for the person at the command line.
pub type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// Frames of I420.
#[derive(Clone)]
pub struct Clip {
    pub width: usize,
    pub height: usize,
    pub frames: Vec<Vec<u8>>,
}

/// The folder of the project's footage.
pub fn footage() -> Outcome<PathBuf> {
    let folder = std::env::var_os("VITRINE_FOOTAGE");
    Ok(folder.ok_or("VITRINE_FOOTAGE, the folder of the footage, is not set")?.into())
}

impl Clip {
    /// `count` frames of a file of the footage from frame `first` on, through `filter`.
    #[allow(dead_code, reason = "for the tests of the crate `forensic`")]
    pub fn read(file: &str, first: usize, count: usize, filter: &str) -> Outcome<Self> {
        Self::of(&footage()?.join(file), first, count, filter)
    }

    /// `count` frames of a file from frame `first` on, through `filter`; a still (`.png`) stands as long as it takes.
    pub fn of(path: &Path, first: usize, count: usize, filter: &str) -> Outcome<Self> {
        let filter = format!("trim=start_frame={first}:end_frame={},setpts=PTS-STARTPTS,{filter}", first + count);
        let path_text = path.to_str().ok_or("a path that is no text")?;
        let still = path.extension().is_some_and(|ending| ending == "png");
        let input: &[&str] = if still { &["-loop", "1", "-framerate", "25", "-i"] } else { &["-i"] };
        let mut arguments = input.to_vec();
        arguments.push(path_text);
        let frames = count.to_string();
        Self::decode(&arguments, &filter, &["-frames:v", &frames])
            .map_err(|error| format!("{}: {error}", path.display()).into())
    }

    fn decode(input: &[&str], filter: &str, output: &[&str]) -> Outcome<Self> {
        let mut command = ffmpeg();
        command.args(input).args(["-vf", filter, "-fps_mode", "passthrough"]).args(output);
        let command = command.args(["-pix_fmt", "yuv420p", "-strict", "-1", "-f", "yuv4mpegpipe", "-"]);
        let output = command.output().map_err(missing)?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).trim().to_owned().into());
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
        Ok(self.coded(ending, arguments)?.0)
    }

    /// The same, and the bytes of the file.
    pub fn coded(&self, ending: &str, arguments: &[&str]) -> Outcome<(Self, u64)> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let file = std::env::temp_dir().join(format!("forensic-{}-{number}.{ending}", std::process::id()));
        let path = file.to_str().ok_or("a path that is no text")?;
        let size = format!("{}x{}", self.width, self.height);
        let input = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-color_range", "tv", "-s", &size, "-r", "25", "-i", "-"];
        let mut child =
            ffmpeg().args(input).args(arguments).args(["-y", path]).stdin(Stdio::piped()).spawn().map_err(missing)?;
        if let Some(mut stdin) = child.stdin.take() {
            for frame in &self.frames {
                stdin.write_all(frame)?;
            }
        }
        let status = child.wait()?;
        let clip = Self::decode(&["-i", path], "scale=out_range=tv", &[]);
        let bytes = std::fs::metadata(&file).map_or(0, |file| file.len());
        let _ = std::fs::remove_file(&file);
        if status.success() { Ok((clip?, bytes)) } else { Err(format!("ffmpeg {arguments:?}: {status}").into()) }
    }

    /// Luma of a frame.
    pub fn luma(&self, frame: usize) -> Result<LumaRef<'_>, PlaneError> {
        LumaRef::new(&self.frames[frame], self.width, self.width, self.height, Depth::Eight)
    }

    /// Luma of all frames, numbered from `first` on.
    pub fn frames(&self, first: u64) -> Vec<Frame> {
        let frame = |at| Some(Frame { number: first + at as u64, luma: Gray::from(self.luma(at).ok()?) });
        (0..self.frames.len()).filter_map(frame).collect()
    }

    /// The same frames with a viewing's mark; the first is source frame `first`.
    pub fn marked(&self, key: &ViewingKey, pilot: &PilotKey, first: u64) -> Outcome<Self> {
        let mut marked = self.clone();
        let mut mark = ForensicMark::new(key.clone(), pilot);
        let sensitivity = Sensitivity::bt1886();
        for (at, frame) in marked.frames.iter_mut().enumerate() {
            let mask = Mask::new(self.luma(at)?, Area::full(self.width, self.height), &sensitivity);
            let mut luma = LumaMut::new(frame, self.width, self.width, self.height, Depth::Eight)?;
            mark.burn(&mut luma, &mask, first + at as u64)?;
        }
        Ok(marked)
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

fn missing(error: std::io::Error) -> String {
    format!("ffmpeg, which does everything to the copies, cannot be started: {error}")
}

fn ffmpeg() -> Command {
    let mut command = Command::new("ffmpeg");
    command.args(["-hide_banner", "-loglevel", "error"]);
    command
}
