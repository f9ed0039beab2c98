//! OpenColorIO configurations: any bytes give a configuration or an error, never a panic, and what it lists is answered.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lut::bake::Config;

fuzz_target!(|bytes: &[u8]| {
    let Ok(config) = Config::read(bytes, &|_| None) else { return };
    let Some(source) = config.color_spaces().into_iter().next() else { return };
    for display in config.displays().iter().take(2) {
        for view in config.views(display).iter().take(2) {
            if let Ok(view) = config.display_view(&source, display, view) {
                std::hint::black_box(view.apply([0.18, 0.5, 1.0]));
            }
        }
    }
});
