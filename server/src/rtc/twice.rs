//! Media sent twice where a line loses much: the browser's SRTP drops the copy of what it has (RFC 3711, 3.3.2), so nothing is
//! negotiated. Of a fifth lost, a twenty-fifth remains, which retransmission mends before the browser gives the picture up.

use std::time::{Duration, Instant};

/// Above this part lost, media is sent twice; below that, once again. Both as if it were sent once.
const ON: f64 = 0.1;
const OFF: f64 = 0.06;
/// After so long at least this part of the loss must be gone, or the line is too narrow and copies make it worse.
const TRIAL: Duration = Duration::from_millis(1_500);
const MENDED: f64 = 0.4;
/// Then it is not tried again for so long.
const BARRED: Duration = Duration::from_secs(30);
/// A round trip so much longer than the shortest seen is a queue: the line is narrow, not bad.
const QUEUE: Duration = Duration::from_millis(150);

/// Whether media is sent twice.
#[derive(Clone, Copy, Debug, Default)]
pub struct Twice {
    /// Since when, and what part was lost before.
    on: Option<(Instant, f64)>,
    barred_until: Option<Instant>,
    shortest: Option<Duration>,
}

impl Twice {
    /// Whether it is so now.
    pub fn is_on(&self) -> bool {
        self.on.is_some()
    }

    /// Looks at the part of packets that did not arrive (0..1), copies counted as one, and at the round trip.
    pub fn look(&mut self, loss: f64, round_trip: Option<Duration>, now: Instant) {
        self.shortest = [self.shortest, round_trip].into_iter().flatten().min();
        let queued = round_trip.zip(self.shortest).is_some_and(|(now, shortest)| now > shortest + QUEUE);
        let barred = self.barred_until.is_some_and(|until| now < until);
        match self.on {
            None if loss > ON && !queued && !barred => self.on = Some((now, loss)),
            // Two copies are lost with the square of one's chance.
            Some(_) if loss.sqrt() < OFF => self.on = None,
            Some((since, before)) if queued || (now >= since + TRIAL && loss > before * (1.0 - MENDED)) => {
                self.on = None;
                self.barred_until = Some(now + BARRED);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Looks four times a second at a line, while each packet is lost with a chance; says how often it was sent twice.
    fn looks(twice: &mut Twice, from: &mut Instant, seconds: u32, lost: impl Fn(bool) -> f64, trip: u64) -> usize {
        let each = |_| {
            *from += Duration::from_millis(250);
            twice.look(lost(twice.is_on()), Some(Duration::from_millis(trip)), *from);
            twice.is_on()
        };
        (0..4 * seconds).map(each).filter(|on| *on).count()
    }

    fn random(chance: f64) -> impl Fn(bool) -> f64 {
        move |twice| if twice { chance * chance } else { chance }
    }

    #[test]
    fn a_line_that_loses_a_fifth_is_sent_everything_twice_until_it_loses_nothing() {
        let (mut twice, mut now) = (Twice::default(), Instant::now());
        assert_eq!(looks(&mut twice, &mut now, 60, random(0.2), 40), 240);
        assert_eq!(looks(&mut twice, &mut now, 60, random(0.0), 40), 0);
    }

    #[test]
    fn a_little_loss_is_left_to_retransmission() {
        let (mut twice, mut now) = (Twice::default(), Instant::now());
        assert_eq!(looks(&mut twice, &mut now, 60, random(0.05), 40), 0);
    }

    #[test]
    fn a_narrow_line_is_not_filled_with_copies() {
        let (mut twice, mut now) = (Twice::default(), Instant::now());
        let narrow = |twice| if twice { 0.6 } else { 0.3 };
        assert!(looks(&mut twice, &mut now, 30, narrow, 40) <= 7, "a trial, no more");
        assert_eq!(looks(&mut twice, &mut now, 1, |_| 0.3, 40), 0, "barred");
        let mut queued = Twice::default();
        looks(&mut queued, &mut now, 1, random(0.0), 20);
        assert_eq!(looks(&mut queued, &mut now, 30, random(0.2), 300), 0, "packets wait in a queue");
    }
}
