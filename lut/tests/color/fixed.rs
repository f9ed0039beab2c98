//! The fixed-point pass: which transforms it takes, and how far it is from float64.

use lut::color::{ColorSpec, apply};
use lut::formats::Lut;
use lut::ops::lut3d::Domain;
use lut::{BitDepth, Dithering, ImageBuf, Level, Lut1d, Lut3d, Op, Path, PixelFormat, Processor, Transform};

use crate::exact::{convert, convert_dithered};
use crate::levels::{FORMATS, for_format, run};
use crate::support::{Random, codes, picture};

const SPEC: ColorSpec = ColorSpec::BT1886_709_LIMITED;
const SIZE: (usize, usize) = (333, 210);

/// Colours at random, reaching `beyond` 0..1 on both sides.
fn random_cube(size: usize, domain: Domain, beyond: f64) -> Lut3d {
    let mut random = Random(31);
    let mut value = || (random.unit() * (1.0 + 2.0 * beyond) - beyond) as f32;
    Lut3d::new(size, domain, (0..size.pow(3)).map(|_| [value(), value(), value()]).collect()).unwrap()
}

/// Noise over two thirds of the range: about as rough as the pass takes.
fn rough_cube(size: usize, domain: Domain) -> Lut3d {
    random_cube(size, domain, -1.0 / 6.0)
}

/// `cube` reaching 5 % beyond 0..1 on both sides.
fn beyond(cube: &Lut3d) -> Lut3d {
    let values = cube.values().iter().map(|rgb| rgb.map(|v| v * 1.1 - 0.05)).collect();
    Lut3d::new(cube.size(), cube.domain(), values).unwrap()
}

/// A curve with crosstalk, as a show LUT has.
fn smooth_cube(size: usize) -> Lut3d {
    let step = |i: usize| (i as f64 / (size - 1) as f64).powf(0.8);
    let color = |i: usize| {
        let [r, g, b] = [i % size, i / size % size, i / size / size].map(step);
        [0.85 * r + 0.15 * g, 0.9 * g + 0.1 * b, 0.8 * b + 0.2 * r].map(|v| v as f32)
    };
    Lut3d::new(size, Domain::UNIT, (0..size.pow(3)).map(color).collect()).unwrap()
}

fn shaper(domain: Domain) -> Lut1d {
    let entry = |i: usize| [0.5, 0.7, 1.3].map(|power| (f64::from(i as u32) / 1023.0).powf(power) as f32);
    Lut1d::new(domain, (0..1024).map(entry).collect()).unwrap()
}

fn looks() -> Vec<(&'static str, Lut)> {
    let odd = Domain { min: [-0.2, 0.1, 0.0], max: [1.1, 0.9, 1.5] };
    let cube = |cube| Lut::from([Op::Lut3d(cube)]);
    vec![
        ("smooth 33", cube(smooth_cube(33))),
        ("smooth 65", cube(smooth_cube(65))),
        ("rough 2", cube(rough_cube(2, Domain::UNIT))),
        ("rough 17", cube(rough_cube(17, Domain::UNIT))),
        ("rough 33", cube(rough_cube(33, Domain::UNIT))),
        ("rough 65", cube(rough_cube(65, Domain::UNIT))),
        ("rough 129", cube(rough_cube(129, Domain::UNIT))),
        ("rough 33 over an odd domain", cube(rough_cube(33, odd))),
        ("smooth 33 beyond 0..1", cube(beyond(&smooth_cube(33)))),
        ("shaper and smooth 33", Lut::from([Op::Lut1d(shaper(Domain::UNIT)), Op::Lut3d(smooth_cube(33))])),
        ("odd shaper and rough 17", Lut::from([Op::Lut1d(shaper(odd)), Op::Lut3d(rough_cube(17, odd))])),
    ]
}

/// Every sixth code of each component in turn, so that all of the code cube is crossed, then codes at random.
fn source(format: PixelFormat) -> ImageBuf {
    let random = std::cell::RefCell::new(Random(32));
    picture(format, SIZE, |plane, x, y| match y {
        0..105 => ((x * [7, 31, 97][plane] + y * [1021, 331, 577][plane]) % 1024) as u16,
        _ => random.borrow_mut().below(1024) as u16,
    })
}

/// Unrounded 10-bit codes of every pixel, in float64.
fn reference(transform: &Transform, [y, cb, cr]: [f64; 3]) -> [f64; 3] {
    let (from, to) = (transform.input, transform.output);
    let value = [from.range.luma_value(y, 10), from.range.chroma_value(cb, 10), from.range.chroma_value(cr, 10)];
    let rgb = apply(&from.matrix.ycbcr_to_rgb(), value).map(|v| v.clamp(0.0, 1.0));
    let mut rgb = transform.look.as_ref().unwrap().apply(rgb).map(|v| v.clamp(0.0, 1.0));
    if from != to {
        let light = apply(&from.primaries.to(to.primaries), rgb.map(|v| from.transfer.to_linear(v)));
        rgb = light.map(|l| to.transfer.from_linear(l.clamp(0.0, 1.0)));
    }
    let [y, cb, cr] = apply(&to.matrix.rgb_to_ycbcr(), rgb);
    [to.range.luma_code(y, 10), to.range.chroma_code(cb, 10), to.range.chroma_code(cr, 10)]
}

/// Of all samples: the share that differs from the rounded reference, and the largest difference in codes.
fn difference(found: &[u16], expected: impl Iterator<Item = f64>) -> (f64, i32) {
    let errors: Vec<i32> = expected
        .zip(found)
        .map(|(e, f)| (i32::from(*f) - e.clamp(0.0, 1023.0).round_ties_even() as i32).abs())
        .collect();
    assert_eq!(errors.len(), found.len());
    let differ = errors.iter().filter(|e| **e > 0).count();
    (differ as f64 / errors.len() as f64, errors.into_iter().max().unwrap())
}

fn check(name: &str, found: &ImageBuf, expected: [Vec<f64>; 3]) {
    for (plane, expected) in expected.into_iter().enumerate() {
        let (share, largest) = difference(&codes(found, plane), expected.into_iter());
        println!("{name}, component {plane}: {:.3} % differ, by {largest} at most", share * 100.0);
        assert!(largest <= 1 && share <= 0.005, "{name}, component {plane}: {share}, {largest}");
    }
}

fn transform(look: Lut, output: ColorSpec) -> Transform {
    Transform { input: SPEC, look: Some(look), output }
}

fn path(transform: &Transform, from: PixelFormat, to: PixelFormat) -> Path {
    Processor::new(transform, from, to).unwrap().path()
}

#[test]
fn a_look_is_within_a_10_bit_code_of_float64_and_rarely_off_at_all() {
    let format = PixelFormat::Y444_10LE;
    let source = source(format);
    let planes = [0, 1, 2].map(|plane| codes(&source, plane));
    for (name, look) in looks() {
        let transform = transform(look, SPEC);
        assert_eq!(path(&transform, format, format), Path::Fixed, "{name}");
        let pixel = |i: usize| reference(&transform, [0, 1, 2].map(|c| f64::from(planes[c][i])));
        let expected: Vec<[f64; 3]> = (0..SIZE.0 * SIZE.1).map(pixel).collect();
        let found = convert(&transform, &source, format);
        check(name, &found, [0, 1, 2].map(|c| expected.iter().map(|e| e[c]).collect()));
    }
}

#[test]
fn curves_and_primaries_after_the_look_keep_it_so() {
    let format = PixelFormat::Y444_10LE;
    let source = source(format);
    let planes = [0, 1, 2].map(|plane| codes(&source, plane));
    for output in [ColorSpec::SRGB_709_LIMITED, ColorSpec::GAMMA22_709_LIMITED, ColorSpec::DISPLAY_P3_LIMITED] {
        let transform = transform(Lut::from([Op::Lut3d(smooth_cube(33))]), output);
        assert_eq!(path(&transform, format, format), Path::Fixed);
        let pixel = |i: usize| reference(&transform, [0, 1, 2].map(|c| f64::from(planes[c][i])));
        let expected: Vec<[f64; 3]> = (0..SIZE.0 * SIZE.1).map(pixel).collect();
        let found = convert(&transform, &source, format);
        check(&format!("{output:?}"), &found, [0, 1, 2].map(|c| expected.iter().map(|e| e[c]).collect()));
    }
}

/// Chroma of pixel `x` of a row of half size, sited left.
fn doubled(row: &[u16], x: usize) -> f64 {
    let sample = |i: usize| f64::from(row[i.min(row.len() - 1)]);
    (sample(x / 2) + sample(x.div_ceil(2))) / 2.0
}

/// Chroma of half size, sited left and between the rows.
fn halved(plane: &[f64], (w, h): (usize, usize)) -> Vec<f64> {
    let at = |x: isize, y: usize| plane[y.min(h - 1) * w + x.clamp(0, w as isize - 1) as usize];
    let across = |x: isize, y: usize| (at(x - 1, y) + 2.0 * at(x, y) + at(x + 1, y)) / 4.0;
    let sample = |i: usize, j: usize| (across(2 * i as isize, 2 * j) + across(2 * i as isize, 2 * j + 1)) / 2.0;
    (0..h.div_ceil(2)).flat_map(|j| (0..w.div_ceil(2)).map(move |i| sample(i, j)).collect::<Vec<_>>()).collect()
}

#[test]
fn chroma_of_half_size_is_as_close() {
    let (from, to) = (PixelFormat::I422_10LE, PixelFormat::I420_10LE);
    let source = source(from);
    let planes = [0, 1, 2].map(|plane| codes(&source, plane));
    let half = SIZE.0.div_ceil(2);
    for (name, look) in looks() {
        let transform = transform(look, SPEC);
        let pixel = |i: usize| {
            let (x, y) = (i % SIZE.0, i / SIZE.0);
            let chroma = |plane: usize| doubled(&planes[plane][y * half..][..half], x);
            reference(&transform, [f64::from(planes[0][i]), chroma(1), chroma(2)])
        };
        let expected: Vec<[f64; 3]> = (0..SIZE.0 * SIZE.1).map(pixel).collect();
        let plane = |c: usize| -> Vec<f64> { expected.iter().map(|e| e[c]).collect() };
        let found = convert(&transform, &source, to);
        check(name, &found, [plane(0), halved(&plane(1), SIZE), halved(&plane(2), SIZE)]);
    }
}

#[test]
fn a_flat_look_is_exact_on_average_when_dithered_to_8_bits() {
    let look = Lut::from([Op::Lut3d(smooth_cube(33))]);
    for code in [64, 65, 311, 502, 777, 939, 940] {
        let source = picture(PixelFormat::I422_10LE, (64, 32), |plane, _, _| if plane == 0 { code } else { 512 });
        let transform = transform(look.clone(), SPEC);
        let target = convert_dithered(&transform, &source, PixelFormat::I420, Dithering::FewerBits);
        let expected = reference(&transform, [f64::from(code), 512.0, 512.0])[0] / 4.0;
        let found = crate::support::mean(&target, 0);
        assert!((found - expected).abs() <= 1.0 / 64.0, "{code}: found {found}, expected {expected}");
    }
}

#[test]
fn what_16_bits_cannot_hold_finely_enough_stays_in_float() {
    let cube = |beyond| Lut::from([Op::Lut3d(random_cube(5, Domain::UNIT, beyond))]);
    let fine = Lut::from([Op::Lut3d(smooth_cube(33))]);
    let (ten, twelve) = (PixelFormat::Y444_10LE, PixelFormat::Y444_12LE);
    let sixteen = PixelFormat::Planar(lut::ChromaSampling::Cs444, BitDepth::Sixteen);
    assert_eq!(path(&transform(fine.clone(), SPEC), twelve, ten), Path::Fixed);
    assert_eq!(path(&transform(fine.clone(), SPEC), ten, twelve), Path::Float, "12 bits out");
    assert_eq!(path(&transform(fine, SPEC), sixteen, ten), Path::Float, "16 bits in");
    assert_eq!(path(&transform(cube(0.0), SPEC), ten, ten), Path::Float, "noise over all of 0..1");
    let far = Lut3d::new(2, Domain::UNIT, vec![[7.0; 3]; 8]).unwrap();
    assert_eq!(path(&transform(Lut::from([Op::Lut3d(far)]), SPEC), ten, ten), Path::Float, "values of 7");
    for (min, max) in [(-9.0, 1.0), (0.0, 0.1), (0.0, 64.0)] {
        let domain = Domain { min: [min; 3], max: [max; 3] };
        let look = Lut::from([Op::Lut3d(rough_cube(5, domain))]);
        assert_eq!(path(&transform(look, SPEC), ten, ten), Path::Float, "a domain of {min} to {max}");
    }
    let plain = Transform { input: SPEC, look: None, output: ColorSpec::SRGB_709_LIMITED };
    assert_eq!(path(&plain, ten, ten), Path::Float, "no cube");
}

#[test]
fn every_instruction_set_gives_the_bits_of_the_scalar_one() {
    let sizes = [(1, 1), (2, 3), (7, 2), (31, 3), (33, 2), (64, 2), (67, 5), (130, 3)];
    let odd = Domain { min: [-0.2, 0.1, 0.0], max: [1.1, 0.9, 1.5] };
    let looks = [
        ("rough", Lut::from([Op::Lut3d(rough_cube(9, Domain::UNIT))])),
        ("beyond 0..1", Lut::from([Op::Lut3d(beyond(&smooth_cube(9)))])),
        ("shaper", Lut::from([Op::Lut1d(shaper(odd)), Op::Lut3d(rough_cube(5, odd))])),
    ];
    for (number, (name, look)) in looks.into_iter().enumerate() {
        let outputs = [SPEC, ColorSpec::SRGB_709_LIMITED, ColorSpec::DISPLAY_P3_LIMITED];
        for (from, to) in FORMATS.into_iter().flat_map(|from| FORMATS.map(|to| (from, to))) {
            let (input, output) = (for_format(SPEC, from), for_format(outputs[number % 3], to));
            let transform = Transform { input, look: Some(look.clone()), output };
            let at = |level| Processor::with_level(&transform, from, to, level).unwrap();
            let levels: Vec<Processor> = Level::available().into_iter().map(at).collect();
            for size in sizes {
                let expected = run(&levels[0], (from, to), size, 1);
                for processor in &levels[1..] {
                    let found = run(processor, (from, to), size, 1);
                    assert!(found == expected, "{name}: {from:?} -> {to:?} at {size:?}: {processor:?}");
                }
                let banded = run(&levels[levels.len() - 1], (from, to), size, 3);
                assert!(banded == expected, "{name}: {from:?} -> {to:?} at {size:?} in bands");
            }
        }
    }
}
