//! When a mark moves, and what it then is: six stays a minute, all of it following from the viewing's code, so that a
//! test and a detector can follow. Not a secret: the mark is visible.

/// The mark stays in one place for this many seconds of UTC, and takes every place once a minute.
pub const STAYS_SECONDS: std::ops::RangeInclusive<u64> = 5..=20;
const MINUTE: u64 = 60;
/// Places that are taken in turn.
pub(super) const PLACES: usize = 6;
/// Opacity varies by this part of itself.
const OPACITY_JITTER: f32 = 0.1;

/// One stay of one viewing's mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    code: u64,
    slot: u64,
}

/// What a keyed number is for.
#[derive(Clone, Copy)]
#[repr(u64)]
pub(super) enum Use {
    /// Up to [`PLACES`] of them.
    Order = 0,
    Inside = 100,
    Length = 200,
    Turn = 300,
    Opacity = 400,
    Across = 500,
    Down = 600,
}

impl Stay {
    /// The stay that a second of UTC (since 1970) belongs to. The lengths of a minute's stays follow from the code, so
    /// that nobody who averages pictures knows where one ends.
    pub fn at(second: u64, code: &str) -> Self {
        let code = hash(code);
        let (minute, mut rest) = (second / MINUTE, second % MINUTE);
        let (least, most) = (*STAYS_SECONDS.start(), *STAYS_SECONDS.end());
        let mut lengths = [least; PLACES];
        for extra in 0..MINUTE - least * PLACES as u64 {
            let wanted = keyed(code, minute, Use::Length as u64 + extra) as usize % PLACES;
            let free = (0..PLACES).map(|at| (wanted + at) % PLACES).find(|at| lengths[*at] < most);
            lengths[free.unwrap_or(wanted)] += 1;
        }
        let before = lengths.iter().take_while(|length| {
            let over = rest >= **length;
            rest = rest.saturating_sub(if over { **length } else { 0 });
            over
        });
        Self { code, slot: minute * PLACES as u64 + before.count() as u64 }
    }

    /// Which of the six places is taken: every minute visits all of them in an order of its own, and none follows itself.
    pub fn place(self) -> usize {
        let cycle = self.slot / PLACES as u64;
        let mut order = self.shuffled(cycle);
        let before = cycle.checked_sub(1).map(|previous| self.shuffled(previous)[PLACES - 1]);
        if before == Some(order[0]) {
            order.swap(0, 1);
        }
        order[(self.slot % PLACES as u64) as usize]
    }

    fn shuffled(self, cycle: u64) -> [usize; PLACES] {
        let mut order = [0, 1, 2, 3, 4, 5];
        for last in (1..PLACES).rev() {
            let pick = keyed(self.code, cycle, Use::Order as u64 + last as u64) % (last as u64 + 1);
            order.swap(last, pick as usize);
        }
        order
    }

    /// A number of this stay.
    pub fn number(self, of: Use, index: usize) -> u64 {
        keyed(self.code, self.slot, of as u64 + index as u64)
    }

    /// The same from -1 to 1.
    pub fn swing(self, of: Use, index: usize) -> f32 {
        (self.number(of, index) >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
    }

    /// By what the opacity is multiplied.
    pub fn opacity(self) -> f32 {
        1.0 + OPACITY_JITTER * self.swing(Use::Opacity, 0)
    }
}

/// FNV-1a.
fn hash(code: &str) -> u64 {
    code.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// Numbers that look random (the finaliser of SplitMix64).
fn keyed(seed: u64, slot: u64, salt: u64) -> u64 {
    let mut z = seed ^ slot.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xd1b5_4a32_d192_ed03);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
