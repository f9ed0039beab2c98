//! Layouts with everything in one plane hold the same codes as planes of their own.

use lut::pixel::Packing;
use lut::{
    BitDepth, ColorSpec, ImageBuf, ImageRef, Level, Matrix, PixelFormat, Processor, ProcessorError, ResizeError,
    Resizer,
};

use crate::exact::plain;
use crate::levels::noise;
use crate::support::{Random, codes, picture};

/// How a layout is written: which samples follow each other (`-` is alpha), and in what.
enum Written {
    Bytes(&'static str),
    /// The low bits of each word that are not used.
    Words(&'static str, u32),
    /// Fields of ten bits from the low end of a word of four bytes.
    Tens(&'static str),
    TensBigEndian(&'static str),
    V210,
}
use Written::{Bytes, Tens, TensBigEndian, V210, Words};

/// By GStreamer's name; letters are those of its documentation.
const LAYOUTS: [(&str, Written); 25] = [
    ("UYVY", Bytes("UYVy")),
    ("YUY2", Bytes("YUyV")),
    ("YVYU", Bytes("YVyU")),
    ("v210", V210),
    ("v216", Words("UYVy", 0)),
    ("Y210", Words("YUyV", 6)),
    ("Y212_LE", Words("YUyV", 4)),
    ("Y410", Tens("UYV")),
    ("Y412_LE", Words("UYV-", 4)),
    ("AYUV", Bytes("-YUV")),
    ("VUYA", Bytes("VUY-")),
    ("v308", Bytes("YUV")),
    ("AYUV64", Words("-YUV", 0)),
    ("RGB", Bytes("RGB")),
    ("BGR", Bytes("BGR")),
    ("ARGB", Bytes("-RGB")),
    ("xRGB", Bytes("-RGB")),
    ("xBGR", Bytes("-BGR")),
    ("ARGB64", Words("-RGB", 0)),
    ("RGBA64_LE", Words("RGB-", 0)),
    ("BGRA64_LE", Words("BGR-", 0)),
    ("ABGR64_LE", Words("-BGR", 0)),
    ("r210", TensBigEndian("BGR")),
    ("RGB10A2_LE", Tens("RGB")),
    ("BGR10A2_LE", Tens("BGR")),
];

const SIZE: (usize, usize) = (23, 5);

/// Which component a letter stands for; `y` is the second pixel of a pair.
fn component(letter: char) -> Option<usize> {
    match letter {
        'Y' | 'y' | 'R' => Some(0),
        'U' | 'G' => Some(1),
        'V' | 'B' => Some(2),
        _ => None,
    }
}

/// One row; `sample(component, pixel)`.
fn row(written: &Written, sample: impl Fn(usize, usize) -> u16) -> Vec<u8> {
    let letters = |order: &'static str, pixel: usize| {
        let at = move |letter| if letter == 'y' { pixel + 1 } else { pixel };
        order.chars().map(move |letter| component(letter).map(|c| (c, at(letter))))
    };
    let pixels = |order: &str| (0..SIZE.0).step_by(if order.contains('y') { 2 } else { 1 });
    let code = |place: Option<(usize, usize)>| place.map_or(0xa5a5, |(c, x)| sample(c, x));
    let tens = |order| -> Vec<u32> {
        let word = |x| letters(order, x).enumerate().map(|(i, place)| u32::from(code(place)) << (10 * i)).sum::<u32>();
        (0..SIZE.0).map(|x| word(x) | 3 << 30).collect()
    };
    match written {
        Bytes(order) => pixels(order).flat_map(|x| letters(order, x)).map(|place| code(place) as u8).collect(),
        Words(order, low) => {
            let word = |place| ((code(place) << low) | ((1 << low) - 1)).to_le_bytes();
            pixels(order).flat_map(|x| letters(order, x)).flat_map(word).collect()
        }
        Tens(order) => tens(order).into_iter().flat_map(u32::to_le_bytes).collect(),
        TensBigEndian(order) => tens(order).into_iter().flat_map(u32::to_be_bytes).collect(),
        V210 => (0..SIZE.0).step_by(6).flat_map(|x| v210(x, &sample)).collect(),
    }
}

/// Six pixels: the table of the SMPTE-style group, three samples to a word.
fn v210(x: usize, sample: &impl Fn(usize, usize) -> u16) -> Vec<u8> {
    let (y, cb, cr) = (|i| sample(0, x + i), |i| sample(1, x + i), |i| sample(2, x + i));
    let words = [[cb(0), y(0), cr(0)], [y(1), cb(2), y(2)], [cr(2), y(3), cb(4)], [y(4), cr(4), y(5)]];
    words
        .into_iter()
        .flat_map(|[a, b, c]| (u32::from(a) | u32::from(b) << 10 | u32::from(c) << 20).to_le_bytes())
        .collect()
}

/// The format with a plane for each component.
fn planar(format: PixelFormat) -> PixelFormat {
    if format.is_rgb() {
        PixelFormat::Gbr(format.depth())
    } else {
        PixelFormat::Planar(format.chroma(), format.depth())
    }
}

fn spec(format: PixelFormat) -> ColorSpec {
    if format.is_rgb() { ColorSpec::SRGB_RGB_FULL } else { ColorSpec::BT1886_709_LIMITED }
}

#[test]
fn every_packing_holds_the_codes_of_planes() {
    for (name, written) in &LAYOUTS {
        let format = PixelFormat::from_gstreamer(name).unwrap();
        assert!(matches!(format, PixelFormat::Packed(_)), "{name}");
        let random = std::cell::RefCell::new(Random(51));
        let any = || random.borrow_mut().below(format.depth().max_code() as usize + 1) as u16;
        let expected = picture(planar(format), SIZE, |_, _, _| any());
        let planes: [Vec<u16>; 3] = std::array::from_fn(|c| {
            // Planes of RGB are G, B, R.
            codes(&expected, if format.is_rgb() { [2, 0, 1][c] } else { c })
        });
        let across = |c: usize| if c > 0 { format.chroma().plane_size(SIZE.0, 1).0 } else { SIZE.0 };
        let sample = |c: usize, x: usize, y: usize| {
            let x = if across(c) < SIZE.0 { x / 2 } else { x };
            planes[c][y * across(c) + x.min(across(c) - 1)]
        };
        let rows: Vec<Vec<u8>> = (0..SIZE.1).map(|y| row(written, |c, x| sample(c, x, y))).collect();
        assert_eq!(rows[0].len(), format.plane_size(0, SIZE.0, 1).0, "{name}");
        let bytes = rows.concat();
        let source = ImageRef::new(format, SIZE.0, SIZE.1, [(bytes.as_slice(), rows[0].len())]).unwrap();
        let mut found = ImageBuf::new(planar(format), SIZE.0, SIZE.1).unwrap();
        let transform = plain(spec(format), spec(format));
        Processor::new(&transform, format, planar(format)).unwrap().apply(&source, &mut found.as_mut()).unwrap();
        assert!(found == expected, "{name}");
    }
}

#[test]
fn every_packing_gives_the_same_bits_at_every_level() {
    for (name, _) in &LAYOUTS {
        let from = PixelFormat::from_gstreamer(name).unwrap();
        for (to, size) in [(PixelFormat::I420, (1, 1)), (PixelFormat::Y444_10LE, (67, 3)), (PixelFormat::P010, (30, 7))]
        {
            let source = noise(from, size, 52);
            let source = ImageRef::new(from, size.0, size.1, source.iter().map(|(d, s)| (d.as_slice(), *s))).unwrap();
            let run = |level, threads| {
                let mut target = ImageBuf::new(to, size.0, size.1).unwrap();
                let transform = plain(spec(from), ColorSpec::SRGB_709_LIMITED);
                let processor = Processor::with_level(&transform, from, to, level).unwrap();
                processor.apply_parallel(&source, &mut target.as_mut(), threads).unwrap();
                target
            };
            let expected = run(Level::Scalar, 1);
            for level in Level::available() {
                assert!(run(level, 1) == expected && run(level, 2) == expected, "{name} {level:?}");
            }
        }
    }
}

#[test]
fn packings_are_read_not_written() {
    let v210 = PixelFormat::Packed(Packing::V210);
    let spec = ColorSpec::BT1886_709_LIMITED;
    let error = Processor::new(&plain(spec, spec), PixelFormat::I420, v210).unwrap_err();
    assert_eq!(error, ProcessorError::Output { format: v210 });
    let error = Resizer::new(v210, (8, 8), (4, 4)).unwrap_err();
    assert_eq!(error, ResizeError::Layout { format: v210 });
    let rgb = PixelFormat::Packed(Packing::Rgb);
    let error = Processor::new(&plain(spec, spec), rgb, PixelFormat::I420).unwrap_err();
    assert_eq!(error, ProcessorError::Matrix { matrix: Matrix::Bt709, format: rgb });
}

#[test]
fn packed_rows_are_as_long_as_the_pixels_that_share_chroma_need() {
    let bytes = |packing, width| PixelFormat::Packed(packing).plane_size(0, width, 2);
    assert_eq!(bytes(Packing::V210, 7), (32, 2));
    assert_eq!(bytes(Packing::Uyvy, 3), (8, 2));
    assert_eq!(bytes(Packing::Rgb, 3), (9, 2));
    assert_eq!(PixelFormat::Packed(Packing::Y210).depth(), BitDepth::Ten);
}
