//! What the mark survives, on real footage: the table of docs/marks.md.
//!
//! `VITRINE_FOOTAGE=... cargo run --release -p forensic --example attacks -- [ATTACK [CLIP]]` prints one line for each
//! attack and clip whose names contain these words. Needs ffmpeg with libx264.

#[allow(clippy::unwrap_used, reason = "shared with the tests: sizes are those of the clip itself")]
#[path = "../tests/support/clip.rs"]
mod clip;

use clip::{Clip, Outcome};
use forensic::detect::{Reference, Report};
use forensic::key::EPOCH_FRAMES;
use forensic::{Area, MasterKey, ProductionKey, ViewingKey};
use rustix::time::{ClockId, clock_gettime};

/// Number of the clip's first frame in its source.
const FIRST: u64 = 1001;
const VIEWINGS: usize = 1000;
/// Frames of the two seconds that are looked at.
const FRAMES: usize = 12;
/// The viewings that leak.
const LEAKERS: [usize; 4] = [17, 250, 611, 999];
const X264: [&str; 4] = ["-c:v", "libx264", "-preset", "fast"];

/// What is shown, the file, its first frame, and how it is brought to size.
const CLIPS: [(&str, &str, usize, &str); 3] = [
    ("bigbuckbunny.mp4, 1280x720 as it is", "bigbuckbunny.mp4", 20, "null"),
    ("bikes.mp4, scaled up to 1280x544, between black bars", "bikes.mp4", 60, "scale=1280:544,pad=1280:720:0:88"),
    ("bigbuckbunny.mp4, scaled up to 1920x1080", "bigbuckbunny.mp4", 20, "scale=1920:1080:flags=lanczos"),
];

/// A name, and ffmpeg's arguments after the input.
const ATTACKS: &[(&str, &str, &str)] = &[
    ("none", "mkv", "-c:v ffv1"),
    ("CRF 23", "mp4", "-crf 23"),
    ("CRF 28", "mp4", "-crf 28"),
    ("CRF 33", "mp4", "-crf 33"),
    ("two thirds of the size, CRF 23", "mp4", "-vf scale=-2:ih*2/3 -crf 23"),
    ("480p CRF 23", "mp4", "-vf scale=-2:480 -crf 23"),
    ("360p CRF 23", "mp4", "-vf scale=-2:360 -crf 23"),
    ("360p CRF 28", "mp4", "-vf scale=-2:360 -crf 28"),
    ("JPEG -q:v 12, two thirds", "avi", "-vf scale=-2:ih*2/3 -c:v mjpeg -pix_fmt yuvj420p -q:v 12"),
    ("crop 30 % of width and height", "mp4", "-vf crop=iw*0.7:ih*0.7:iw*0.2:ih*0.1 -crf 23"),
    ("crop to 4:3", "mp4", "-vf crop=ih*4/3:ih -crf 23"),
    ("squeezed to 4:3", "mp4", "-vf scale=iw*3/4:ih -crf 23"),
    ("gamma 0.8", "mp4", "-vf eq=gamma=0.8 -crf 23"),
    ("gamma 1.25", "mp4", "-vf eq=gamma=1.25 -crf 23"),
    ("contrast 0.8, brightness 0.1", "mp4", "-vf eq=contrast=0.8:brightness=0.1 -crf 23"),
    ("rotation 2 degrees", "mp4", "-vf rotate=2*PI/180 -crf 23"),
    ("rotation 2 degrees, zoomed", "mp4", "-vf rotate=2*PI/180,crop=iw*0.9:ih*0.9 -crf 23"),
    ("mirror", "mp4", "-vf hflip -crf 23"),
    ("blur", "mp4", "-vf gblur=sigma=2 -crf 23"),
    ("sharpen", "mp4", "-vf unsharp=5:5:1.5 -crf 23"),
    ("denoise", "mp4", "-vf hqdn3d=6 -crf 23"),
    ("noise", "mp4", "-vf noise=alls=15:allf=t -crf 23"),
    ("24 -> 30 blended", "mp4", "-vf setpts=N/(24*TB),framerate=30 -r 30 -crf 23"),
    ("speed 1.25", "mp4", "-vf setpts=PTS/1.25 -r 25 -crf 23"),
    ("every other frame", "mp4", "-vf select='not(mod(n\\,2))' -fps_mode passthrough -crf 23"),
    (
        "phone, mild",
        "mp4",
        "-vf perspective=x0=-20:y0=-10:x1=W+35:y1=-25:x2=-30:y2=H+20:x3=W+25:y3=H+15:sense=destination,\
         gblur=sigma=1.2,eq=gamma=1.1:contrast=0.95,noise=alls=8:allf=t,scale=-2:ih*2/3 -r 30 -b:v 2M",
    ),
    (
        "phone, hard",
        "mp4",
        "-vf perspective=x0=-60:y0=-30:x1=W+95:y1=-75:x2=-90:y2=H+60:x3=W+65:y3=H+45:sense=destination,\
         gblur=sigma=2,eq=gamma=1.15:contrast=0.9,noise=alls=14:allf=t,scale=-2:ih*2/3 -r 30 -b:v 1M",
    ),
];

/// Of this thread, which does not wait for others.
fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

struct Leak {
    reference: Reference,
    viewings: Vec<ViewingKey>,
}

fn main() -> Outcome {
    let mut words = std::env::args().skip(1);
    let (attack, clip) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    for (title, file, first, filter) in CLIPS.iter().filter(|(title, ..)| title.contains(&clip)) {
        println!("\n{title}; 50 frames, {VIEWINGS} viewings, reference 480x270");
        println!(
            "{:<34} {:>9} {:>9} {:>9} {:>7} {:>8}",
            "attack", "z 1 frame", "z 2 s", "innocents", "named", "s/frame"
        );
        table(&Clip::read(file, *first, 50, filter)?, &attack)?;
    }
    Ok(())
}

fn table(source: &Clip, word: &str) -> Outcome {
    let production = MasterKey::new([42; 32]).production("production");
    let proxy = source.through("avi", &["-vf", "scale=480:270:flags=area", "-c:v", "mjpeg", "-q:v", "3"])?;
    let leak = Leak {
        reference: Reference::new(&proxy.frames(FIRST), Area::full(480, 270)),
        viewings: (0..VIEWINGS).map(|viewing| production.viewing("review", &viewing.to_string())).collect(),
    };
    // What a viewer's browser gets.
    let served = |viewing: usize| served(source, &production, &leak.viewings[viewing]);
    let own = served(LEAKERS[0])?;
    for (name, ending, arguments) in ATTACKS.iter().filter(|(name, ..)| name.contains(word)) {
        let copy = own.through(ending, &arguments_of(arguments))?;
        leak.line(name, &copy, &LEAKERS[..1])?;
    }
    if "subtracted estimate".contains(word) {
        for factor in [0.5, 1.0, 1.5, 2.0] {
            let copy = estimate_subtracted(&own, factor).through("mp4", &arguments_of("-crf 23"))?;
            leak.line(&format!("subtracted estimate, factor {factor}"), &copy, &LEAKERS[..1])?;
        }
    }
    let collusions = ["average of 4", "min of 4", "median of 4", "mosaic of 4", "interleave of 2"];
    if collusions.iter().any(|name| name.contains(word)) {
        let copies = LEAKERS.iter().map(|viewing| served(*viewing)).collect::<Outcome<Vec<_>>>()?;
        collude(&leak, &copies, word)?;
    }
    if "innocents".contains(word) {
        leak.innocents("CRF 28", &own.through("mp4", &arguments_of("-crf 28"))?)?;
        leak.innocents("crop, CRF 28", &own.through("mp4", &arguments_of("-vf crop=iw*0.7:ih*0.7 -crf 28"))?)?;
        leak.innocents("unmarked", source)?;
    }
    Ok(())
}

/// What somebody does who knows everything but key and source: the band of the mark, averaged over the four frames that
/// share a pattern, taken away.
fn estimate_subtracted(copy: &Clip, factor: f32) -> Clip {
    let (width, height) = (copy.width, copy.height);
    let band = |frame: &[u8]| -> Vec<f32> {
        let luma: Vec<f32> = frame[..width * height].iter().map(|code| f32::from(*code)).collect();
        let (fine, coarse) = (blurred(&luma, width, 3), blurred(&luma, width, 30));
        // Limited, so that edges, which are not the mark, stay.
        fine.iter().zip(coarse).map(|(fine, coarse)| (fine - coarse).clamp(-4.0, 4.0)).collect()
    };
    let first = (FIRST % EPOCH_FRAMES) as usize;
    let mut out = copy.clone();
    for at in 0..copy.frames.len() {
        let epoch = (at + first) / 4;
        let start = (epoch * 4).saturating_sub(first);
        let end = ((epoch + 1) * 4 - first).min(copy.frames.len());
        let bands: Vec<Vec<f32>> = copy.frames[start..end].iter().map(|frame| band(frame)).collect();
        for (x, sample) in out.frames[at][..width * height].iter_mut().enumerate() {
            let mean = bands.iter().map(|band| band[x]).sum::<f32>() / bands.len() as f32;
            *sample = (f32::from(*sample) - factor * mean).round().clamp(16.0, 235.0) as u8;
        }
    }
    out
}

/// Mean over (2 `radius` + 1)^2 samples, by running sums; samples beyond an edge count as the edge's.
fn blurred(plane: &[f32], width: usize, radius: usize) -> Vec<f32> {
    let rows = |plane: &[f32], width: usize| -> Vec<f32> {
        let height = plane.len() / width;
        let mut turned = vec![0.0; plane.len()];
        for (y, row) in plane.chunks_exact(width).enumerate() {
            let at = |x: isize| row[x.clamp(0, width as isize - 1) as usize];
            let reach = radius as isize;
            let mut sum: f32 = (-reach..=reach).map(at).sum();
            for x in 0..width as isize {
                turned[x as usize * height + y] = sum / (2 * radius + 1) as f32;
                sum += at(x + reach + 1) - at(x - reach);
            }
        }
        turned
    };
    let turned = rows(plane, width);
    rows(&turned, plane.len() / width)
}

fn served(source: &Clip, production: &ProductionKey, viewing: &ViewingKey) -> Outcome<Clip> {
    let stream = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-b:v", "8M"];
    source.marked(viewing, &production.pilot(), FIRST).through("mp4", &stream)
}

fn arguments_of(text: &'static str) -> Vec<&'static str> {
    let own: Vec<&str> = text.split_whitespace().collect();
    if own.contains(&"-c:v") { own } else { X264.into_iter().chain(own).collect() }
}

fn collude(leak: &Leak, copies: &[Clip], word: &str) -> Outcome {
    let mean = |s: &mut [u8]| ((s.iter().map(|v| u32::from(*v)).sum::<u32>() + 2) / s.len() as u32) as u8;
    let median = |s: &mut [u8]| {
        s.sort_unstable();
        ((u16::from(s[s.len() / 2 - 1]) + u16::from(s[s.len() / 2])) / 2) as u8
    };
    let minimum = |s: &mut [u8]| s.iter().copied().min().unwrap_or(0);
    for (name, copy) in [
        ("average of 4", Clip::combined(copies, mean)),
        ("min of 4", Clip::combined(copies, minimum)),
        ("median of 4", Clip::combined(copies, median)),
        ("mosaic of 4", mosaic(copies)),
    ] {
        if name.contains(word) {
            leak.line(name, &copy.through("mp4", &arguments_of("-crf 23"))?, &LEAKERS)?;
        }
    }
    let mut copy = copies[0].clone();
    for (at, frame) in copy.frames.iter_mut().enumerate().filter(|(at, _)| at % 2 == 1) {
        frame.clone_from(&copies[1].frames[at]);
    }
    if "interleave of 2".contains(word) {
        leak.line("interleave of 2", &copy.through("mp4", &arguments_of("-crf 23"))?, &LEAKERS[..2])?;
    }
    Ok(())
}

/// A quarter of the picture from each of four copies.
fn mosaic(copies: &[Clip]) -> Clip {
    let mut copy = copies[0].clone();
    let (width, height) = (copy.width, copy.height);
    for (number, frame) in copy.frames.iter_mut().enumerate() {
        for (at, sample) in frame[..width * height].iter_mut().enumerate() {
            let quarter = usize::from(at % width >= width / 2) + 2 * usize::from(at / width >= height / 2);
            *sample = copies[quarter].frames[number][at];
        }
    }
    copy
}

impl Leak {
    /// How the keys of another production spread: standard deviation and greatest |z|, for one frame and for twelve.
    fn innocents(&self, name: &str, copy: &Clip) -> Outcome {
        let production = MasterKey::new([43; 32]).production("another");
        let keys: Vec<_> = (0..20_000).map(|viewing| production.viewing("review", &viewing.to_string())).collect();
        for step in [copy.frames.len(), copy.frames.len().div_ceil(FRAMES)] {
            let frames: Vec<_> = copy.frames(0).into_iter().skip(5).step_by(step).collect();
            for evidence in self.reference.trace(&frames)?.hypotheses {
                let z = evidence.correlate(&keys);
                let deviation = (z.iter().map(|z| z * z).sum::<f64>() / z.len() as f64).sqrt();
                let most = z.iter().fold(0.0_f64, |most, z| most.max(z.abs()));
                println!("innocents, {name}, {} frames: std {deviation:.3}, most {most:.2}", frames.len());
            }
        }
        Ok(())
    }

    /// One frame from the middle, then [`FRAMES`] of all: the least z of the leakers, the farthest of the others, who is named.
    fn line(&self, name: &str, copy: &Clip, leakers: &[usize]) -> Outcome {
        let middle = copy.frames.len() / 2 + 1;
        let one = self.reference.identify(&copy.part(middle, 1).frames(0), &self.viewings)?;
        let frames: Vec<_> = copy.frames(0).into_iter().step_by(copy.frames.len().div_ceil(FRAMES)).collect();
        let start = processor_seconds();
        let all = self.reference.identify(&frames, &self.viewings)?;
        let seconds = (processor_seconds() - start) / frames.len() as f64;
        let least = |report: &Report| {
            leakers.iter().filter_map(|at| report.scores.get(*at)).map(|s| s.z).fold(f64::INFINITY, f64::min)
        };
        let innocents = all.scores.iter().filter(|s| !leakers.contains(&s.viewing));
        let farthest = innocents.map(|s| s.z.abs()).fold(0.0, f64::max);
        let named: Vec<usize> = all.named().map(|score| score.viewing).collect();
        let verdict = if named == leakers { "right".to_owned() } else { format!("{named:?}") };
        println!("{name:<34} {:>9.1} {:>9.1} {farthest:>9.1} {verdict:>7} {seconds:>8.3}", least(&one), least(&all));
        if std::env::var_os("ATTACKS_VERBOSE").is_some() {
            println!(
                "    {:?} {:.3} {:?} {:?}",
                all.trace.place, all.trace.likeness, one.trace.source_frames, all.trace.source_frames
            );
        }
        Ok(())
    }
}
