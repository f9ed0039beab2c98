//! The reference reel: a test chart with running timecode, flash and beep, painted without any decoder, so that every
//! code value on its way to a viewer is known.

mod chart;
mod colors;
mod picture;

use std::f32::consts::TAU;

pub use chart::Patch;
pub use picture::{Rect, ReelPicture};

use crate::spec::encode::PictureSize;
use crate::spec::time::{FrameRate, Timecode};
use crate::watermark::figures::Figures;
use crate::watermark::text::{Face, TextStyle, Typesetter};
use chart::{CADENCE, FLASH, FRAME, RUNNER_WAY, RUNNER_WIDTH, SURROUND, TEXT, TIMECODE, ZONE, place};
use colors::{LUMA_BLACK, LUMA_WHITE, grey};

/// Frames of one counted second, and samples of sound that last as long: 24 * 1001 / 24000 s * 48 kHz.
const FRAMES_PER_SECOND: u64 = 24;
const SAMPLES_PER_SECOND: u64 = 48_048;
/// 40 ms, with ramps of 2 ms so that it does not click, at -12 dBFS.
const BEEP_SAMPLES: u64 = 1_920;
const BEEP_RAMP_SAMPLES: u64 = 96;
const BEEP_PEAK: f32 = 0.251_188_64;
/// Samples in a period of 1 kHz.
const BEEP_PERIOD: u64 = 48;
/// The zone plate's phase is kept in this many steps a turn; it moves one ring outwards in this many frames.
const PHASE_STEPS: usize = 4_096;
const FRAMES_PER_RING: u64 = 12;
const FRAMES_PER_RUN: u64 = 96;
/// Code of a cadence cell that is not lit.
const DIMMED: u16 = 220;

/// Paints the reference reel at 24000/1001 frames per second.
pub struct Reel {
    chart: ReelPicture,
    timecode: Figures,
    frame: Figures,
    wave: Vec<u16>,
}

impl Reel {
    /// Frames per second of the reel.
    pub const RATE: FrameRate = FrameRate::FPS_23_976;
    /// Samples of sound per second.
    pub const AUDIO_RATE: u32 = 48_000;

    /// Size of a reel of `height` lines: even, held to 180..=2160, 16:9.
    pub fn size_of(height: u32) -> PictureSize {
        let height = (height / 2 * 2).clamp(180, 2_160);
        PictureSize { width: (height * 16 / 9).next_multiple_of(2), height }
    }

    /// A reel of `height` lines, see [`Reel::size_of`].
    pub fn new(height: u32) -> Self {
        let size = Self::size_of(height);
        let height = size.height;
        let mut typesetter = Typesetter::new();
        let mut chart = ReelPicture::new(size);
        chart::paint_static(&mut chart, &mut typesetter);
        chart.holds_chart = true;
        let scale = height as f32 / 1080.0;
        let style = |em: f32| TextStyle { em_px: em * scale, face: Face::Bold, max_width_px: size.width as f32 };
        let timecode = Figures::new(&mut typesetter, "0123456789:", style(chart::TIMECODE_EM));
        let frame = Figures::new(&mut typesetter, "0123456789", style(chart::FRAME_EM));
        let swing = f32::from(LUMA_WHITE - LUMA_BLACK) / 2.0;
        let level = |i: usize| f32::from(LUMA_BLACK) + swing * (1.0 + (i as f32 / PHASE_STEPS as f32 * TAU).cos());
        Self { chart, timecode, frame, wave: (0..PHASE_STEPS).map(|i| level(i).round() as u16).collect() }
    }

    /// Size of the reel's pictures.
    pub fn size(&self) -> PictureSize {
        self.chart.size()
    }

    /// A picture of the right size to paint on. Painting on it again costs a fraction of the first time.
    pub fn picture(&self) -> ReelPicture {
        self.chart.clone()
    }

    /// Timecode label of a frame, from 01:00:00:00; wraps at midnight.
    pub fn timecode(frame_number: u64) -> Timecode {
        Timecode::from_frames(3_600 * FRAMES_PER_SECOND, Self::RATE).plus(frame_number % (86_400 * FRAMES_PER_SECOND))
    }

    /// Whether the flash is white in a frame: in the first of each counted second.
    pub fn flashes(frame_number: u64) -> bool {
        frame_number.is_multiple_of(FRAMES_PER_SECOND)
    }

    /// Where the flash is in a picture of `size`: white (940) or black (64), edge to edge.
    pub fn flash_rect(size: PictureSize) -> Rect {
        place(FLASH, size)
    }

    /// Flat areas with their codes in a picture of `size`: the ColorChecker's 24 first, then skin tones, greys and bars.
    pub fn patches(size: PictureSize) -> Vec<Patch> {
        chart::patches(size)
    }

    /// Paints frame `frame_number`, counted from 0.
    pub fn paint(&self, frame_number: u64, out: &mut ReelPicture) {
        if !out.holds_chart || out.size() != self.size() {
            out.clone_from(&self.chart);
        }
        let size = self.size();
        let flash = if Self::flashes(frame_number) { LUMA_WHITE } else { LUMA_BLACK };
        out.fill(place(FLASH, size), grey(flash));
        self.paint_zone_plate(frame_number, out);
        Self::paint_cadence(frame_number, out);
        Self::paint_runner(frame_number, out);
        let timecode = Self::timecode(frame_number).to_string();
        let number = format!("{frame_number:07}");
        paint_figures(out, &self.timecode, TIMECODE, chart::TIMECODE_BASELINE, &timecode, LUMA_WHITE);
        paint_figures(out, &self.frame, FRAME, chart::FRAME_BASELINE, &number, TEXT);
    }

    /// Rings that widen from the centre, finest (close to one sample) at the edge.
    fn paint_zone_plate(&self, frame_number: u64, out: &mut ReelPicture) {
        let rect = place(ZONE, out.size());
        let radius = (rect.width.min(rect.height) / 2).max(1) as i64;
        // Phase a r^2 with 2 a r = 0.9 pi a sample at the edge, in steps of 2 pi / PHASE_STEPS, 16 fractional bits.
        let factor = (PHASE_STEPS as i64 * 65_536 * 9 / 40) / radius;
        let shift = (frame_number % FRAMES_PER_RING) as usize * PHASE_STEPS / FRAMES_PER_RING as usize;
        let (center_x, center_y) = (rect.width as i64 / 2, rect.height as i64 / 2);
        for row in 0..rect.height {
            let dy = row as i64 - center_y;
            for (column, sample) in out.luma_row(rect, row).iter_mut().enumerate() {
                let dx = column as i64 - center_x;
                let phase = ((dx * dx + dy * dy) * factor) >> 16;
                let step = (phase as usize).wrapping_sub(shift) % PHASE_STEPS;
                *sample = self.wave[step].to_le_bytes();
            }
        }
    }

    /// One cell for each frame of the second; the running frame's is lit. Shows dropped and doubled frames to the eye.
    fn paint_cadence(frame_number: u64, out: &mut ReelPicture) {
        let running = frame_number % FRAMES_PER_SECOND;
        for cell in 0..FRAMES_PER_SECOND {
            let width = CADENCE.width / FRAMES_PER_SECOND as usize;
            let rect = Rect { x: CADENCE.x + cell as usize * width, width: width - 6, ..CADENCE };
            let code = if cell == running { LUMA_WHITE } else { DIMMED };
            let rect = place(rect, out.size());
            out.fill(rect, grey(code));
        }
    }

    /// A checkered block that runs evenly from left to right in four counted seconds: uneven motion shows.
    fn paint_runner(frame_number: u64, out: &mut ReelPicture) {
        let size = out.size();
        let way = place(RUNNER_WAY, size);
        let width = place(Rect { width: RUNNER_WIDTH, ..RUNNER_WAY }, size).width;
        let step = (frame_number % FRAMES_PER_RUN) as usize;
        let x = way.x + (way.width - width) * step / FRAMES_PER_RUN as usize;
        out.fill(way, grey(SURROUND));
        let square = (way.height / 4).max(1);
        out.draw(Rect { x, width, ..way }, |x, y| {
            let light = (x / square + y / square).is_multiple_of(2);
            grey(if light { LUMA_WHITE } else { LUMA_BLACK })
        });
    }

    /// Fills `out` (48 kHz, interleaved stereo, -1..=1) from sample frame `sample_offset` of the reel on: 40 ms of 1 kHz
    /// from the start of every frame that flashes. Exact: 24 frames of 1001/24000 s are 48048 samples.
    pub fn beep(sample_offset: u64, out: &mut [f32]) {
        for (index, frame) in out.as_chunks_mut::<2>().0.iter_mut().enumerate() {
            *frame = [beep_sample((sample_offset + index as u64) % SAMPLES_PER_SECOND); 2];
        }
    }
}

fn beep_sample(since_flash: u64) -> f32 {
    if since_flash >= BEEP_SAMPLES {
        return 0.0;
    }
    let from_end = (BEEP_SAMPLES - since_flash).min(since_flash);
    let ramp = (from_end as f32 / BEEP_RAMP_SAMPLES as f32).min(1.0);
    let phase = (since_flash % BEEP_PERIOD) as f32 / BEEP_PERIOD as f32;
    BEEP_PEAK * ramp * (phase * TAU).sin()
}

/// Sets figures in an area that is cleared first; area and baseline are given for 1920x1080.
fn paint_figures(out: &mut ReelPicture, figures: &Figures, area: Rect, baseline: usize, text: &str, code: u16) {
    let on_baseline = place(Rect { y: baseline, height: 0, ..area }, out.size());
    out.fill(place(area, out.size()), grey(SURROUND));
    for (x, glyph) in figures.set(text) {
        out.text(glyph, on_baseline.x as i32 + x, on_baseline.y as i32, code);
    }
}
