//! Another size: what is flat, straight or in a place stays so.

use lut::{
    BitDepth, ChromaSampling, ImageBuf, ImageError, ImageMut, ImageRef, Level, PixelFormat, ResizeError, Resizer,
};

use crate::levels::{UNTOUCHED, noise, planes, untouched_gaps};
use crate::support::{Random, codes, picture};

type Size = (usize, usize);

const FORMATS: [PixelFormat; 11] = [
    PixelFormat::I420,
    PixelFormat::Y42B,
    PixelFormat::I422_10LE,
    PixelFormat::Y444_10LE,
    PixelFormat::I422_12LE,
    PixelFormat::Planar(ChromaSampling::Cs444, BitDepth::Sixteen),
    PixelFormat::NV12,
    PixelFormat::P010,
    PixelFormat::GBR_10LE,
    PixelFormat::Rgba,
    PixelFormat::Bgra,
];

/// Fewer, more, the same, odd, one; each way on its own.
const SIZES: [(Size, Size); 12] = [
    ((96, 54), (64, 36)),
    ((64, 36), (96, 54)),
    ((97, 53), (61, 37)),
    ((61, 37), (97, 53)),
    ((33, 20), (33, 7)),
    ((33, 20), (90, 20)),
    ((200, 150), (3, 2)),
    ((3, 2), (50, 40)),
    ((1, 1), (5, 4)),
    ((5, 4), (1, 1)),
    ((2, 3), (3, 2)),
    ((7, 1), (4, 9)),
];

fn resized(source: &ImageBuf, to: Size) -> ImageBuf {
    let from = source.as_ref();
    let resizer = Resizer::new(from.format(), (from.width(), from.height()), to).unwrap();
    let mut target = ImageBuf::new(from.format(), to.0, to.1).unwrap();
    resizer.resize(&from, &mut target.as_mut()).unwrap();
    target
}

/// Where a code lies in a stored sample.
fn stored(format: PixelFormat, code: u32) -> u16 {
    let unused = if matches!(format, PixelFormat::SemiPlanar(..)) { 16 - format.depth().bits() } else { 0 };
    (code << if format.depth() == BitDepth::Eight { 0 } else { unused }) as u16
}

#[test]
fn flat_areas_keep_their_code_at_every_depth_sampling_and_size() {
    for format in FORMATS {
        for (from, to) in SIZES.into_iter().chain([((1920, 1080), (4, 3))]) {
            let max = format.depth().max_code();
            for part in [0, 1, max / 16, max / 3, max / 2 + 1, max - 1, max] {
                let code = |plane: usize| stored(format, (part + 2 * plane as u32).min(max));
                let source = picture(format, from, |plane, _, _| code(plane));
                let target = resized(&source, to);
                for plane in 0..format.plane_count() {
                    let alpha = matches!(format, PixelFormat::Rgba | PixelFormat::Bgra);
                    for (i, found) in codes(&target, plane).into_iter().enumerate() {
                        let expected = if alpha && i % 4 == 3 { 255 } else { code(plane) };
                        assert_eq!(found, expected, "{format:?} {from:?} -> {to:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn the_same_size_is_the_same_picture() {
    for format in FORMATS {
        for size in [(1, 1), (2, 3), (37, 11), (64, 16), (129, 35)] {
            let random = std::cell::RefCell::new(Random(31));
            let code = |x| match format {
                PixelFormat::Rgba | PixelFormat::Bgra if x % 4 == 3 => 255,
                _ => stored(format, random.borrow_mut().below(format.depth().max_code() as usize + 1) as u32),
            };
            let source = picture(format, size, |_, x, _| code(x));
            assert!(resized(&source, size) == source, "{format:?} {size:?}");
        }
    }
}

/// A picture whose code at each place of the whole picture is `code(plane, x, y)`; x and y in pixels, chroma sited left.
fn sited(format: PixelFormat, size: Size, code: impl Fn(usize, f64, f64) -> f64) -> ImageBuf {
    picture(format, size, |plane, x, y| {
        let (x, y) = place(format, plane, x as f64, y as f64);
        code(plane, x, y).round() as u16
    })
}

/// Where sample (x, y) of `plane` lies, in pixels from the centre of the first.
fn place(format: PixelFormat, plane: usize, x: f64, y: f64) -> (f64, f64) {
    match format.chroma() {
        _ if plane == 0 => (x, y),
        ChromaSampling::Cs420 => (2.0 * x, 2.0 * y + 0.5),
        ChromaSampling::Cs422 => (2.0 * x, y),
        ChromaSampling::Cs444 => (x, y),
    }
}

const SUBSAMPLED: [PixelFormat; 3] = [PixelFormat::I420_10LE, PixelFormat::I422_10LE, PixelFormat::Y444_10LE];

#[test]
fn a_ramp_stays_straight_and_in_place_for_luma_and_chroma() {
    for format in SUBSAMPLED {
        for (from, to) in [((192, 108), (128, 72)), ((97, 83), (61, 37)), ((128, 72), (192, 108)), ((61, 37), (97, 83))]
        {
            let (x_ratio, y_ratio) = (from.0 as f64 / to.0 as f64, from.1 as f64 / to.1 as f64);
            let slope = |x: f64, y: f64| 100.0 + 3.0 * x + 2.0 * y;
            let source = sited(format, from, |_, x, y| slope(x, y));
            let target = resized(&source, to);
            let old = |x: f64, y: f64| ((x + 0.5) * x_ratio - 0.5, (y + 0.5) * y_ratio - 0.5);
            for plane in 0..3 {
                let found = codes(&target, plane);
                let width = format.plane_size(plane, to.0, to.1).0 / 2;
                // Where the kernel reaches beyond no edge.
                let margin = |ratio: f64, n: usize| 4.0 * ratio.max(1.0)..n as f64 - 1.0 - 4.0 * ratio.max(1.0);
                for (i, code) in found.iter().enumerate() {
                    let (x, y) = place(format, plane, (i % width) as f64, (i / width) as f64);
                    let (x, y) = old(x, y);
                    if margin(x_ratio, from.0).contains(&x) && margin(y_ratio, from.1).contains(&y) {
                        let error = (f64::from(*code) - slope(x, y)).abs();
                        assert!(error <= 1.0, "{format:?} {from:?} -> {to:?} plane {plane} at {x}, {y}: {error}");
                    }
                }
                assert!(
                    found.chunks(width).all(|row| row.windows(2).all(|w| w[0] <= w[1])),
                    "{format:?} plane {plane}"
                );
            }
        }
    }
}

/// The mean place of what `plane` holds above `ground`, in pixels, and how much that is, in codes times pixels.
fn centroid(image: &ImageBuf, plane: usize, ground: f64) -> (f64, f64, f64) {
    let image_ref = image.as_ref();
    let format = image_ref.format();
    let width = format.plane_size(plane, image_ref.width(), image_ref.height()).0 / format.depth().bytes();
    let (mut sum, mut x_sum, mut y_sum) = (0.0, 0.0, 0.0);
    for (i, code) in codes(image, plane).into_iter().enumerate() {
        let (x, y) = place(format, plane, (i % width) as f64, (i / width) as f64);
        let above = f64::from(code) - ground;
        sum += above;
        x_sum += above * x;
        y_sum += above * y;
    }
    (x_sum / sum, y_sum / sum, sum)
}

#[test]
fn a_point_stays_where_it_was_and_keeps_its_energy() {
    const GROUND: u16 = 16_384;
    for sampling in [ChromaSampling::Cs420, ChromaSampling::Cs422, ChromaSampling::Cs444] {
        let format = PixelFormat::Planar(sampling, BitDepth::Sixteen);
        for (from, to) in [((192, 108), (128, 72)), ((192, 108), (96, 54)), ((97, 83), (61, 53)), ((96, 54), (128, 72))]
        {
            for plane in 0..3 {
                let (width, height) = format.plane_size(plane, from.0, from.1);
                for (x, y) in [(width / 4, height / 2), (width / 4 + 1, height / 2 + 1), (width / 4 + 2, height / 2)] {
                    let source =
                        picture(format, from, |_, at_x, at_y| GROUND + if (at_x, at_y) == (x, y) { 40_000 } else { 0 });
                    let (old_x, old_y, old_sum) = centroid(&source, plane, f64::from(GROUND));
                    let (new_x, new_y, new_sum) = centroid(&resized(&source, to), plane, f64::from(GROUND));
                    let (x_ratio, y_ratio) = (from.0 as f64 / to.0 as f64, from.1 as f64 / to.1 as f64);
                    let (new_x, new_y) = ((new_x + 0.5) * x_ratio - 0.5, (new_y + 0.5) * y_ratio - 0.5);
                    let moved = (new_x - old_x).abs().max((new_y - old_y).abs());
                    // A chroma sample is two pixels wide.
                    let allowed = if plane == 0 { 0.02 } else { 0.04 };
                    let energy = new_sum * x_ratio * y_ratio / old_sum;
                    let what = format!("{format:?} {from:?} -> {to:?} plane {plane} at {x}, {y}");
                    assert!(moved <= allowed, "{what}: moved by {moved} pixels");
                    // How much one point weighs depends on its place between the new ones, by 1.6 % each way at most.
                    assert!((energy - 1.0).abs() <= 0.04, "{what}: energy {energy}");
                }
            }
        }
    }
}

#[test]
fn what_the_new_size_cannot_hold_becomes_grey_not_stripes() {
    let source = picture(PixelFormat::Y444_10LE, (192, 108), |_, x, y| if (x + y) % 2 == 0 { 100 } else { 900 });
    let target = codes(&resized(&source, (96, 54)), 0);
    for y in 4..50 {
        assert!(target[y * 96 + 4..][..88].iter().all(|code| (497..=503).contains(code)), "row {y}");
    }
}

#[test]
fn overshoot_is_clipped_to_the_codes_of_the_depth() {
    for format in [PixelFormat::I420, PixelFormat::I422_10LE, PixelFormat::Y444_12LE, PixelFormat::P010] {
        let max = stored(format, format.depth().max_code());
        let source = picture(format, (60, 40), |_, x, _| if x / 8 % 2 == 0 { 0 } else { max });
        let target = resized(&source, (100, 50));
        let luma = codes(&target, 0);
        assert!(luma.iter().all(|code| *code <= max), "{format:?}");
        assert!(luma.contains(&0) && luma.contains(&max), "{format:?}");
    }
}

fn run(resizer: &Resizer, format: PixelFormat, (from, to): (Size, Size), threads: usize) -> Vec<(Vec<u8>, usize)> {
    let source = noise(format, from, 32);
    let source = ImageRef::new(format, from.0, from.1, source.iter().map(|(d, s)| (d.as_slice(), *s))).unwrap();
    let mut target = planes(format, to, || UNTOUCHED);
    let views = target.iter_mut().map(|(d, s)| (d.as_mut_slice(), *s));
    let mut image = ImageMut::new(format, to.0, to.1, views).unwrap();
    resizer.resize_parallel(&source, &mut image, threads).unwrap();
    assert!(untouched_gaps(&target));
    target
}

#[test]
fn every_instruction_set_gives_the_bits_of_the_scalar_one() {
    for format in FORMATS {
        for (from, to) in SIZES.into_iter().chain([((150, 40), (131, 33)), ((31, 17), (63, 65))]) {
            let at = |level| Resizer::with_level(format, from, to, level).unwrap();
            let expected = run(&at(Level::Scalar), format, (from, to), 1);
            for level in Level::available() {
                let found = run(&at(level), format, (from, to), 1);
                assert!(found == expected, "{format:?} {from:?} -> {to:?} {level:?}");
            }
        }
    }
}

#[test]
fn bands_give_the_bits_of_the_whole_and_nothing_is_left_from_the_picture_before() {
    for format in FORMATS {
        for (from, to) in SIZES {
            let resizer = Resizer::new(format, from, to).unwrap();
            let whole = run(&resizer, format, (from, to), 1);
            for threads in [0, 2, 3, 8, 1000] {
                assert!(run(&resizer, format, (from, to), threads) == whole, "{format:?} {to:?} {threads}");
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let error = Resizer::new(PixelFormat::I420, (4, 4), (0, 4)).unwrap_err();
    assert_eq!(error, ResizeError::Image(ImageError::Size { width: 0, height: 4 }));
    assert!(Resizer::new(PixelFormat::I420, (40_000, 4), (4, 4)).is_err());

    let resizer = Resizer::new(PixelFormat::I420, (4, 4), (2, 2)).unwrap();
    let image = |format, w, h| ImageBuf::new(format, w, h).unwrap();
    let (good, mut target) = (image(PixelFormat::I420, 4, 4), image(PixelFormat::I420, 2, 2));
    let error = resizer.resize(&image(PixelFormat::NV12, 4, 4).as_ref(), &mut target.as_mut()).unwrap_err();
    assert_eq!(error, ResizeError::Format { found: PixelFormat::NV12, expected: PixelFormat::I420 });
    let error = resizer.resize(&image(PixelFormat::I420, 4, 6).as_ref(), &mut target.as_mut()).unwrap_err();
    assert_eq!(error.to_string(), "found a picture of (4, 6) pixels, expected (4, 4)");
    assert!(resizer.resize(&good.as_ref(), &mut image(PixelFormat::I420, 4, 2).as_mut()).is_err());
    assert!(resizer.resize(&good.as_ref(), &mut target.as_mut()).is_ok());
}
