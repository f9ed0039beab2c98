//! The invisible mark lies under the visible one in every picture that can reach an encoder.

use forensic::{Depth, ForensicMark, LumaMut};
use pipelines::frame::Picture;
use pipelines::source::slate::slate;
use pipelines::spec::color::TargetColor;
use pipelines::spec::encode::{PictureSize, VideoFormat};
use pipelines::watermark::Marker;
use pipelines::watermark::visible::VisibleMark;

use crate::support::{EVENING, FORMATS, HD, aiko, at, codes, flat, frame, marks, noise, picture, plane};

fn marked(viewing: &str, picture: &Picture, source_frame: u64) -> Picture {
    let mut marker = Marker::new(&marks(viewing), picture.format(), picture.size());
    marker.mark(&frame(picture.clone(), source_frame), at(EVENING)).unwrap().into_parts().0
}

fn visibly_marked(picture: &Picture) -> Picture {
    let mut picture = picture.clone();
    VisibleMark::new(&aiko(), picture.format(), picture.size()).burn(&mut picture, at(EVENING));
    picture
}

/// What people see of a picture: its planes without the signal strip, which tells frames apart.
fn seen(picture: &Picture) -> [Vec<u16>; 3] {
    [0, 1, 2].map(|index| plane(picture, index))
}

/// Places of luma where two pictures differ, and by how much at most.
fn difference(a: &Picture, b: &Picture) -> (usize, u16) {
    let distances = plane(a, 0).into_iter().zip(plane(b, 0)).map(|(a, b)| a.abs_diff(b));
    distances.fold((0, 0), |(count, most), d| (count + usize::from(d > 0), most.max(d)))
}

#[test]
fn every_picture_carries_both_marks_in_luma_only() {
    for format in FORMATS {
        let ground = noise(format, HD);
        let (both, visible) = (marked("ana", &ground, 100), visibly_marked(&ground));
        let (changed, most) = difference(&both, &visible);
        let codes = if format.bit_depth() == lut::BitDepth::Eight { 2 } else { 8 };
        assert!(changed > 100_000 && most <= codes, "{format:?}: {changed} places, up to {most} codes");
        assert!(difference(&both, &ground).1 > 20 * codes, "the visible mark is there too");
        assert!(plane(&both, 1) == plane(&ground, 1) && plane(&both, 2) == plane(&ground, 2));
    }
}

/// A chart's patch stays exact: an encoder would take the mark out of it again. The text of a slate bears it.
#[test]
fn what_is_flat_bears_no_invisible_mark_and_a_slate_does() {
    for format in FORMATS {
        let changed = |ground: &Picture| difference(&marked("ana", ground, 100), &visibly_marked(ground)).0;
        assert_eq!(changed(&flat(format, HD, codes(format).white / 2)), 0, "{format:?}");
        assert!(changed(&slate(format, TargetColor::default(), HD, "Night Ferry")) > 100, "{format:?}");
    }
}

/// PQ spends its codes otherwise, so the same samples bear another mark; HLG is judged as SDR is.
#[test]
fn each_target_has_its_own_sensitivity() {
    let ground = noise(VideoFormat::H264High10, HD);
    let amplitudes = |target| frame(ground.clone().in_color(target), 0).mask().unwrap().amplitude().to_vec();
    let sdr = amplitudes(TargetColor::Srgb709);
    assert!(amplitudes(TargetColor::Hdr10) != sdr);
    for target in [TargetColor::Reference709, TargetColor::DisplayP3, TargetColor::Hlg] {
        assert!(amplitudes(target) == sdr, "{target}");
    }
}

#[test]
fn two_viewers_and_two_epochs_differ_and_a_paused_frame_does_not() {
    for format in FORMATS {
        let ground = noise(format, HD);
        let ana = marked("ana", &ground, 100);
        assert!(seen(&marked("ben", &ground, 100)) != seen(&ana), "another viewing");
        assert!(seen(&marked("ana", &ground, 104)) != seen(&ana), "another epoch");
        assert!(seen(&marked("ana", &ground, 103)) == seen(&ana), "the same epoch");
        // A minute's pause is 480 pictures of one frame; the pattern in all of them is one.
        let mut marker = Marker::new(&marks("ana"), format, HD);
        for frame in (0..8).map(|_| frame(ground.clone(), 100)) {
            assert!(marker.mark(&frame, at(EVENING)).unwrap().picture() == &ana);
        }
    }
}

#[test]
fn black_bars_are_exact_to_the_bit() {
    for format in FORMATS {
        let black = codes(format).black;
        let busy = plane(&noise(format, HD), 0);
        let bars = picture(format, HD, |x, y| if (90..630).contains(&y) { busy[y * 1_280 + x] } else { black });
        let (both, visible) = (plane(&marked("ana", &bars, 7), 0), plane(&visibly_marked(&bars), 0));
        for row in (0..90).chain(630..720) {
            let row = row * 1_280..(row + 1) * 1_280;
            assert!(both[row.clone()] == visible[row]);
        }
        assert!(both != visible);
        let black = flat(format, HD, black);
        assert!(seen(&marked("ana", &black, 7)) == seen(&visibly_marked(&black)), "black bears no mark");
    }
}

#[test]
fn viewers_of_one_frame_share_its_mask() {
    let frame = frame(noise(VideoFormat::H264Bits8, HD), 0);
    let first = std::ptr::from_ref(frame.mask().unwrap());
    for viewing in ["ana", "ben"] {
        Marker::new(&marks(viewing), VideoFormat::H264Bits8, HD).mark(&frame, at(EVENING)).unwrap();
    }
    assert_eq!(std::ptr::from_ref(frame.mask().unwrap()), first);
}

#[test]
fn a_frame_of_another_size_is_marked_all_the_same() {
    let mut marker = Marker::new(&marks("ana"), VideoFormat::H264Bits8, HD);
    let small = noise(VideoFormat::H264High444Bits10, PictureSize { width: 640, height: 360 });
    let came = marker.mark(&frame(small.clone(), 9), at(EVENING)).unwrap();
    assert!(came.picture() == &marked("ana", &small, 9));
}

#[test]
fn the_mark_is_that_of_the_library_whatever_the_padding() {
    // 1366 samples are padded to 1368 bytes a row.
    let size = PictureSize { width: 1_366, height: 100 };
    let ground = noise(VideoFormat::H264Bits8, size);
    let keys = marks("ana").invisible;
    let mut samples: Vec<u8> = plane(&ground, 0).into_iter().map(|code| code as u8).collect();
    let mut luma = LumaMut::new(&mut samples, 1_366, 1_366, 100, Depth::Eight).unwrap();
    let mask = frame(ground.clone(), 0).mask().unwrap().clone();
    ForensicMark::new(keys.viewing, &keys.pilot).burn(&mut luma, &mask, 50).unwrap();
    let mut data = ground.data().to_vec();
    for (row, samples) in data.chunks_mut(1_368).zip(samples.chunks(1_366)) {
        row[..1_366].copy_from_slice(samples);
    }
    let expected = visibly_marked(&Picture::from_data(VideoFormat::H264Bits8, size, data).unwrap());
    assert!(seen(&marked("ana", &ground, 50)) == seen(&expected));
    assert!(seen(&expected) != seen(&visibly_marked(&ground)));
}
