//! The table of docs/marks.md, line by line.

use std::path::Path;

use forensic::detect::blind::{BlindTrace, Watched};
use forensic::detect::{Reference, Report};
use forensic::{Area, MasterKey, ProductionKey, ViewingKey};
use rustix::time::{ClockId, clock_gettime};

use super::attacks::{ATTACKS, Attack, BLIND, Bar, SHOWN, arguments_of};
use super::clip::{Clip, Outcome};
use super::copies::{MIXTURES, estimate_subtracted, interleaved};

/// Source number of the first frame, and frames that are shown.
const FIRST: u64 = 1001;
const SHOWN_FRAMES: usize = 50;
/// Frames of the two seconds that are compared.
const FRAMES: usize = 12;
const VIEWINGS: usize = 1000;
const INNOCENTS: usize = 20_000;
/// The viewings that leak.
const LEAKERS: [usize; 4] = [17, 250, 611, 999];
/// Factors by which an estimate of the mark is subtracted.
const FACTORS: [f32; 5] = [0.5, 1.0, 1.5, 2.0, 3.0];
/// Source frames that a viewing was shown before and after, for a leak without a reference: a minute in all.
const AROUND: u64 = 700;

/// One line.
#[derive(Clone, Debug)]
pub struct Line {
    pub clip: &'static str,
    pub attack: String,
    /// The least z of the leakers from one frame; no figure without a reference.
    pub one_frame: Option<f64>,
    /// From two seconds.
    pub seconds: f64,
    /// The farthest of the others, from two seconds.
    pub innocents: f64,
    /// Exactly the leakers were named: from one frame, from two seconds.
    pub named: [bool; 2],
    pub bar: Bar,
    /// Processor time a frame.
    pub cost: f64,
}

/// How the keys of another production spread.
#[derive(Clone, Debug)]
pub struct Spread {
    pub clip: &'static str,
    pub copy: &'static str,
    pub frames: usize,
    pub deviation: f64,
    pub most: f64,
}

/// What comes of a run.
pub enum Row {
    Line(Line),
    Spread(Spread),
}

struct Leak {
    clip: &'static str,
    production: ProductionKey,
    reference: Reference,
    viewings: Vec<ViewingKey>,
}

/// Gives `say` every line whose attack and clip contain these words; a clip whose file is not in the folder is left out.
pub fn run(footage: &Path, attack: &str, clip: &str, say: &mut dyn FnMut(Row)) -> Outcome {
    let shown: Vec<_> = SHOWN.iter().filter(|shown| shown.title.contains(clip)).collect();
    let there: Vec<_> = shown.iter().filter(|shown| footage.join(shown.file).is_file()).collect();
    if there.is_empty() {
        let files: Vec<_> = shown.iter().map(|shown| shown.file).collect();
        return Err(format!("{} has none of the footage: {files:?}", footage.display()).into());
    }
    for shown in there {
        let source = Clip::of(&footage.join(shown.file), shown.first, SHOWN_FRAMES, shown.filter)?;
        Leak::new(shown.title, &source)?.table(&source, attack, say)?;
    }
    Ok(())
}

impl Leak {
    fn new(clip: &'static str, source: &Clip) -> Outcome<Self> {
        let production = MasterKey::new([42; 32]).production("production");
        let proxy = source.through("avi", &["-vf", "scale=480:270:flags=area", "-c:v", "mjpeg", "-q:v", "3"])?;
        let reference = Reference::new(&proxy.frames(FIRST), Area::full(480, 270));
        let viewings = (0..VIEWINGS).map(|viewing| production.viewing("review", &viewing.to_string())).collect();
        Ok(Self { clip, production, reference, viewings })
    }

    fn table(&self, source: &Clip, word: &str, say: &mut dyn FnMut(Row)) -> Outcome {
        let own = self.served(source, LEAKERS[0])?;
        for attack in ATTACKS.iter().filter(|attack| attack.name.contains(word)) {
            let copy = own.through(attack.ending, &arguments_of(attack.arguments))?;
            say(self.line(attack.name, attack.bar, &copy, &LEAKERS[..1])?);
        }
        for attack in BLIND.iter().filter(|attack| attack.name.contains(word)) {
            say(self.blind(attack, &own.through(attack.ending, &arguments_of(attack.arguments))?)?);
        }
        for factor in FACTORS {
            let name = format!("subtracted estimate, factor {factor}");
            if name.contains(word) {
                let copy = estimate_subtracted(&own, factor, FIRST).through("mp4", &arguments_of("-crf 23"))?;
                say(self.line(&name, Bar::Seconds, &copy, &LEAKERS[..1])?);
            }
        }
        self.collusions(source, word, say)?;
        if "innocents".contains(word) {
            self.innocents("CRF 28", &own.through("mp4", &arguments_of("-crf 28"))?, say)?;
            let crop = arguments_of("-vf crop=iw*0.7:ih*0.7 -crf 28");
            self.innocents("crop, CRF 28", &own.through("mp4", &crop)?, say)?;
            self.innocents("unmarked", source, say)?;
        }
        Ok(())
    }

    fn collusions(&self, source: &Clip, word: &str, say: &mut dyn FnMut(Row)) -> Outcome {
        const INTERLEAVED: &str = "interleave of 2";
        let mixtures: Vec<_> = MIXTURES.into_iter().filter(|(name, _)| name.contains(word)).collect();
        if mixtures.is_empty() && !INTERLEAVED.contains(word) {
            return Ok(());
        }
        let copies = LEAKERS.iter().map(|viewing| self.served(source, *viewing)).collect::<Outcome<Vec<_>>>()?;
        for (name, mix) in mixtures {
            let copy = mix(&copies).through("mp4", &arguments_of("-crf 23"))?;
            say(self.line(name, Bar::Seconds, &copy, &LEAKERS)?);
        }
        if INTERLEAVED.contains(word) {
            let copy = interleaved(&copies).through("mp4", &arguments_of("-crf 23"))?;
            say(self.line(INTERLEAVED, Bar::Seconds, &copy, &LEAKERS[..2])?);
        }
        Ok(())
    }

    /// What a viewer's browser gets.
    fn served(&self, source: &Clip, viewing: usize) -> Outcome<Clip> {
        let stream = ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-b:v", "8M"];
        source.marked(&self.viewings[viewing], &self.production.pilot(), FIRST)?.through("mp4", &stream)
    }

    /// One frame from the middle, then [`FRAMES`] of all.
    fn line(&self, name: &str, bar: Bar, copy: &Clip, leakers: &[usize]) -> Outcome<Row> {
        let middle = copy.frames.len() / 2 + 1;
        let one = self.reference.identify(&copy.part(middle, 1).frames(0), &self.viewings)?;
        let frames: Vec<_> = copy.frames(0).into_iter().step_by(copy.frames.len().div_ceil(FRAMES)).collect();
        let start = processor_seconds();
        let all = self.reference.identify(&frames, &self.viewings)?;
        let cost = (processor_seconds() - start) / frames.len() as f64;
        let least = |report: &Report| {
            leakers.iter().map(|at| report.scores.get(*at).map_or(0.0, |s| s.z)).fold(f64::INFINITY, f64::min)
        };
        let innocents = all.scores.iter().filter(|score| !leakers.contains(&score.viewing));
        let right = |report: &Report| report.named().map(|score| score.viewing).eq(leakers.iter().copied());
        Ok(Row::Line(Line {
            clip: self.clip,
            attack: name.to_owned(),
            one_frame: Some(least(&one)),
            seconds: least(&all),
            innocents: innocents.map(|score| score.z.abs()).fold(0.0, f64::max),
            named: [right(&one), right(&all)],
            bar,
            cost,
        }))
    }

    /// By the pilot alone.
    fn blind(&self, attack: &Attack, copy: &Clip) -> Outcome<Row> {
        let start = processor_seconds();
        let trace = BlindTrace::new(&copy.frames(0), &self.production.pilot())?;
        let frames = vec![FIRST - AROUND..=FIRST + AROUND];
        let watched = |key: &ViewingKey| Watched { key: key.clone(), frames: frames.clone() };
        let report = trace.score(&self.viewings.iter().map(watched).collect::<Vec<_>>());
        let cost = (processor_seconds() - start) / copy.frames.len() as f64;
        let others = report.scores.iter().filter(|score| score.viewing != LEAKERS[0]);
        Ok(Row::Line(Line {
            clip: self.clip,
            attack: format!("{} (pilot {:.1})", attack.name, trace.pilot_z),
            one_frame: None,
            seconds: report.scores.get(LEAKERS[0]).map_or(0.0, |score| score.z),
            innocents: others.map(|score| score.z.abs()).fold(0.0, f64::max),
            named: [false, report.named().map(|score| score.viewing).eq([LEAKERS[0]])],
            bar: attack.bar,
            cost,
        }))
    }

    fn innocents(&self, copy_name: &'static str, copy: &Clip, say: &mut dyn FnMut(Row)) -> Outcome {
        let production = MasterKey::new([43; 32]).production("another");
        let keys: Vec<_> = (0..INNOCENTS).map(|viewing| production.viewing("review", &viewing.to_string())).collect();
        for step in [copy.frames.len(), copy.frames.len().div_ceil(FRAMES)] {
            let frames: Vec<_> = copy.frames(0).into_iter().skip(5).step_by(step).collect();
            for evidence in self.reference.trace(&frames)?.hypotheses {
                let z = evidence.correlate(&keys);
                let deviation = (z.iter().map(|z| z * z).sum::<f64>() / z.len() as f64).sqrt();
                let most = z.iter().fold(0.0_f64, |most, z| most.max(z.abs()));
                say(Row::Spread(Spread { clip: self.clip, copy: copy_name, frames: frames.len(), deviation, most }));
            }
        }
        Ok(())
    }
}

/// Of this thread, which does not wait for others.
fn processor_seconds() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

impl Line {
    /// Whether its bar is met; nothing where there is none.
    pub fn met(&self) -> Option<bool> {
        match self.bar {
            Bar::Frame => Some(self.named[0]),
            Bar::Seconds => Some(self.named[1]),
            Bar::None => None,
        }
    }

    /// A row of Markdown.
    pub fn markdown(&self) -> String {
        let figure = |z: Option<f64>, named: bool| match z {
            Some(z) if named => format!("{z:.1}"),
            Some(z) => format!("**{z:.1}**"),
            None => "-".to_owned(),
        };
        let bar = match (self.bar, self.met()) {
            (Bar::None, _) => "-",
            (Bar::Frame, Some(true)) => "one frame: held",
            (Bar::Frame, _) => "one frame: **missed**",
            (Bar::Seconds, Some(true)) => "2 s: held",
            (Bar::Seconds, _) => "2 s: **missed**",
        };
        let (one, all) = (figure(self.one_frame, self.named[0]), figure(Some(self.seconds), self.named[1]));
        format!("| {} | {one} | {all} | {:.1} | {bar} |", self.attack, self.innocents)
    }
}

impl Spread {
    /// A row of Markdown.
    pub fn markdown(&self) -> String {
        format!(
            "| innocents, {}, frames: {} | std {:.3} | most {:.2} | | |",
            self.copy, self.frames, self.deviation, self.most
        )
    }
}
