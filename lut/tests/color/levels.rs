//! Every instruction set, every band, every stride: the same bits.

use lut::formats::Lut;
use lut::ops::lut3d::Domain;
use lut::{
    BitDepth, ColorSpec, ImageError, ImageMut, ImageRef, Level, Lut1d, Lut3d, Matrix, Op, PixelFormat, Processor,
    ProcessorError, Transform,
};

use crate::exact::plain;
use crate::support::Random;

/// Bytes after each row that no one may write.
const GAP: usize = 5;
pub const UNTOUCHED: u8 = 0xa5;

/// Planes with a gap after each row, filled by `byte`.
pub fn planes(format: PixelFormat, (w, h): (usize, usize), mut byte: impl FnMut() -> u8) -> Vec<(Vec<u8>, usize)> {
    (0..format.plane_count())
        .map(|p| {
            let (bytes, rows) = format.plane_size(p, w, h);
            let stride = bytes + GAP;
            ((0..stride * rows).map(|_| byte()).collect(), stride)
        })
        .collect()
}

/// Random bytes, extremes among them, with codes that fit the depth.
pub fn noise(format: PixelFormat, size: (usize, usize), seed: u64) -> Vec<(Vec<u8>, usize)> {
    let mut random = Random(seed);
    let mut planes = planes(format, size, || [0, 255, random.next() as u8, random.next() as u8][random.below(4)]);
    let high_bits = matches!(format, PixelFormat::SemiPlanar(..));
    if format.depth().bytes() == 2 && !high_bits {
        for (data, stride) in &mut planes {
            for row in data.chunks_mut(*stride) {
                row[1..].iter_mut().step_by(2).for_each(|b| *b &= (format.depth().max_code() >> 8) as u8);
            }
        }
    }
    planes
}

pub fn run(
    processor: &Processor,
    (from, to): (PixelFormat, PixelFormat),
    size: (usize, usize),
    threads: usize,
) -> Vec<(Vec<u8>, usize)> {
    let source = noise(from, size, 21);
    let source = ImageRef::new(from, size.0, size.1, source.iter().map(|(d, s)| (d.as_slice(), *s))).unwrap();
    let mut target = planes(to, size, || UNTOUCHED);
    let views = target.iter_mut().map(|(d, s)| (d.as_mut_slice(), *s));
    let mut image = ImageMut::new(to, size.0, size.1, views).unwrap();
    processor.apply_parallel(&source, &mut image, threads).unwrap();
    assert!(untouched_gaps(&target));
    target
}

/// Whether the gaps are as [`planes`] made them.
pub fn untouched_gaps(planes: &[(Vec<u8>, usize)]) -> bool {
    let untouched = |row: &[u8], stride: usize| row[stride - GAP..].iter().all(|b| *b == UNTOUCHED);
    planes.iter().all(|(data, stride)| data.chunks(*stride).all(|row| untouched(row, *stride)))
}

fn transforms() -> Vec<Transform> {
    let mut random = Random(22);
    let mut colors = |n: usize| -> Vec<[f32; 3]> {
        (0..n).map(|_| std::array::from_fn(|_| random.unit() as f32 * 1.4 - 0.2)).collect()
    };
    let odd = Domain { min: [-0.1, 0.2, 0.0], max: [1.1, 0.7, 2.0] };
    let cube = Lut3d::new(17, odd, colors(17 * 17 * 17)).unwrap();
    let small = Lut3d::new(2, Domain::UNIT, colors(8)).unwrap();
    let shaper = Lut1d::new(odd, colors(1000)).unwrap();
    let input = ColorSpec::BT1886_709_LIMITED;
    vec![
        plain(input, input),
        plain(input, ColorSpec { matrix: Matrix::Bt601, ..ColorSpec::BT1886_709_FULL }),
        plain(input, ColorSpec::SRGB_709_LIMITED),
        plain(ColorSpec::BT1886_2020_LIMITED, ColorSpec::DISPLAY_P3_LIMITED),
        Transform { input, look: Some(Lut::from([Op::Lut3d(small)])), output: input },
        Transform { input, look: Some(Lut::from([Op::Lut1d(shaper.clone())])), output: ColorSpec::SRGB_709_LIMITED },
        Transform {
            input,
            look: Some(Lut::from([Op::Lut1d(shaper), Op::Lut3d(cube)])),
            output: ColorSpec::DISPLAY_P3_LIMITED,
        },
    ]
}

/// `spec` with the identity matrix where the format is RGB.
pub fn for_format(spec: ColorSpec, format: PixelFormat) -> ColorSpec {
    if format.is_rgb() { ColorSpec { matrix: Matrix::Identity, ..spec } } else { spec }
}

pub const FORMATS: [PixelFormat; 9] = [
    PixelFormat::I420,
    PixelFormat::I422_10LE,
    PixelFormat::Y444_10LE,
    PixelFormat::Y444_12LE,
    PixelFormat::NV12,
    PixelFormat::P010,
    PixelFormat::GBR_10LE,
    PixelFormat::Gbr(BitDepth::Sixteen),
    PixelFormat::Bgra,
];

#[test]
fn every_instruction_set_gives_the_bits_of_the_scalar_one() {
    let sizes = [(1, 1), (2, 3), (7, 2), (8, 1), (9, 4), (31, 3), (67, 5)];
    for transform in transforms() {
        for from in FORMATS {
            for to in FORMATS {
                let (input, output) = (for_format(transform.input, from), for_format(transform.output, to));
                let transform = Transform { input, output, look: transform.look.clone() };
                let at = |level| Processor::with_level(&transform, from, to, level).unwrap();
                let levels: Vec<Processor> = Level::available().into_iter().map(at).collect();
                for size in sizes {
                    let expected = run(&levels[0], (from, to), size, 1);
                    for processor in &levels[1..] {
                        let found = run(processor, (from, to), size, 1);
                        assert!(found == expected, "{from:?} -> {to:?} at {size:?}: {processor:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn bands_give_the_bits_of_the_whole() {
    for transform in transforms() {
        for (from, to) in [
            (PixelFormat::I420, PixelFormat::I420),
            (PixelFormat::I422_10LE, PixelFormat::Y444_10LE),
            (PixelFormat::I420_10LE, PixelFormat::NV12),
        ] {
            let processor = Processor::new(&transform, from, to).unwrap();
            for height in [1, 2, 3, 10, 37] {
                let whole = run(&processor, (from, to), (33, height), 1);
                for threads in [0, 2, 3, 8, 1000] {
                    assert!(run(&processor, (from, to), (33, height), threads) == whole, "{threads} on {height}");
                }
            }
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let (rgb, yuv) = (ColorSpec::SRGB_RGB_FULL, ColorSpec::SRGB_709_LIMITED);
    let error = Processor::new(&plain(yuv, yuv), PixelFormat::Rgba, PixelFormat::I420).unwrap_err();
    assert_eq!(error, ProcessorError::Matrix { matrix: Matrix::Bt709, format: PixelFormat::Rgba });
    assert!(Processor::new(&plain(yuv, rgb), PixelFormat::I420, PixelFormat::I420).is_err());

    let processor = Processor::new(&plain(yuv, yuv), PixelFormat::I420, PixelFormat::Y444).unwrap();
    let source = lut::ImageBuf::new(PixelFormat::I420, 4, 4).unwrap();
    let mut wrong = lut::ImageBuf::new(PixelFormat::I420, 4, 4).unwrap();
    let error = processor.apply(&source.as_ref(), &mut wrong.as_mut()).unwrap_err();
    assert_eq!(error.to_string(), "found a picture in Planar(Cs420, Eight), expected Planar(Cs444, Eight)");
    let mut small = lut::ImageBuf::new(PixelFormat::Y444, 4, 2).unwrap();
    let error = processor.apply(&source.as_ref(), &mut small.as_mut()).unwrap_err();
    assert_eq!(error, ProcessorError::Size { found: (4, 2), expected: (4, 4) });
}

#[test]
fn planes_that_are_too_small_are_refused() {
    let bytes = vec![0_u8; 64];
    let image = |w, h, planes: &[(&'static [u8], usize)]| {
        ImageRef::new(PixelFormat::I420, w, h, planes.iter().copied()).map(|_| ()).unwrap_err()
    };
    let b: &'static [u8] = Vec::leak(bytes);
    assert_eq!(image(0, 4, &[]), ImageError::Size { width: 0, height: 4 });
    assert_eq!(image(4, 4, &[(b, 4)]), ImageError::Planes { found: 1, expected: 3 });
    assert_eq!(image(8, 8, &[(b, 8), (b, 3), (b, 4)]), ImageError::Stride { plane: 1, found: 3, expected: 4 });
    assert_eq!(image(8, 8, &[(b, 16), (b, 4), (b, 4)]), ImageError::Length { plane: 0, found: 64, expected: 120 });
    assert!(ImageRef::new(PixelFormat::I420, 8, 8, [(b, 8), (&b[..16], 4), (&b[..16], 4)]).is_ok());
    // The last row may end early, and no product overflows.
    assert!(ImageRef::new(PixelFormat::I420, 8, 8, [(&b[..64], 8), (&b[..25], 7), (&b[..25], 7)]).is_ok());
    assert!(matches!(image(8, 8, &[(b, usize::MAX), (b, 4), (b, 4)]), ImageError::Length { .. }));
}
