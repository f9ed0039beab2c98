//! What the mark costs in bits: the same frames with and without it, by x264 at the same CRF.
//!
//! `VITRINE_FOOTAGE=... cargo run --release -p forensic --example overhead`; needs ffmpeg with libx264.

#[allow(clippy::unwrap_used, dead_code, reason = "shared with the tests: sizes are those of the clip itself")]
#[path = "../../server/src/cli/bench/marks/clip.rs"]
mod clip;

use std::io::Write;
use std::process::{Command, Stdio};

use clip::{Clip, Outcome};
use forensic::MasterKey;

/// A file, its first frame, and how it is brought to size.
const CLIPS: [(&str, usize, &str); 3] = [
    ("bigbuckbunny.mp4", 20, "null"),
    ("bikes.mp4", 60, "null"),
    ("bigbuckbunny.mp4", 20, "scale=1920:1080:flags=lanczos"),
];

fn main() -> Outcome {
    println!("{:<52} {:>4} {:>10} {:>10} {:>8}", "clip", "CRF", "plain", "marked", "more");
    for (file, first, filter) in CLIPS {
        let plain = Clip::read(file, first, 50, filter)?;
        let production = MasterKey::new([42; 32]).production("production");
        let marked = plain.marked(&production.viewing("review", "17"), &production.pilot(), 1_000)?;
        for crf in ["18", "23", "28"] {
            let (before, after) = (bytes(&plain, crf)?, bytes(&marked, crf)?);
            let more = 100.0 * (after as f64 / before as f64 - 1.0);
            println!("{:<52} {crf:>4} {before:>10} {after:>10} {more:>7.2}%", format!("{file} {filter}"));
        }
    }
    Ok(())
}

/// Bytes of a clip as H.264.
fn bytes(clip: &Clip, crf: &str) -> Outcome<u64> {
    let file = std::env::temp_dir().join(format!("overhead-{}.h264", std::process::id()));
    let size = format!("{}x{}", clip.width, clip.height);
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", &size, "-r", "25", "-i", "-"]);
    let mut child = ffmpeg.args(["-c:v", "libx264", "-crf", crf]).arg(&file).stdin(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        for frame in &clip.frames {
            stdin.write_all(frame)?;
        }
    }
    if !child.wait()?.success() {
        return Err("ffmpeg failed".into());
    }
    let bytes = std::fs::metadata(&file)?.len();
    std::fs::remove_file(&file)?;
    Ok(bytes)
}
