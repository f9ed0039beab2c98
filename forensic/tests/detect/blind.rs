use std::sync::LazyLock;

use forensic::detect::blind::{BlindTrace, Watched};
use forensic::{MasterKey, ProductionKey, ViewingKey};

use super::clip::Clip;
use super::support::{FIRST, REVIEW};

const LEAKER: usize = 42;
const FRAMES: usize = 26;

/// A second of a leaker's copy, cropped by 30 % of width and height, after CRF 26; and the production.
static LEAK: LazyLock<(BlindTrace, ProductionKey)> = LazyLock::new(|| {
    let production = MasterKey::new([9; 32]).production("production");
    let source = Clip::read("bigbuckbunny.mp4", 20, FRAMES, "null").unwrap();
    let copy = source.marked(&viewing(&production, LEAKER), &production.pilot(), FIRST).unwrap();
    let arguments = "-vf crop=iw*0.7:ih*0.7:iw*0.2:ih*0.1 -c:v libx264 -preset fast -crf 26";
    let leak = copy.through("mp4", &arguments.split(' ').collect::<Vec<_>>()).unwrap();
    (BlindTrace::new(&leak.frames(0), &production.pilot()).unwrap(), production)
});

fn viewing(production: &ProductionKey, number: usize) -> ViewingKey {
    production.viewing("review", &number.to_string())
}

fn watched(production: &ProductionKey, count: usize) -> Vec<Watched> {
    let frames = vec![FIRST - 300..=FIRST + 300];
    (0..count).map(|number| Watched { key: viewing(production, number), frames: frames.clone() }).collect()
}

#[test]
fn a_cropped_copy_names_its_viewing_and_moment_without_a_reference() {
    let (trace, production) = &*LEAK;
    assert!(trace.pilot_z > 7.0, "pilot z {:.1}", trace.pilot_z);
    let report = trace.score(&watched(production, 100));
    let named: Vec<_> = report.named().map(|score| (score.viewing, score.source_frame)).collect();
    println!("pilot {:.1}, z {:.1}", trace.pilot_z, report.scores[LEAKER].z);
    assert_eq!(named, [(LEAKER, FIRST + trace.frames[0])]);
}

#[test]
fn a_viewing_that_was_shown_something_else_is_not_named() {
    let (trace, production) = &*LEAK;
    let elsewhere = Watched { key: viewing(production, LEAKER), frames: vec![0..=400] };
    assert_eq!(trace.score(&[elsewhere]).named().count(), 0);
}

#[test]
fn every_moment_is_paid_for_and_innocents_have_unit_variance() {
    let (trace, _) = &*LEAK;
    let innocent = MasterKey::new([77; 32]).production("another production");
    let one = |number: usize| Watched { key: viewing(&innocent, number), frames: vec![FIRST..=FIRST] };
    let report = trace.score(&(0..2_000).map(one).collect::<Vec<_>>());
    // A frame that was shown may be any of the clip's: as many moments as the clip has pairs of epochs.
    let moments = report.tried / report.scores.len();
    assert!((2..=6).contains(&moments), "{moments}");
    // The farthest of so many moments is farther out than one.
    let most = report.scores.iter().map(|score| score.z.abs()).fold(0.0, f64::max);
    assert!(most < 5.5, "|z| {most:.2}");
    assert!(report.p(9.0) > report.tried as f64 * 2.0 * (-40.6_f64).exp());
}

#[test]
fn a_still_cannot_be_compared_with_itself() {
    let (_, production) = &*LEAK;
    let trace = BlindTrace::new(&REVIEW.copy(1).part(0, 1).frames(0), &production.pilot()).unwrap();
    assert!(trace.frames.is_empty());
    assert!(trace.score(&watched(production, 2)).scores.is_empty());
}
