use super::clip::Clip;
use super::support::{LEAKERS, REVIEW, named};

/// One frame of a copy, number 6 of twelve, after ffmpeg did that to it.
fn one_frame_names_the_leaker(ending: &str, arguments: &str) {
    let leaker = LEAKERS[0];
    let arguments: Vec<&str> = arguments.split_whitespace().collect();
    let attacked = REVIEW.copy(leaker).through(ending, &arguments).unwrap();
    let report = REVIEW.identify(&attacked.part(6, 1));
    println!("{arguments:?}: z {:.1}, frame {:?}", report.scores[leaker].z, report.trace.source_frames);
    assert_eq!(named(&report), [leaker], "z {:.1}", report.scores[leaker].z);
}

#[test]
fn strong_compression() {
    one_frame_names_the_leaker("mp4", "-c:v libx264 -preset fast -crf 28");
}

#[test]
fn a_smaller_picture() {
    one_frame_names_the_leaker("mp4", "-vf scale=960:540 -c:v libx264 -preset fast -crf 23");
}

#[test]
fn a_poor_jpeg() {
    one_frame_names_the_leaker("avi", "-c:v mjpeg -pix_fmt yuvj420p -q:v 12");
}

#[test]
fn a_crop_of_thirty_per_cent() {
    one_frame_names_the_leaker("mp4", "-vf crop=iw*0.7:ih*0.7:iw*0.2:ih*0.1 -c:v libx264 -preset fast -crf 23");
}

#[test]
fn another_gamma() {
    one_frame_names_the_leaker("mp4", "-vf eq=gamma=1.25 -c:v libx264 -preset fast -crf 23");
}

#[test]
fn a_slight_rotation() {
    one_frame_names_the_leaker("mp4", "-vf rotate=2*PI/180 -c:v libx264 -preset fast -crf 23");
}

#[test]
fn a_mirror_image() {
    one_frame_names_the_leaker("mp4", "-vf hflip -c:v libx264 -preset fast -crf 23");
}

#[test]
fn the_average_of_four_copies_names_all_four() {
    let copies = LEAKERS.map(|leaker| REVIEW.copy(leaker));
    let mean = |samples: &mut [u8]| ((samples.iter().map(|v| u32::from(*v)).sum::<u32>() + 2) / 4) as u8;
    let average = Clip::combined(&copies, mean).through("mp4", &["-c:v", "libx264", "-crf", "23"]).unwrap();
    assert_eq!(named(&REVIEW.identify(&average)), LEAKERS);
}

#[test]
fn a_mark_subtracted_twice_over_shows_as_negative() {
    let leaker = LEAKERS[1];
    let mut overdone = REVIEW.source.clone();
    for (frame, marked) in overdone.frames.iter_mut().zip(&REVIEW.copy(leaker).frames) {
        for (sample, marked) in frame.iter_mut().zip(marked) {
            *sample = (2 * i16::from(*sample) - i16::from(*marked)).clamp(0, 255) as u8;
        }
    }
    let report = REVIEW.identify(&overdone);
    assert_eq!(named(&report), []);
    assert_eq!(report.subtracted().map(|score| score.viewing).collect::<Vec<_>>(), [leaker]);
}
