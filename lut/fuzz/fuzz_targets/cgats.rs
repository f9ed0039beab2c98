//! `.ti3`: any bytes give measurements or an error, never a panic, and measurements can be judged.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lut::color::{Panel, PanelTarget};
use lut::formats::cgats;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(measured) = cgats::read(bytes) {
        for target in [PanelTarget::Srgb, PanelTarget::Bt1886, PanelTarget::DisplayP3] {
            let _ = Panel::judge(&measured, target);
        }
    }
});
