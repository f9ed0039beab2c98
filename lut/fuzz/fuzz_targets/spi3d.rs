//! `.spi3d`: any bytes give a look or an error, never a panic, and an accepted look is usable.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lut::formats::spi;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(look) = spi::read_3d(bytes) {
        lut_fuzz::usable(look);
    }
});
