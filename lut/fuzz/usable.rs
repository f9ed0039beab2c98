//! What every accepted look must stand: see the targets. From lut/, with cargo-fuzz installed:
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run clf fuzz/corpus/clf tests/data/formats -- -max_len=65536`.

use lut::formats::{Lut, clf, cube};
use lut::ops::lut1d::Inputs;
use lut::{ColorSpec, ImageBuf, Op, PixelFormat, Processor, Transform};

/// Gives numbers, can be written and read again, and goes through the picture pass.
pub fn usable(look: Lut) {
    for level in [-1.0, 0.0, 0.18, 1.0, 100.0] {
        std::hint::black_box(look.apply([level, 0.5, 1.0 - level]));
    }
    if entries(&look) < 2000 {
        match clf::write(&look) {
            Ok(written) => drop(clf::read(written.as_bytes()).expect("what was written can be read")),
            Err(error) => assert!(look.ops.iter().any(listed), "{error}"),
        }
        if let Ok(written) = cube::write(&look) {
            assert_eq!(cube::read(written.as_bytes()).expect("what was written can be read").ops, look.ops);
        }
    }
    // Without a display's curve, which is the same for every look and takes longer than all the rest.
    let color = ColorSpec::BT1886_709_LIMITED;
    let transform = Transform { input: color, look: Some(look), output: color };
    let processor = Processor::new(&transform, PixelFormat::I420, PixelFormat::Y444_10LE).unwrap();
    let source = ImageBuf::new(PixelFormat::I420, 16, 2).unwrap();
    let mut target = ImageBuf::new(PixelFormat::Y444_10LE, 16, 2).unwrap();
    processor.apply(&source.as_ref(), &mut target.as_mut()).unwrap();
}

/// What an inverse table is, and no file can hold.
fn listed(op: &Op) -> bool {
    matches!(op, Op::Lut1d(lut) if matches!(lut.inputs(), Inputs::Listed(_)))
}

/// Large tables are written slowly, and no differently.
fn entries(look: &Lut) -> usize {
    let of = |op: &Op| match op {
        Op::Lut1d(lut) => lut.values().len(),
        Op::Lut3d(lut) => lut.values().len(),
        _ => 1,
    };
    look.ops.iter().map(of).sum()
}
