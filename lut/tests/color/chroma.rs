//! Chroma siting: left, as MPEG-2 and H.264 have it by default; elsewhere on the way in where that is said.

use lut::{ChromaSiting, ColorSpec, ImageBuf, PixelFormat, Processor};

use crate::exact::{convert, plain};
use crate::support::{codes, mean, picture};

const SPEC: ColorSpec = ColorSpec::BT1886_709_LIMITED;
const SIZE: (usize, usize) = (48, 32);

/// A picture whose chroma at pixel position (x, y) is 200 + 4x + 8y, in 10 bits.
fn slope(format: PixelFormat, x_step: usize, y_step: usize, y_first: f64) -> lut::ImageBuf {
    picture(format, SIZE, |plane, x, y| match plane {
        0 => 500,
        _ => (200.0 + 4.0 * (x * x_step) as f64 + 8.0 * ((y * y_step) as f64 + y_first)) as u16,
    })
}

#[test]
fn chroma_of_4_2_0_and_4_2_2_lands_where_it_was_sited() {
    let full = slope(PixelFormat::Y444_10LE, 1, 1, 0.0);
    for half in [slope(PixelFormat::I422_10LE, 2, 1, 0.0), slope(PixelFormat::I420_10LE, 2, 2, 0.5)] {
        let up = convert(&plain(SPEC, SPEC), &half, PixelFormat::Y444_10LE);
        let (found, expected) = (codes(&up, 1), codes(&full, 1));
        for y in 1..SIZE.1 - 1 {
            for x in 0..SIZE.0 - 1 {
                let at = y * SIZE.0 + x;
                assert_eq!(found[at], expected[at], "{:?} at {x}, {y}", half.as_ref().format());
            }
        }
    }
}

#[test]
fn chroma_is_filtered_to_where_it_will_be_shown() {
    let full = slope(PixelFormat::Y444_10LE, 1, 1, 0.0);
    for half in [slope(PixelFormat::I422_10LE, 2, 1, 0.0), slope(PixelFormat::I420_10LE, 2, 2, 0.5)] {
        let format = half.as_ref().format();
        let (found, expected) = (codes(&convert(&plain(SPEC, SPEC), &full, format), 2), codes(&half, 2));
        let width = SIZE.0 / 2;
        for (at, (found, expected)) in found.into_iter().zip(expected).enumerate() {
            if at % width > 0 {
                assert_eq!(found, expected, "{format:?} sample {at}");
            }
        }
    }
}

#[test]
fn flat_chroma_stays_flat_up_to_the_edges_at_every_size() {
    for size in [(1, 1), (2, 2), (3, 3), (5, 2), (2, 5), (16, 9), (17, 16)] {
        for from in [PixelFormat::I420, PixelFormat::I422_10LE, PixelFormat::NV12] {
            for to in [PixelFormat::I420, PixelFormat::Y42B, PixelFormat::Y444_10LE, PixelFormat::P010] {
                let unit = from.depth().max_code() as u16 / 255;
                let source = picture(from, size, |_, _, _| 77 * unit);
                let target = convert(&plain(SPEC, SPEC), &source, to);
                let high_bits = if to == PixelFormat::P010 { 6 } else { 0 };
                let expected = (77 * (to.depth().max_code() / 255)) << high_bits;
                for plane in 0..to.plane_count() {
                    assert_eq!(mean(&target, plane), f64::from(expected), "{from:?} {to:?} {size:?}");
                }
            }
        }
    }
}

/// As [`slope`], with the first chroma sample at (`x`, `y`).
fn sited(format: PixelFormat, step: (usize, usize), (x, y): (f64, f64)) -> ImageBuf {
    picture(format, SIZE, |plane, i, j| match plane {
        0 => 500,
        _ => (200.0 + 4.0 * ((i * step.0) as f64 + x) + 8.0 * ((j * step.1) as f64 + y)) as u16,
    })
}

fn placed(siting: ChromaSiting, source: &ImageBuf, to: PixelFormat) -> ImageBuf {
    let processor = Processor::new(&plain(SPEC, SPEC), source.as_ref().format(), to).unwrap().chroma_siting(siting);
    let mut target = ImageBuf::new(to, SIZE.0, SIZE.1).unwrap();
    processor.apply(&source.as_ref(), &mut target.as_mut()).unwrap();
    target
}

/// Whether chroma is equal but for the outermost two samples, where what lies beyond the edge is not known.
fn same_inside(found: &ImageBuf, expected: &ImageBuf) -> bool {
    let (width, height) = found.as_ref().format().chroma().plane_size(SIZE.0, SIZE.1);
    let (found, expected) = (codes(found, 1), codes(expected, 1));
    (2..height - 2).all(|y| (2..width - 2).all(|x| found[y * width + x] == expected[y * width + x]))
}

#[test]
fn chroma_that_lies_elsewhere_lands_on_its_pixels() {
    use ChromaSiting::{Center, Left, TopLeft};
    let full = slope(PixelFormat::Y444_10LE, 1, 1, 0.0);
    for (siting, at) in [(Left, (0.0, 0.5)), (TopLeft, (0.0, 0.0)), (Center, (0.5, 0.5))] {
        let source = sited(PixelFormat::I420_10LE, (2, 2), at);
        assert!(same_inside(&placed(siting, &source, PixelFormat::Y444_10LE), &full), "4:2:0 {siting:?}");
        let source = sited(PixelFormat::I422_10LE, (2, 1), (at.0, 0.0));
        assert!(same_inside(&placed(siting, &source, PixelFormat::Y444_10LE), &full), "4:2:2 {siting:?}");
    }
}

#[test]
fn chroma_that_lies_elsewhere_is_moved_to_the_left_even_when_nothing_else_changes() {
    let left = slope(PixelFormat::I420_10LE, 2, 2, 0.5);
    for (siting, at) in [(ChromaSiting::TopLeft, (0.0, 0.0)), (ChromaSiting::Center, (0.5, 0.5))] {
        let source = sited(PixelFormat::I420_10LE, (2, 2), at);
        assert!(same_inside(&placed(siting, &source, PixelFormat::I420_10LE), &left), "{siting:?}");
    }
    let source = slope(PixelFormat::I420_10LE, 2, 2, 0.5);
    assert!(placed(ChromaSiting::Left, &source, PixelFormat::I420_10LE) == source);
}

#[test]
fn flat_chroma_stays_flat_wherever_it_lies() {
    for size in [(1, 1), (2, 2), (3, 3), (5, 2), (17, 16)] {
        for siting in [ChromaSiting::TopLeft, ChromaSiting::Center] {
            for from in [PixelFormat::I420, PixelFormat::Y42B] {
                let source = picture(from, size, |_, _, _| 77);
                let processor =
                    Processor::new(&plain(SPEC, SPEC), from, PixelFormat::Y444).unwrap().chroma_siting(siting);
                let mut target = ImageBuf::new(PixelFormat::Y444, size.0, size.1).unwrap();
                processor.apply(&source.as_ref(), &mut target.as_mut()).unwrap();
                assert!(
                    (0..3).all(|plane| codes(&target, plane).iter().all(|c| *c == 77)),
                    "{from:?} {siting:?} {size:?}"
                );
            }
        }
    }
}

#[test]
fn a_siting_has_the_number_h273_gives_it() {
    let names = [0, 1, 2, 3].map(ChromaSiting::from_h273);
    assert_eq!(names, [Some(ChromaSiting::Left), Some(ChromaSiting::Center), Some(ChromaSiting::TopLeft), None]);
}
