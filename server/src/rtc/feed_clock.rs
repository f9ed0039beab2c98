//! When what a sender sends is due here: its own even clock, laid where packets arrive. Picture and sound have clocks of
//! their own, which the sender's reports bring together.

use std::time::{Duration, Instant, SystemTime};

/// How long arrivals are watched before the clock is moved.
const WINDOW: Duration = Duration::from_secs(2);
/// Most that the clock is moved after each window, in seconds: more than any two quartzes drift apart in it.
const STEP_S: f64 = 0.001;
/// What reports say of sound against picture is believed up to this much, in seconds.
const BELIEVED_S: f64 = 0.5;

/// A sender's report: what its clock read at an RTP time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Report {
    /// On the sender's calendar.
    pub at: SystemTime,
    /// RTP time, low 32 bits.
    pub rtp: u32,
}

/// One stream's clock.
#[derive(Debug)]
struct Stream {
    hz: f64,
    /// Seconds from an RTP time of zero to its arrival, by the shortest way seen.
    offset_s: Option<f64>,
    window: Option<(Instant, f64)>,
    report: Option<Report>,
}

impl Stream {
    fn new(hz: f64) -> Self {
        Self { hz, offset_s: None, window: None, report: None }
    }

    /// Seconds after `epoch` at which something of RTP time `rtp` is due, which arrived at `arrived`.
    fn due_s(&mut self, rtp: u64, arrived: Instant, epoch: Instant) -> f64 {
        let rtp_s = rtp as f64 / self.hz;
        let way = arrived.saturating_duration_since(epoch).as_secs_f64() - rtp_s;
        let (since, shortest) = *self.window.get_or_insert((arrived, way));
        let offset = *self.offset_s.get_or_insert(way);
        self.window = Some((since, shortest.min(way)));
        // A clock that was set anew is followed at once.
        if (way - offset).abs() > 2.0 {
            (self.offset_s, self.window) = (Some(way), None);
        } else if arrived.saturating_duration_since(since) >= WINDOW {
            self.offset_s = Some(offset + (shortest - offset).clamp(-STEP_S, STEP_S));
            self.window = None;
        }
        self.offset_s.unwrap_or(way) + rtp_s
    }

    /// Seconds between the last report and an RTP time.
    fn since_report(&self, rtp: u64) -> Option<(SystemTime, f64)> {
        let report = self.report?;
        // The wire carries the low 32 bits; a report is seconds old, not hours.
        let ticks = ((rtp & 0xffff_ffff) as u32).wrapping_sub(report.rtp).cast_signed();
        Some((report.at, f64::from(ticks) / self.hz))
    }
}

/// The clocks of a sender's picture and sound.
#[derive(Debug)]
pub(super) struct FeedClock {
    epoch: Instant,
    picture: Stream,
    sound: Stream,
    /// The last picture's RTP time and when it was due, in seconds after `epoch`.
    shown: Option<(u64, f64)>,
}

impl FeedClock {
    /// Clocks of a feed that begins after `epoch`.
    pub fn new(epoch: Instant) -> Self {
        Self { epoch, picture: Stream::new(90_000.0), sound: Stream::new(48_000.0), shown: None }
    }

    /// When a picture is due.
    pub fn picture(&mut self, rtp: u64, arrived: Instant, report: Option<Report>) -> Instant {
        self.picture.report = report.or(self.picture.report);
        let due = self.picture.due_s(rtp, arrived, self.epoch);
        self.shown = Some((rtp, due));
        self.instant(due)
    }

    /// When a packet of sound is due: with the picture of the same instant, once reports say which that is.
    pub fn sound(&mut self, rtp: u64, arrived: Instant, report: Option<Report>) -> Instant {
        self.sound.report = report.or(self.sound.report);
        let alone = self.sound.due_s(rtp, arrived, self.epoch);
        let together = self.with_picture(rtp).filter(|due| (due - alone).abs() < BELIEVED_S);
        self.instant(together.unwrap_or(alone))
    }

    fn with_picture(&self, rtp: u64) -> Option<f64> {
        let (sound_at, sound_s) = self.sound.since_report(rtp)?;
        let (shown, due) = self.shown?;
        let (picture_at, picture_s) = self.picture.since_report(shown)?;
        let apart = match sound_at.duration_since(picture_at) {
            Ok(later) => later.as_secs_f64(),
            Err(earlier) => -earlier.duration().as_secs_f64(),
        };
        Some(due + apart + sound_s - picture_s)
    }

    fn instant(&self, due_s: f64) -> Instant {
        self.epoch + Duration::try_from_secs_f64(due_s).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: u64 = 3_600;

    fn ms(from: Instant, to: Instant) -> f64 {
        to.saturating_duration_since(from).as_secs_f64() * 1e3
    }

    #[test]
    fn pictures_that_jitter_are_due_evenly() {
        let epoch = Instant::now();
        let mut clock = FeedClock::new(epoch);
        let jitter = [0, 9, 3, 14, 1, 7];
        let due: Vec<Instant> = (0..50_u32)
            .map(|n| {
                let late = jitter[n as usize % jitter.len()];
                let arrived = epoch + Duration::from_millis(u64::from(n) * 40 + late);
                clock.picture(u64::from(n) * FRAME, arrived, None)
            })
            .collect();
        assert!(due.windows(2).all(|pair| (ms(pair[0], pair[1]) - 40.0).abs() < 0.01));
    }

    #[test]
    fn a_clock_that_drifts_is_followed() {
        let epoch = Instant::now();
        let mut clock = FeedClock::new(epoch);
        let mut late = 0.0;
        for n in 0..50_000_u64 {
            // Ours runs 100 ppm faster than theirs.
            let arrived = epoch + Duration::from_secs_f64(n as f64 * 0.040 * 1.000_1);
            late = ms(epoch, clock.picture(n * FRAME, arrived, None)) - ms(epoch, arrived);
        }
        assert!(f64::abs(late) < 2.0, "{late} ms off after half an hour");
    }

    #[test]
    fn sound_is_due_with_the_picture_of_the_same_instant() {
        let epoch = Instant::now();
        let mut clock = FeedClock::new(epoch);
        let calendar = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        // Both of the sender's first instant; the sound was 80 ms on its way, the picture 20.
        let picture = clock.picture(900, epoch + Duration::from_millis(20), Some(Report { at: calendar, rtp: 900 }));
        let sound = clock.sound(77, epoch + Duration::from_millis(80), Some(Report { at: calendar, rtp: 77 }));
        assert!(ms(picture, sound) < 0.01);
        let second = clock.sound(77 + 960, epoch + Duration::from_millis(100), None);
        assert!((ms(picture, second) - 20.0).abs() < 0.01);
    }

    #[test]
    fn reports_that_make_no_sense_are_not_believed() {
        let epoch = Instant::now();
        let mut clock = FeedClock::new(epoch);
        let calendar = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        clock.picture(0, epoch, Some(Report { at: calendar, rtp: 0 }));
        let far = calendar + Duration::from_secs(86_400);
        let sound = clock.sound(0, epoch + Duration::from_millis(5), Some(Report { at: far, rtp: 0 }));
        assert!(ms(epoch, sound) < 6.0);
    }
}
