//! Which transforms the fixed-point pass can do, and the tables it reads.

use std::iter;

use super::lanes::Entry;
use crate::color::Vec3;
use crate::ops::lut1d::Inputs;
use crate::ops::lut3d::Domain;
use crate::ops::matrix::{Affine, Affine32};
use crate::{BitDepth, ChromaSampling, ColorSpec, Interpolation, Lut1d, Lut3d, Op, PixelFormat, Transfer, Transform};

/// One cell of the cube in the fixed-point position.
const CELL: f64 = 32_768.0;
/// Steps of a vertex' number, -32768..=32767.
const VERTEX_STEPS: f64 = 65_535.0;
/// A cube whose values span more than this would have steps too coarse for 10 bits.
const WIDEST_SPAN: f32 = 1.5;
/// Root mean square of the difference between neighbouring vertices, over the three axes together. Fractions have 15
/// bits, so what they are off by is this times 2^-15 / sqrt(12): the largest that keeps 99.5 % of 10-bit codes.
const ROUGHEST: f64 = 0.5;
/// Domains further out than this, or narrower than a quarter, leave too few bits of `f32` to the fraction.
const WIDEST_DOMAIN: f32 = 4.0;

/// A transform with a cube in it, ready for [`super::kernel`].
#[derive(Debug)]
pub(super) struct Fixed {
    /// Whether chroma comes at half the width, times two.
    pub half_input: bool,
    /// Whether chroma leaves at half the width.
    pub half_output: bool,
    /// Codes as loaded to positions in the shaper or the cube.
    pub decode: Affine32,
    /// Whether `decode` has the zeros of a Y'CbCr matrix.
    sparse: bool,
    pub shaper: Option<Shaper>,
    pub cube: Cube,
    /// From what the cube gives to what the output shows.
    pub display: Vec<Display>,
    /// To codes.
    pub encode: Affine32,
    /// Cb and Cr of four times a colour, and of eight times one.
    pub chroma_of_row: [[f32; 4]; 2],
    pub chroma_of_pair: [[f32; 4]; 2],
    /// The largest code of the output.
    pub max: f32,
}

/// A step after the cube.
#[derive(Debug)]
pub(super) enum Display {
    Matrix(Affine32),
    /// To 0..1.
    Clip,
    /// Clips its input to 0..1.
    Curve(Curve),
}

impl Fixed {
    /// The tables for `transform`, or nothing when the pass in `f32` must do it: no cube, or another step than a shaper
    /// before it, a trilinear cube, a shaper that is not evenly spaced, a packed input, more than 12 bits in or 10 out, or
    /// a domain or values that 16 bits do not hold finely enough.
    pub(super) fn new(transform: &Transform, input: PixelFormat, output: PixelFormat) -> Option<Self> {
        let packed = matches!(input, PixelFormat::Packed(_));
        if packed || input.depth() > BitDepth::Twelve || output.depth() > BitDepth::Ten {
            return None;
        }
        let (shaper, cube) = match transform.look.as_ref()?.ops.as_slice() {
            [Op::Lut3d(cube)] => (None, cube),
            [Op::Lut1d(shaper), Op::Lut3d(cube)] => (Some(shaper), cube),
            _ => return None,
        };
        let even = shaper.is_none_or(|shaper| matches!(shaper.inputs(), Inputs::Even(_)));
        if !even || cube.interpolation() != Interpolation::Tetrahedral {
            return None;
        }
        let (from, to) = (transform.input, transform.output);
        let (table, to_value) = Cube::new(cube, shaper.is_none())?;
        let to_rgb = as_loaded(input).then(&values(from, input)).then(&Affine::linear(from.matrix.ycbcr_to_rgb()));
        let from_rgb = Affine::linear(to.matrix.rgb_to_ycbcr()).then(&codes(to, output));
        let (shaper, to_position) = match shaper {
            Some(lut) => Shaper::new(lut, cube)?,
            None => (None, cube_position(cube)),
        };
        let within_unit = cube.values().iter().flatten().all(|v| (0.0..=1.0).contains(v));
        let display = display(from, to, within_unit, &to_value);
        let encode = if display.is_empty() { to_value.then(&from_rgb) } else { from_rgb };
        Some(Self {
            half_input: input.chroma() != ChromaSampling::Cs444,
            half_output: output.chroma() != ChromaSampling::Cs444,
            decode: to_rgb.then(&to_position).to_f32(),
            sparse: from.matrix.kr_kb().is_some(),
            shaper,
            cube: table,
            display,
            encode: encode.to_f32(),
            chroma_of_row: chroma(&encode, 0.25),
            chroma_of_pair: chroma(&encode, 0.125),
            max: output.depth().max_code() as f32,
        })
    }

    /// Whether all there is to do is a cube between two matrices of Y'CbCr.
    pub(super) fn only_cube(&self) -> bool {
        self.sparse && self.shaper.is_none() && self.display.is_empty()
    }
}

/// Rows 1 and 2 of `encode` for a colour that comes multiplied by 1 / `scale`.
fn chroma(encode: &Affine, scale: f64) -> [[f32; 4]; 2] {
    let [_, cb, cr] = Affine::diagonal([scale; 3], [0.0; 3]).then(encode).to_f32();
    [cb, cr]
}

/// From codes as [`super::strip`] leaves them: chroma comes summed over two samples across and over weights of four down.
fn as_loaded(format: PixelFormat) -> Affine {
    let weight = match format.chroma() {
        ChromaSampling::Cs444 => 1.0,
        ChromaSampling::Cs422 => 2.0,
        ChromaSampling::Cs420 => 8.0,
    };
    Affine::diagonal([1.0, 1.0 / weight, 1.0 / weight], [0.0; 3])
}

/// Y' 0..1 and Cb, Cr -0.5..0.5, or R'G'B' 0..1, to codes.
fn codes(spec: ColorSpec, format: PixelFormat) -> Affine {
    let q = spec.range.quantization(format.depth().bits());
    if format.is_rgb() {
        return Affine::diagonal([q.luma_scale; 3], [q.luma_offset; 3]);
    }
    let (luma, chroma) = ((q.luma_scale, q.luma_offset), (q.chroma_scale, q.chroma_offset));
    Affine::diagonal([luma.0, chroma.0, chroma.0], [luma.1, chroma.1, chroma.1])
}

/// The inverse of [`codes`].
fn values(spec: ColorSpec, format: PixelFormat) -> Affine {
    let Affine { m, offset } = codes(spec, format);
    let scale = [m[0][0], m[1][1], m[2][2]].map(f64::recip);
    Affine::diagonal(scale, std::array::from_fn(|i| -offset[i] * scale[i]))
}

/// The steps after the cube, whose results `to_value` makes R'G'B'; none when that can be part of the last matrix.
fn display(from: ColorSpec, to: ColorSpec, within_unit: bool, to_value: &Affine) -> Vec<Display> {
    let mut steps = vec![Display::Matrix(to_value.to_f32())];
    if from.same_rgb(to) {
        if within_unit {
            return Vec::new();
        }
        steps.push(Display::Clip);
    } else if from.primaries == to.primaries {
        steps.push(Display::Curve(Curve::new(|v| to.transfer.from_linear(from.transfer.to_linear(v)))));
    } else {
        let eotf = |transfer: Transfer| Curve::new(move |v| transfer.to_linear(v));
        steps.push(Display::Curve(eotf(from.transfer)));
        steps.push(Display::Matrix(Affine::linear(from.primaries.to(to.primaries)).to_f32()));
        steps.push(Display::Curve(Curve::new(|v| to.transfer.from_linear(v))));
    }
    steps
}

/// Vertices in 16 bits, and which positions exist.
#[derive(Debug)]
pub(super) struct Cube {
    /// Within these is the part of the domain that lies in 0..1 where the cube is given R'G'B', all of it after a
    /// shaper; from 0 to just below the last vertex.
    pub low: Vec3f,
    pub high: Vec3f,
    /// Vertices from one red, green, blue to the next.
    pub strides: [i32; 3],
    /// The same in words.
    pub steps: [i32; 3],
    /// Words from the near corner of a cell to the far one.
    pub diagonal: i32,
    words: Vec<u16>,
}

type Vec3f = [f32; 3];

impl Cube {
    /// The table, and what makes R'G'B' of its results. `clips` when input is also clipped to 0..1.
    fn new(lut: &Lut3d, clips: bool) -> Option<(Self, Affine)> {
        let all = || lut.values().iter().flatten().copied();
        let (min, max) = all().fold((0.0_f32, 1.0_f32), |(low, high), v| (low.min(v), high.max(v)));
        let span = max - min;
        if span > WIDEST_SPAN || !fits(lut.domain()) || roughness(lut) > ROUGHEST {
            return None;
        }
        let step = f64::from(span) / VERTEX_STEPS;
        let number = |v: &f32| (((f64::from(*v) - f64::from(min)) / step).round() - 32_768.0) as i16 as u16;
        let words = iter::once(0).chain(lut.values().as_flattened().iter().map(number)).chain([0]);
        let size = lut.size() as i32;
        let cube = Self {
            low: edges(lut.domain(), lut.size(), clips, 0.0),
            high: edges(lut.domain(), lut.size(), clips, 1.0),
            strides: [1, size, size * size],
            steps: [3, 3 * size, 3 * size * size],
            diagonal: 3 * (1 + size + size * size),
            words: words.collect(),
        };
        // The kernel gives -32768 * number.
        let offset = f64::from(min) + step * 32_768.0;
        Some((cube, Affine::diagonal([-step / CELL; 3], [offset; 3])))
    }

    #[inline(always)]
    pub(super) fn words(&self) -> &[u16] {
        &self.words
    }
}

/// See [`ROUGHEST`]; of the roughest channel.
fn roughness(lut: &Lut3d) -> f64 {
    let (size, values) = (lut.size(), lut.values());
    let mut sums = [0.0_f64; 3];
    for stride in [1, size, size * size] {
        for (i, next) in values.iter().enumerate().skip(stride).filter(|(i, _)| i / stride % size > 0) {
            for (sum, (a, b)) in sums.iter_mut().zip(values[i - stride].iter().zip(next)) {
                *sum += f64::from(b - a).powi(2);
            }
        }
    }
    let pairs = (size - 1) * size * size;
    sums.into_iter().fold(0.0, f64::max).sqrt() / (pairs as f64).sqrt()
}

fn fits(domain: Domain) -> bool {
    domain
        .min
        .into_iter()
        .zip(domain.max)
        .all(|(min, max)| min >= -WIDEST_DOMAIN && max <= WIDEST_DOMAIN && max - min >= 1.0 / WIDEST_DOMAIN)
}

/// Input to fixed-point position.
fn cube_position(lut: &Lut3d) -> Affine {
    positions(lut.domain(), (lut.size() - 1) as f64 * CELL)
}

/// Input to 0..=`last` over `domain`.
fn positions(domain: Domain, last: f64) -> Affine {
    let scale: Vec3 = std::array::from_fn(|c| last / (f64::from(domain.max[c]) - f64::from(domain.min[c])));
    Affine::diagonal(scale, std::array::from_fn(|c| -f64::from(domain.min[c]) * scale[c]))
}

/// Where input 0 or 1 (`unit`), or without clipping the domain's own end, lies in the cube; the top of the last cell is
/// one step below its end, so that every cell has eight corners.
fn edges(domain: Domain, size: usize, clips: bool, unit: f64) -> Vec3f {
    let last = (size - 1) as f64 * CELL;
    let to_position = positions(domain, last);
    let at = to_position.apply([unit; 3]);
    at.map(|at| if clips { at } else { unit * last }.clamp(0.0, last - 1.0) as f32)
}

/// A 1D LUT before the cube, from its own positions to the cube's.
#[derive(Debug)]
pub(super) struct Shaper {
    pub low: Vec3f,
    pub high: Vec3f,
    /// Where each channel's entries begin.
    pub first: [i32; 3],
    entries: Vec<Entry>,
}

impl Shaper {
    /// The table, and R'G'B' to its positions.
    fn new(lut: &Lut1d, cube: &Lut3d) -> Option<(Option<Self>, Affine)> {
        if !fits(lut.domain()) {
            return None;
        }
        let last = lut.size() - 1;
        let next = cube_position(cube);
        let mut entries = Vec::with_capacity(3 * lut.size());
        for c in 0..3 {
            let value = |i: usize| (f64::from(lut.values()[i][c]) * next.m[c][c] + next.offset[c]) as f32;
            entries.extend((0..=last).map(|i| pair(value(i), value((i + 1).min(last)))));
        }
        let to_position = positions(lut.domain(), last as f64);
        let edge = |unit: f64| to_position.apply([unit; 3]).map(|at| at.clamp(0.0, last as f64) as f32);
        let size = lut.size() as i32;
        let shaper = Self { low: edge(0.0), high: edge(1.0), first: [0, size, 2 * size], entries };
        Some((Some(shaper), to_position))
    }

    #[inline(always)]
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

fn pair(a: f32, b: f32) -> Entry {
    Entry([a.to_bits(), b.to_bits()])
}

/// A curve over 0..1 as pairs of neighbours, spaced as floating point is: see [`crate::ops::transfer`].
#[derive(Debug)]
pub(super) struct Curve {
    entries: Vec<Entry>,
}

impl Curve {
    /// Below one 16-bit code.
    pub const BIAS: f32 = 1.0 / (1 << 20) as f32;
    pub const FIRST: u32 = Self::BIAS.to_bits();
    /// 2^8 entries an octave.
    pub const FRACTION_BITS: u32 = 23 - 8;
    pub const FRACTION_MASK: u32 = (1 << Self::FRACTION_BITS) - 1;
    pub const FRACTION_SCALE: f32 = 1.0 / (1 << Self::FRACTION_BITS) as f32;
    /// Twenty octaves and the first step of the next.
    const LEN: usize = 20 * 256 + 1;

    fn new(f: impl Fn(f64) -> f64) -> Self {
        let value = |i: usize| {
            let position = f32::from_bits(Self::FIRST + ((i as u32) << Self::FRACTION_BITS));
            f(f64::from(position) - f64::from(Self::BIAS)) as f32
        };
        Self { entries: (0..Self::LEN).map(|i| pair(value(i), value(i + 1))).collect() }
    }

    #[inline(always)]
    pub(super) fn entries(&self) -> &[Entry] {
        &self.entries
    }
}
