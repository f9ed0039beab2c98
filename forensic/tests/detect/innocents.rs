use forensic::detect::{Evidence, Trace};
use forensic::{MasterKey, ViewingKey};

use super::clip::Clip;
use super::support::{LEAKERS, REVIEW, named, reference};

const KEYS: usize = 5000;

fn innocents() -> Vec<ViewingKey> {
    let production = MasterKey::new([77; 32]).production("another production");
    (0..KEYS).map(|viewing| production.viewing("review", &viewing.to_string())).collect()
}

/// Standard deviation and greatest |z| under each hypothesis.
fn spreads(trace: &Trace) -> Vec<(f64, f64)> {
    let keys = innocents();
    let spread = |evidence: &Evidence| {
        let z = evidence.correlate(&keys);
        let squares: f64 = z.iter().map(|z| z * z).sum();
        ((squares / z.len() as f64).sqrt(), z.iter().fold(0.0_f64, |most, z| most.max(z.abs())))
    };
    trace.hypotheses.iter().map(spread).collect()
}

fn have_unit_variance(suspect: &Clip) {
    let spreads = spreads(&REVIEW.reference.trace(&suspect.frames(0)).unwrap());
    assert!(spreads.len() >= 2);
    for (deviation, most) in spreads {
        println!("std {deviation:.3}, most {most:.2}");
        assert!((0.97..=1.03).contains(&deviation), "std {deviation:.3}");
        assert!(most < 5.5, "|z| {most:.2}");
    }
}

#[test]
fn keys_that_had_no_part_in_a_marked_copy_have_unit_variance() {
    have_unit_variance(&REVIEW.copy(LEAKERS[2]).part(2, 6));
}

#[test]
fn keys_on_an_unmarked_copy_have_unit_variance() {
    have_unit_variance(&REVIEW.source.part(0, 3));
}

#[test]
fn keys_on_a_cropped_and_compressed_copy_have_unit_variance() {
    let arguments = ["-vf", "crop=iw*0.7:ih*0.7", "-c:v", "libx264", "-crf", "30"];
    have_unit_variance(&REVIEW.copy(LEAKERS[2]).through("mp4", &arguments).unwrap().part(4, 2));
}

#[test]
fn an_unmarked_copy_names_nobody() {
    let report = REVIEW.identify(&REVIEW.source);
    assert_eq!(report.scores.len(), REVIEW.viewings.len());
    assert_eq!(named(&report), []);
}

#[test]
fn the_wrong_reference_gives_no_decision() {
    let other = reference(&Clip::read("bikes.mp4", 40, 6, "scale=1280:544,pad=1280:720:0:88").unwrap());
    let report = other.identify(&REVIEW.copy(LEAKERS[0]).part(0, 4).frames(0), &REVIEW.viewings).unwrap();
    assert_eq!(named(&report), []);
}

#[test]
fn viewings_of_another_production_are_not_named() {
    let report = REVIEW.reference.identify(&REVIEW.copy(LEAKERS[0]).part(0, 4).frames(0), &innocents()).unwrap();
    assert_eq!(named(&report), []);
}

#[test]
fn no_frames_give_no_decision() {
    assert!(REVIEW.reference.identify(&[], &REVIEW.viewings).unwrap().scores.is_empty());
}
