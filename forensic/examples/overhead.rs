//! What the mark costs in bits, by x264: at the same CRF, and at equal quality.
//!
//! `VITRINE_FOOTAGE=... cargo run --release -p forensic --example overhead`; needs ffmpeg with libx264.
//!
//! Quality is the mean PSNR of luma of what is decoded, against what the encoder was given (the marked pictures for the marked
//! clip: the mark is meant to be in the picture, so an encoder that keeps it has done well) and, for comparison, against the
//! unmarked pictures. "At equal quality" is the mean difference of the two curves of log(bytes) over PSNR (Bjontegaard, VCEG-M33,
//! 2001; with straight lines between the points).

#[allow(dead_code, reason = "shared with the table of attacks")]
#[path = "../../server/src/cli/bench/marks/clip.rs"]
mod clip;

use clip::{Clip, Outcome};
use forensic::MasterKey;

/// A file, its first frame, and how it is brought to size.
const CLIPS: [(&str, usize, &str); 3] =
    [("bigbuckbunny.mp4", 20, "null"), ("bikes.mp4", 60, "null"), ("flower.png", 0, "crop=1920:1080:n*3:n*2,setsar=1")];
const RATES: [&str; 4] = ["18", "23", "28", "33"];

/// Bytes and PSNR at each rate.
type Curve = Vec<(f64, f64)>;

fn main() -> Outcome {
    println!("| clip | CRF {} | equal PSNR to its input | to the unmarked |\n|---|---|---|---|", RATES.join(", "));
    for (file, first, filter) in
        CLIPS.into_iter().filter(|(file, ..)| clip::footage().is_ok_and(|at| at.join(file).is_file()))
    {
        let plain = Clip::read(file, first, 50, filter)?;
        let production = MasterKey::new([42; 32]).production("production");
        let marked = plain.marked(&production.viewing("review", "17"), &production.pilot(), 1_000)?;
        let (mut before, mut after, mut seen) = (Curve::new(), Curve::new(), Curve::new());
        for crf in RATES {
            let (copy, bytes) = plain.coded("h264", &["-c:v", "libx264", "-crf", crf])?;
            before.push((bytes as f64, psnr(&plain, &copy)));
            let (copy, bytes) = marked.coded("h264", &["-c:v", "libx264", "-crf", crf])?;
            after.push((bytes as f64, psnr(&marked, &copy)));
            seen.push((bytes as f64, psnr(&plain, &copy)));
        }
        let same = before.iter().zip(&after).map(|(a, b)| format!("{:.2} %", 100.0 * (b.0 / a.0 - 1.0)));
        let same: Vec<String> = same.collect();
        let [input, unmarked] = [&after, &seen].map(|curve| more(&before, curve));
        println!("| {file} {}x{} | {} | {input:.2} % | {unmarked:.2} % |", plain.width, plain.height, same.join(", "));
    }
    Ok(())
}

/// Of luma, in dB, the mean of all frames.
fn psnr(original: &Clip, copy: &Clip) -> f64 {
    let samples = original.width * original.height;
    let frames = original.frames.iter().zip(&copy.frames).map(|(a, b)| {
        let squares: f64 =
            a[..samples].iter().zip(&b[..samples]).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
        10.0 * (255.0 * 255.0 * samples as f64 / squares.max(1.0)).log10()
    });
    frames.sum::<f64>() / original.frames.len() as f64
}

/// How many per cent more bytes the second curve takes at the same PSNR.
fn more(before: &Curve, after: &Curve) -> f64 {
    const STEPS: usize = 200;
    let (low, high) = [before, after]
        .iter()
        .fold((f64::MIN, f64::MAX), |(low, high), curve| (low.max(curve[curve.len() - 1].1), high.min(curve[0].1)));
    let at = |curve: &Curve, psnr: f64| {
        let pair = curve.windows(2).find(|pair| pair[1].1 <= psnr).unwrap_or(&curve[curve.len() - 2..]);
        let part = (psnr - pair[1].1) / (pair[0].1 - pair[1].1);
        pair[1].0.ln() + part * (pair[0].0.ln() - pair[1].0.ln())
    };
    let sum: f64 = (0..=STEPS)
        .map(|step| low + (high - low) * step as f64 / STEPS as f64)
        .map(|psnr| at(after, psnr) - at(before, psnr))
        .sum();
    100.0 * ((sum / (STEPS + 1) as f64).exp() - 1.0)
}
