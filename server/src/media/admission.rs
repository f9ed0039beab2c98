//! Who is let in with what: every viewer costs encoding time that was measured at start, and nobody is admitted whose
//! picture the machine cannot sustain. Quality falls by size first, by chroma and depth last, and always said out loud.

use std::collections::{BTreeMap, BTreeSet};

use pipelines::spec::encode::{PictureSize, RenditionSpec, VideoFormat};
use pipelines::spec::time::FrameRate;
use uuid::Uuid;

/// Share of all cores that media may use; the rest decodes sources, encrypts and answers requests.
const BUDGET: f64 = 0.85;
/// Heights a picture is reduced to.
const HEIGHTS: [u32; 4] = [1_080, 720, 540, 360];
/// Below this many lines, 4:2:0 at more lines is the better picture.
const LEAST_444_HEIGHT: u32 = 540;
/// Bits for one pixel of one frame at 720 lines; larger pictures have less detail in a pixel, smaller ones more. By this
/// flat areas of the reference reel are exact after some seconds (docs/measurements.md).
const BITS_PER_PIXEL: f64 = 0.50;
/// The height that [`BITS_PER_PIXEL`] is for.
const BITS_PER_PIXEL_HEIGHT: f64 = 720.0;
/// Bounds of a target bitrate.
const BITRATE_BPS: (f64, f64) = (2e6, 40e6);
/// An upper end for the estimate of how many viewers fit.
const MOST_VIEWERS: u32 = 999;

/// What the machine was measured to take, in nanoseconds of one core.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// Cores that run at once.
    pub cores: f64,
    /// Marking and encoding a pixel at 10-bit 4:4:4.
    pub encode_444_ns: f64,
    /// Marking and encoding a pixel at 8-bit 4:2:0.
    pub encode_420_ns: f64,
    /// Bringing a pixel into a target colour, paid once for all viewers who share format and size.
    pub color_ns: f64,
}

/// The picture a viewer asks to see.
#[derive(Clone, Debug)]
pub struct Wish<'a> {
    /// Which review.
    pub review: Uuid,
    /// Size of its source.
    pub source: PictureSize,
    /// Its frame rate.
    pub rate: FrameRate,
    /// Formats the browser takes, best first.
    pub formats: &'a [VideoFormat],
}

#[derive(Clone, Copy, Debug)]
struct Seat {
    review: Uuid,
    rendition: RenditionSpec,
    rate: FrameRate,
}

/// Everybody who is being served, and what that costs.
#[derive(Clone, Debug)]
pub struct Admission {
    costs: Costs,
    planned_viewers: u32,
    seats: BTreeMap<Uuid, Seat>,
}

impl Admission {
    /// Nobody is served yet. The machine is shared out for `planned_viewers`.
    pub fn new(costs: Costs, planned_viewers: u32) -> Self {
        Self { costs, planned_viewers: planned_viewers.max(1), seats: BTreeMap::new() }
    }

    /// Seats a viewing with the best picture that fits its share, else with the best that fits at all.
    ///
    /// Returns `None` when the machine is full.
    pub fn seat(&mut self, viewing: Uuid, wish: &Wish<'_>) -> Option<RenditionSpec> {
        let share = self.budget() / f64::from(self.planned_viewers);
        let ladder = ladder(wish);
        let fits = |rendition: &&RenditionSpec| self.load_with(wish, rendition) <= self.budget();
        let within_share = |rendition: &&RenditionSpec| self.marginal(wish, rendition) <= share;
        let rendition =
            ladder.iter().filter(fits).find(within_share).or_else(|| ladder.iter().rev().find(fits)).copied()?;
        self.seats.insert(viewing, Seat { review: wish.review, rendition, rate: wish.rate });
        Some(rendition)
    }

    /// Seats a viewing anew, as when its source has another size; it keeps its old seat when that does not fit.
    pub fn reseat(&mut self, viewing: Uuid, wish: &Wish<'_>) -> Option<RenditionSpec> {
        let before = self.seats.remove(&viewing)?;
        let seated = self.seat(viewing, wish);
        if seated.is_none() {
            self.seats.insert(viewing, before);
        }
        seated
    }

    /// Frees the seat of a viewing.
    pub fn free(&mut self, viewing: Uuid) {
        self.seats.remove(&viewing);
    }

    /// Viewers served now, and how many of `wish` there could be in all.
    pub fn occupancy(&self, wish: &Wish<'_>) -> (u32, u32) {
        let now = u32::try_from(self.seats.len()).unwrap_or(MOST_VIEWERS);
        let mut full = self.clone();
        let more = (now..MOST_VIEWERS).take_while(|_| full.seat(Uuid::now_v7(), wish).is_some()).count();
        (now, now + u32::try_from(more).unwrap_or(0))
    }

    fn budget(&self) -> f64 {
        self.costs.cores * BUDGET
    }

    /// Cores that a viewer's own encode takes.
    fn encode_load(&self, rendition: &RenditionSpec, rate: FrameRate) -> f64 {
        let ns = match rendition.format {
            VideoFormat::H264High444Bits10 => self.costs.encode_444_ns,
            VideoFormat::H264Bits8 => self.costs.encode_420_ns,
        };
        ns * pixels(rendition.size) * rate.as_f64() / 1e9
    }

    /// What a viewer adds: the encode, and its part of a colour stage that may be shared.
    fn marginal(&self, wish: &Wish<'_>, rendition: &RenditionSpec) -> f64 {
        let color = self.costs.color_ns * pixels(rendition.size) * wish.rate.as_f64() / 1e9;
        self.encode_load(rendition, wish.rate) + color / f64::from(self.planned_viewers)
    }

    fn load_with(&self, wish: &Wish<'_>, rendition: &RenditionSpec) -> f64 {
        let candidate = Seat { review: wish.review, rendition: *rendition, rate: wish.rate };
        let seats = || self.seats.values().chain(std::iter::once(&candidate));
        let encode: f64 = seats().map(|seat| self.encode_load(&seat.rendition, seat.rate)).sum();
        let variants: BTreeSet<_> = seats()
            .map(|seat| {
                (
                    seat.review,
                    seat.rendition.format,
                    seat.rendition.size.width,
                    seat.rendition.size.height,
                    seat.rate.num,
                    seat.rate.den,
                )
            })
            .collect();
        let color: f64 = variants
            .iter()
            .map(|(_, _, width, height, num, den)| {
                let size = PictureSize { width: *width, height: *height };
                self.costs.color_ns * pixels(size) * FrameRate::new(*num, *den).as_f64() / 1e9
            })
            .sum();
        encode + color
    }
}

fn pixels(size: PictureSize) -> f64 {
    f64::from(size.width) * f64::from(size.height)
}

/// Renditions worth offering, best first: all sizes of the reference format, then of 8-bit 4:2:0, then what is small.
fn ladder(wish: &Wish<'_>) -> Vec<RenditionSpec> {
    let sizes: Vec<PictureSize> = std::iter::once(even(wish.source))
        .chain(
            HEIGHTS
                .into_iter()
                .filter(|height| *height < wish.source.height)
                .map(|height| reduced(wish.source, height)),
        )
        .collect();
    let with_sizes = |format: VideoFormat, small: bool| {
        sizes
            .iter()
            .enumerate()
            .filter(move |(index, size)| (*index > 0 && size.height < LEAST_444_HEIGHT) == small)
            .map(move |(_, size)| rendition(format, *size, wish.rate))
    };
    let large = wish.formats.iter().flat_map(|format| with_sizes(*format, false));
    let small = wish.formats.iter().flat_map(|format| with_sizes(*format, true));
    large.chain(small).collect()
}

fn rendition(format: VideoFormat, size: PictureSize, rate: FrameRate) -> RenditionSpec {
    let detail = (BITS_PER_PIXEL_HEIGHT / f64::from(size.height.max(1))).sqrt();
    let bps = (pixels(size) * rate.as_f64() * BITS_PER_PIXEL * detail).clamp(BITRATE_BPS.0, BITRATE_BPS.1);
    // In range by the clamp.
    RenditionSpec { format, size, bitrate_bps: bps as u32 }
}

fn even(size: PictureSize) -> PictureSize {
    PictureSize { width: (size.width & !1).max(2), height: (size.height & !1).max(2) }
}

fn reduced(source: PictureSize, height: u32) -> PictureSize {
    let width = u64::from(source.width) * u64::from(height) / u64::from(source.height.max(1));
    even(PictureSize { width: u32::try_from(width).unwrap_or(source.width), height })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As measured on a two-core machine: 50 ms and 18 ms for a 1080p frame, 8 ms in the colour stage.
    const TWO_CORES: Costs = Costs { cores: 2.0, encode_444_ns: 24.0, encode_420_ns: 9.0, color_ns: 4.0 };
    const HD: PictureSize = PictureSize { width: 1_920, height: 1_080 };

    fn wish(formats: &[VideoFormat]) -> Wish<'_> {
        Wish { review: Uuid::nil(), source: HD, rate: FrameRate::FPS_23_976, formats }
    }

    #[test]
    fn a_big_machine_serves_the_reference_at_full_size() {
        let mut admission = Admission::new(Costs { cores: 32.0, ..TWO_CORES }, 3);
        let rendition = admission.seat(Uuid::now_v7(), &wish(&VideoFormat::ALL));
        assert_eq!(rendition.map(|r| (r.format, r.size)), Some((VideoFormat::H264High444Bits10, HD)));
    }

    #[test]
    fn a_small_machine_reduces_size_and_keeps_depth_and_chroma() {
        let mut admission = Admission::new(TWO_CORES, 3);
        let rendition = admission.seat(Uuid::now_v7(), &wish(&VideoFormat::ALL));
        let expected = PictureSize { width: 1_280, height: 720 };
        assert_eq!(rendition.map(|r| (r.format, r.size)), Some((VideoFormat::H264High444Bits10, expected)));
    }

    #[test]
    fn three_planned_viewers_get_the_same_picture() {
        let mut admission = Admission::new(TWO_CORES, 3);
        let formats = VideoFormat::ALL;
        let seats: Vec<_> = (0..3).map(|_| admission.seat(Uuid::now_v7(), &wish(&formats))).collect();
        assert!(seats.iter().all(|seat| seat.is_some() && *seat == seats[0]), "{seats:?}");
    }

    #[test]
    fn one_viewer_too_many_is_refused_and_a_freed_seat_is_given_again() {
        let mut admission = Admission::new(TWO_CORES, 1);
        let formats = VideoFormat::ALL;
        let seated: Vec<Uuid> = std::iter::repeat_with(Uuid::now_v7)
            .take_while(|id| admission.seat(*id, &wish(&formats)).is_some())
            .collect();
        assert!(!seated.is_empty());
        assert!(admission.load_with(&wish(&formats), &ladder(&wish(&formats))[0]) > admission.budget());
        admission.free(seated[0]);
        assert!(admission.seat(Uuid::now_v7(), &wish(&formats)).is_some());
    }

    #[test]
    fn occupancy_counts_the_seats_that_are_left() {
        let formats = VideoFormat::ALL;
        let mut admission = Admission::new(TWO_CORES, 3);
        let (now, possible) = admission.occupancy(&wish(&formats));
        assert_eq!(now, 0);
        for _ in 0..possible {
            assert!(admission.seat(Uuid::now_v7(), &wish(&formats)).is_some());
        }
        assert!(admission.seat(Uuid::now_v7(), &wish(&formats)).is_none());
    }

    #[test]
    fn sizes_are_even_and_never_larger_than_the_source() {
        let odd = PictureSize { width: 1_919, height: 817 };
        for rendition in ladder(&Wish { source: odd, ..wish(&VideoFormat::ALL) }) {
            assert_eq!((rendition.size.width % 2, rendition.size.height % 2), (0, 0));
            assert!(rendition.size.height <= 817);
        }
    }
}
