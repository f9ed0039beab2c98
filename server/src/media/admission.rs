//! Who is let in with what: every viewer costs encoding time that was measured at start, and nobody is admitted whose
//! picture the machine cannot sustain. Quality falls by size first, by chroma and depth last, and always said out loud.

use std::collections::{BTreeMap, BTreeSet};

use pipelines::spec::color::TargetColor;
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
#[derive(Clone, Debug, PartialEq)]
pub struct Costs {
    /// Cores that run at once.
    pub cores: f64,
    /// Marking and encoding a pixel, for every format.
    pub encode_ns: BTreeMap<VideoFormat, f64>,
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
    /// The colour it is to be sent in; formats that cannot carry it are not considered.
    pub target: TargetColor,
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

    /// Notes that a viewing is sent another colour, which costs its own colour stage.
    pub fn recolor(&mut self, viewing: Uuid, target: TargetColor) {
        if let Some(seat) = self.seats.get_mut(&viewing) {
            seat.rendition.target = target;
        }
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
        let ns = self.costs.encode_ns.get(&rendition.format).copied().unwrap_or(f64::INFINITY);
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
                    seat.rendition.target,
                    seat.rendition.size.width,
                    seat.rendition.size.height,
                    seat.rate.num,
                    seat.rate.den,
                )
            })
            .collect();
        let color: f64 = variants
            .iter()
            .map(|(_, _, _, width, height, num, den)| {
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
            .map(move |(_, size)| rendition(format, wish.target, *size, wish.rate))
    };
    let formats = worth_trying(wish);
    let large = formats.iter().flat_map(|format| with_sizes(*format, false));
    let small = formats.iter().flat_map(|format| with_sizes(*format, true));
    large.chain(small).collect()
}

/// Formats that can carry the target; of several with the same samples the first, which costs less.
fn worth_trying(wish: &Wish<'_>) -> Vec<VideoFormat> {
    let mut formats: Vec<VideoFormat> = Vec::new();
    for format in wish.formats {
        if wish.target.fits(*format) && !formats.iter().any(|known| known.has_samples_of(*format)) {
            formats.push(*format);
        }
    }
    formats
}

fn rendition(format: VideoFormat, target: TargetColor, size: PictureSize, rate: FrameRate) -> RenditionSpec {
    let detail = (BITS_PER_PIXEL_HEIGHT / f64::from(size.height.max(1))).sqrt();
    let bps = (pixels(size) * rate.as_f64() * BITS_PER_PIXEL * detail).clamp(BITRATE_BPS.0, BITRATE_BPS.1);
    // In range by the clamp.
    RenditionSpec { format, target, size, bitrate_bps: bps as u32, drill: None }
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
    fn two_cores() -> Costs {
        let ns = |format: VideoFormat| match (format.sample_bytes(), format.chroma()) {
            (2, lut::ChromaSampling::Cs444) => 24.0,
            (1, lut::ChromaSampling::Cs420) => 9.0,
            _ => 16.0,
        };
        let encode_ns = VideoFormat::ALL.into_iter().map(|format| (format, ns(format))).collect();
        Costs { cores: 2.0, encode_ns, color_ns: 4.0 }
    }
    const HD: PictureSize = PictureSize { width: 1_920, height: 1_080 };

    fn wish(formats: &[VideoFormat]) -> Wish<'_> {
        Wish { review: Uuid::nil(), source: HD, rate: FrameRate::FPS_23_976, formats, target: TargetColor::default() }
    }

    #[test]
    fn a_big_machine_serves_the_reference_at_full_size() {
        let mut admission = Admission::new(Costs { cores: 32.0, ..two_cores() }, 3);
        let rendition = admission.seat(Uuid::now_v7(), &wish(&VideoFormat::ALL));
        assert_eq!(rendition.map(|r| (r.format, r.size)), Some((VideoFormat::H264High444Bits10, HD)));
    }

    #[test]
    fn a_small_machine_reduces_size_and_keeps_depth_and_chroma() {
        let mut admission = Admission::new(two_cores(), 3);
        let rendition = admission.seat(Uuid::now_v7(), &wish(&VideoFormat::ALL));
        let expected = PictureSize { width: 1_280, height: 720 };
        assert_eq!(rendition.map(|r| (r.format, r.size)), Some((VideoFormat::H264High444Bits10, expected)));
    }

    #[test]
    fn three_planned_viewers_get_the_same_picture() {
        let mut admission = Admission::new(two_cores(), 3);
        let formats = VideoFormat::ALL;
        let seats: Vec<_> = (0..3).map(|_| admission.seat(Uuid::now_v7(), &wish(&formats))).collect();
        assert!(seats.iter().all(|seat| seat.is_some() && *seat == seats[0]), "{seats:?}");
    }

    #[test]
    fn one_viewer_too_many_is_refused_and_a_freed_seat_is_given_again() {
        let mut admission = Admission::new(two_cores(), 1);
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
        let mut admission = Admission::new(two_cores(), 3);
        let (now, possible) = admission.occupancy(&wish(&formats));
        assert_eq!(now, 0);
        for _ in 0..possible {
            assert!(admission.seat(Uuid::now_v7(), &wish(&formats)).is_some());
        }
        assert!(admission.seat(Uuid::now_v7(), &wish(&formats)).is_none());
    }

    #[test]
    fn hdr_is_sent_in_10_bits_or_not_at_all() {
        let formats = [VideoFormat::H264Bits8, VideoFormat::Vp9Profile2];
        let hdr = Wish { target: TargetColor::Hdr10, ..wish(&formats) };
        assert!(ladder(&hdr).iter().all(|rendition| rendition.format == VideoFormat::Vp9Profile2));
        let only_8_bit = Wish { formats: &formats[..1], ..hdr };
        assert_eq!(Admission::new(two_cores(), 1).seat(Uuid::now_v7(), &only_8_bit), None);
    }

    #[test]
    fn of_two_formats_with_the_same_samples_the_cheaper_is_tried() {
        let formats: BTreeSet<_> = ladder(&wish(&VideoFormat::ALL)).iter().map(|rendition| rendition.format).collect();
        assert!(formats.iter().all(|format| format.codec() == pipelines::spec::encode::VideoCodec::H264));
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
