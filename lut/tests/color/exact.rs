//! What must come back to the bit, and how rounding and dither behave.

use lut::formats::Lut;
use lut::ops::lut3d::Domain;
use lut::{
    Affine, BitDepth, ChromaSampling, ColorSpec, Dithering, ImageBuf, Lut3d, Matrix, Op, OpProcessor, PixelFormat,
    Processor, Range, Transform,
};

use crate::support::{Random, codes, mean, picture};

const DEPTHS: [BitDepth; 4] = [BitDepth::Eight, BitDepth::Ten, BitDepth::Twelve, BitDepth::Sixteen];

pub fn convert(transform: &Transform, source: &ImageBuf, to: PixelFormat) -> ImageBuf {
    convert_dithered(transform, source, to, Dithering::default())
}

pub fn convert_dithered(transform: &Transform, source: &ImageBuf, to: PixelFormat, dithering: Dithering) -> ImageBuf {
    let from = source.as_ref();
    let processor = Processor::new(transform, from.format(), to).unwrap().dithering(dithering);
    let mut target = ImageBuf::new(to, from.width(), from.height()).unwrap();
    processor.apply(&from, &mut target.as_mut()).unwrap();
    target
}

pub fn plain(input: ColorSpec, output: ColorSpec) -> Transform {
    Transform { input, look: None, output }
}

/// The cube that changes nothing.
pub fn identity_look(size: usize) -> Lut {
    let step = |i: usize| i as f32 / (size - 1) as f32;
    let color = |i: usize| [step(i % size), step(i / size % size), step(i / size / size)];
    let cube = Lut3d::new(size, Domain::UNIT, (0..size.pow(3)).map(color).collect()).unwrap();
    Lut::from([Op::Lut3d(cube)])
}

#[test]
fn the_same_colour_comes_back_to_the_bit_at_every_depth_and_sampling() {
    for depth in DEPTHS {
        for chroma in [ChromaSampling::Cs420, ChromaSampling::Cs422, ChromaSampling::Cs444] {
            for range in [Range::Limited, Range::Full] {
                let spec = ColorSpec { range, ..ColorSpec::BT1886_709_LIMITED };
                let format = PixelFormat::Planar(chroma, depth);
                let source = noise(format, (37, 11), 5);
                assert!(convert(&plain(spec, spec), &source, format) == source, "{format:?} {range:?}");
            }
        }
    }
}

fn noise(format: PixelFormat, size: (usize, usize), seed: u64) -> ImageBuf {
    let random = std::cell::RefCell::new(Random(seed));
    let codes = format.depth().max_code() as usize + 1;
    picture(format, size, |_, _, _| random.borrow_mut().below(codes) as u16)
}

#[test]
fn planar_and_semi_planar_hold_the_same_codes() {
    let spec = ColorSpec::BT1886_709_LIMITED;
    for (planar, semi) in [(PixelFormat::I420, PixelFormat::NV12), (PixelFormat::I420_10LE, PixelFormat::P010)] {
        let source = noise(planar, (19, 7), 6);
        let packed = convert(&plain(spec, spec), &source, semi);
        if planar == PixelFormat::I420_10LE {
            assert_eq!(codes(&packed, 0)[0], codes(&source, 0)[0] << 6);
        }
        assert_eq!(codes(&packed, 1).len(), 10 * 4 * 2);
        assert!(convert(&plain(spec, spec), &packed, planar) == source);
    }
}

#[test]
fn ycbcr_to_rgb_and_back_is_exact_for_legal_rgb() {
    for matrix in [Matrix::Bt709, Matrix::Bt601, Matrix::Bt2020Ncl] {
        for depth in [BitDepth::Eight, BitDepth::Ten, BitDepth::Twelve] {
            let spec = ColorSpec { matrix, ..ColorSpec::BT1886_709_LIMITED };
            let legal = legal_codes(spec, depth.bits(), 4096);
            let format = PixelFormat::Planar(ChromaSampling::Cs444, depth);
            let source = picture(format, (64, 64), |plane, x, y| legal[y * 64 + x][plane]);
            let look = Some(identity_look(17));
            let target = convert(&Transform { input: spec, look, output: spec }, &source, format);
            assert!(target == source, "{matrix:?} {depth:?}");
        }
    }
}

/// A look that does nothing but clip to 0..1: codes go to R'G'B' and back.
fn through_rgb(spec: ColorSpec) -> Transform {
    Transform { input: spec, look: Some(identity_look(2)), output: spec }
}

/// Sends 10-bit Y'CbCr 4:4:4 codes through R'G'B', whole pictures of them at a time, and says how many changed.
struct RoundTrip {
    processor: Processor,
    source: ImageBuf,
    target: ImageBuf,
    filled: usize,
    changed: usize,
}

impl RoundTrip {
    const SIZE: (usize, usize) = (8192, 64);

    fn new(spec: ColorSpec) -> Self {
        let image = || ImageBuf::new(PixelFormat::Y444_10LE, Self::SIZE.0, Self::SIZE.1).unwrap();
        let processor = Processor::new(&through_rgb(spec), PixelFormat::Y444_10LE, PixelFormat::Y444_10LE).unwrap();
        Self { processor, source: image(), target: image(), filled: 0, changed: 0 }
    }

    fn push(&mut self, code: [u16; 3]) {
        for (plane, code) in code.into_iter().enumerate() {
            self.source.plane_mut(plane)[self.filled * 2..][..2].copy_from_slice(&code.to_le_bytes());
        }
        self.filled += 1;
        if self.filled == Self::SIZE.0 * Self::SIZE.1 {
            self.flush();
        }
    }

    fn flush(&mut self) {
        self.processor.apply_parallel(&self.source.as_ref(), &mut self.target.as_mut(), 2).unwrap();
        for plane in 0..3 {
            let bytes = |image: &ImageBuf| image.plane(plane)[..self.filled * 2].to_vec();
            if bytes(&self.source) != bytes(&self.target) {
                self.changed += codes(&self.source, plane)
                    .iter()
                    .zip(codes(&self.target, plane))
                    .filter(|(a, b)| **a != *b)
                    .count();
            }
        }
        self.filled = 0;
    }
}

#[test]
fn every_10_bit_code_whose_rgb_is_legal_comes_back_to_the_bit() {
    let spec = ColorSpec::BT1886_709_LIMITED;
    let to_rgb = spec.matrix.ycbcr_to_rgb();
    let mut trip = RoundTrip::new(spec);
    let mut count = 0;
    for cb in 64..=960_u16 {
        for cr in 64..=960_u16 {
            let chroma = [cb, cr].map(|code| spec.range.chroma_value(f64::from(code), 10));
            let difference = lut::color::apply(&to_rgb, [0.0, chroma[0], chroma[1]]);
            // Y' for which R', G', B' lie within 0..1.
            let lowest = -difference.into_iter().fold(f64::INFINITY, f64::min);
            let highest = 1.0 - difference.into_iter().fold(f64::NEG_INFINITY, f64::max);
            let code = |y| spec.range.luma_code(y, 10);
            for y in code(lowest).ceil() as u16..=code(highest).floor().max(0.0) as u16 {
                trip.push([y, cb, cr]);
                count += 1;
            }
        }
    }
    trip.flush();
    println!("{count} codes");
    assert!(count > 100_000_000 && trip.changed == 0, "{} of {count}", trip.changed);
}

/// A 10-bit code rounded from legal R'G'B', often from a face of the cube, where rounding may leave it.
fn rounded_code(spec: ColorSpec, random: &mut Random) -> [u16; 3] {
    let rgb = std::array::from_fn(|_| match random.below(4) {
        0 => [0.0, 1.0][random.below(2)],
        _ => random.below(1024) as f64 / 1023.0,
    });
    let [y, cb, cr] = lut::color::apply(&spec.matrix.rgb_to_ycbcr(), rgb);
    let code = [spec.range.luma_code(y, 10), spec.range.chroma_code(cb, 10), spec.range.chroma_code(cr, 10)];
    code.map(|code| code.round() as u16)
}

#[test]
fn codes_rounded_from_rgb_come_back_to_the_bit_where_nothing_clips() {
    let spec = ColorSpec::BT1886_709_LIMITED;
    let q = spec.range.quantization(10);
    let scale = [q.luma_scale, q.chroma_scale, q.chroma_scale];
    let encode = Affine::linear(spec.matrix.rgb_to_ycbcr())
        .then(&Affine::diagonal(scale, [q.luma_offset, q.chroma_offset, q.chroma_offset]));
    let to_rgb = OpProcessor::new(&[Op::Affine(encode.inverse().unwrap())]).unwrap();
    let from_rgb = OpProcessor::new(&[Op::Affine(encode)]).unwrap();
    let mut random = Random(9);
    let sent: Vec<[u16; 3]> = (0..1_000_000).map(|_| rounded_code(spec, &mut random)).collect();
    let mut colors: Vec<[f32; 3]> = sent.iter().map(|code| code.map(f32::from)).collect();
    to_rgb.apply(&mut colors);
    from_rgb.apply(&mut colors);
    assert!(colors.into_iter().zip(sent).all(|(found, sent)| found.map(|v| v.round() as u16) == sent));
}

#[test]
fn where_rounding_left_legal_rgb_clipping_moves_few_codes_and_none_by_more_than_one() {
    let spec = ColorSpec::BT1886_709_LIMITED;
    let random = std::cell::RefCell::new(Random(9));
    let sent: Vec<[u16; 3]> = (0..512 * 512).map(|_| rounded_code(spec, &mut random.borrow_mut())).collect();
    let source = picture(PixelFormat::Y444_10LE, (512, 512), |plane, x, y| sent[y * 512 + x][plane]);
    let target = convert(&through_rgb(spec), &source, PixelFormat::Y444_10LE);
    let moved = (0..3).flat_map(|plane| codes(&source, plane).into_iter().zip(codes(&target, plane)));
    let moved: Vec<u16> = moved.map(|(a, b)| a.abs_diff(b)).filter(|d| *d > 0).collect();
    assert!(moved.len() * 100 < 3 * sent.len() && moved.iter().all(|d| *d == 1), "{}", moved.len());
}

/// Random Y'CbCr codes whose R'G'B' lies within 0..1.
fn legal_codes(spec: ColorSpec, bits: u32, count: usize) -> Vec<[u16; 3]> {
    let mut random = Random(7);
    let mut found = Vec::new();
    while found.len() < count {
        let code: [u16; 3] = std::array::from_fn(|_| random.below(1 << bits) as u16);
        let [y, cb, cr] = code.map(f64::from);
        let value =
            [spec.range.luma_value(y, bits), spec.range.chroma_value(cb, bits), spec.range.chroma_value(cr, bits)];
        let rgb = lut::color::apply(&spec.matrix.ycbcr_to_rgb(), value);
        if rgb.iter().all(|v| (0.0..=1.0).contains(v)) {
            found.push(code);
        }
    }
    found
}

#[test]
fn rgb_formats_carry_the_same_values() {
    let spec = ColorSpec::SRGB_RGB_FULL;
    let source = noise(PixelFormat::Rgba, (13, 5), 8);
    let planes = convert(&plain(spec, spec), &source, PixelFormat::GBR);
    let bytes = source.plane(0);
    for i in 0..13 * 5 {
        let found = [2, 0, 1].map(|plane| planes.plane(plane)[i]);
        assert_eq!(found, bytes[i * 4..i * 4 + 3], "pixel {i}");
    }
    let back = convert(&plain(spec, spec), &planes, PixelFormat::Bgra);
    for (a, b) in back.plane(0).chunks(4).zip(bytes.chunks(4)) {
        assert_eq!(a, [b[2], b[1], b[0], 255]);
    }
}

#[test]
fn black_and_white_are_exact_through_every_curve() {
    let input = ColorSpec::BT1886_709_LIMITED;
    let outputs = [ColorSpec::SRGB_709_LIMITED, ColorSpec::GAMMA22_709_LIMITED, ColorSpec::DISPLAY_P3_LIMITED];
    for output in outputs {
        for (from, black, white) in [(PixelFormat::I422_10LE, 64, 940), (PixelFormat::I420, 16, 235)] {
            for to in [PixelFormat::Y444_10LE, PixelFormat::I420] {
                let grey = black * 8;
                for code in [black, white] {
                    let source = picture(from, (24, 10), |p, _, _| if p == 0 { code } else { grey });
                    let target = convert(&plain(input, output), &source, to);
                    let unit = if to == PixelFormat::I420 { 1 } else { 4 };
                    let expected = if code == black { 16 * unit } else { 235 * unit };
                    assert!(codes(&target, 0).iter().all(|c| *c == expected), "{output:?} {to:?} {code}");
                    assert!(codes(&target, 1).iter().all(|c| *c == 128 * unit), "{output:?} {to:?} {code}");
                }
            }
        }
    }
}

#[test]
fn a_10_bit_ramp_keeps_every_level_in_8_bits_over_4x4_pixels() {
    let spec = ColorSpec::BT1886_709_LIMITED;
    let first = 64;
    let source = picture(
        PixelFormat::Y444_10LE,
        (4 * 877, 4),
        |plane, x, _| {
            if plane == 0 { first + x as u16 / 4 } else { 512 }
        },
    );
    let target = convert(&plain(spec, spec), &source, PixelFormat::Y444);
    let out = codes(&target, 0);
    for level in 0..877 {
        let sum: u32 = (0..16).map(|i| u32::from(out[(i / 4) * 4 * 877 + level * 4 + i % 4])).sum();
        assert_eq!(sum, (u32::from(first) + level as u32) * 4, "level {level}");
    }
}

/// Sums of 4x4 pixels of each plane of an 8-bit picture, one for each such block, row by row.
fn sums_of_blocks(image: &ImageBuf, plane: usize) -> Vec<u32> {
    let (width, height) = (image.as_ref().width(), image.as_ref().height());
    let out = codes(image, plane);
    let sum = |left: usize, top: usize| (0..16).map(|i| u32::from(out[(top + i / 4) * width + left + i % 4])).sum();
    (0..height / 4).flat_map(|y| (0..width / 4).map(move |x| (x * 4, y * 4))).map(|(x, y)| sum(x, y)).collect()
}

#[test]
fn a_10_bit_ramp_of_any_component_keeps_every_level_in_8_bits_in_every_block() {
    let spec = ColorSpec::BT1886_709_LIMITED;
    let level = |x: usize| 64 + x as u16 / 4;
    let source = picture(PixelFormat::Y444_10LE, (4 * 877, 8), |_, x, _| level(x));
    let target = convert(&plain(spec, spec), &source, PixelFormat::Y444);
    for plane in 0..3 {
        for (block, sum) in sums_of_blocks(&target, plane).into_iter().enumerate() {
            assert_eq!(sum, u32::from(level(block % 877 * 4)) * 4, "plane {plane}, block {block}");
        }
    }
}

#[test]
fn a_10_bit_ramp_through_a_curve_is_within_a_sixteenth_of_an_8_bit_code_in_every_block() {
    let input = ColorSpec::BT1886_709_LIMITED;
    let source = picture(PixelFormat::Y444_10LE, (4 * 877, 8), |p, x, _| if p == 0 { 64 + x as u16 / 4 } else { 512 });
    for output in [ColorSpec::SRGB_709_LIMITED, ColorSpec::GAMMA22_709_LIMITED, ColorSpec::DISPLAY_P3_LIMITED] {
        let target = convert(&Transform { input, look: Some(identity_look(33)), output }, &source, PixelFormat::Y444);
        for row in sums_of_blocks(&target, 0).chunks(877) {
            for (level, sum) in row.iter().enumerate() {
                let light = input.transfer.to_linear(level as f64 / 876.0);
                let expected = output.range.luma_code(output.transfer.from_linear(light), 8);
                assert!((f64::from(*sum) / 16.0 - expected).abs() <= 1.0 / 16.0, "{output:?} level {level}");
            }
        }
    }
}

#[test]
fn ramps_never_reverse() {
    for output in [ColorSpec::SRGB_709_LIMITED, ColorSpec::DISPLAY_P3_LIMITED, ColorSpec::GAMMA22_709_LIMITED] {
        let source = picture(PixelFormat::Y444_10LE, (1024, 4), |p, x, _| if p == 0 { x as u16 } else { 512 });
        let target = convert(&plain(ColorSpec::BT1886_709_LIMITED, output), &source, PixelFormat::Y444_10LE);
        let row = &codes(&target, 0)[..1024];
        assert!(row.windows(2).all(|w| w[0] <= w[1]), "{output:?}");
        let chroma = codes(&target, 1);
        assert!(chroma.iter().all(|c| *c == 512), "grey stays grey");
    }
}

#[test]
fn dither_keeps_the_average_and_moves_no_code_by_more_than_one() {
    let transform = plain(ColorSpec::BT1886_709_LIMITED, ColorSpec::SRGB_709_LIMITED);
    for code in (64..=940).step_by(17) {
        let source = picture(PixelFormat::Y444_10LE, (32, 32), |p, _, _| if p == 0 { code } else { 512 });
        let v = Range::Limited.luma_value(f64::from(code), 10);
        let srgb = lut::Transfer::Srgb.from_linear(lut::Transfer::Bt1886.to_linear(v));
        let expected = Range::Limited.luma_code(srgb, 8);
        let target = convert(&transform, &source, PixelFormat::Y444);
        assert!((mean(&target, 0) - expected).abs() < 1.0 / 64.0 + 1.0e-3, "{code}");
        assert!(codes(&target, 0).iter().all(|c| (f64::from(*c) - expected).abs() < 1.0), "{code}");
    }
}

#[test]
fn a_flat_picture_that_8_bits_can_hold_stays_flat() {
    let spec = ColorSpec::BT1886_709_LIMITED;
    for code in (16..=235_u16).step_by(3) {
        let chroma = [512, 400, 720];
        let source = picture(PixelFormat::I422_10LE, (40, 12), |p, _, _| if p == 0 { code * 4 } else { chroma[p] });
        let target = convert(&plain(spec, spec), &source, PixelFormat::I420);
        assert!(codes(&target, 0).iter().all(|c| *c == code));
        assert!((1..3).all(|p| codes(&target, p).iter().all(|c| *c == chroma[p] / 4)));
    }
}
