//! How much deltaE2000 one 8-bit code of luma makes, for each luma.

use lut::Transfer;
use lut::color::{HDR_REFERENCE_WHITE, delta_e_2000, transfer::pq_eotf, xyz_to_lab};

/// DeltaE2000 of one 8-bit code of luma on grey, at every 8-bit code (limited range).
#[derive(Clone, Debug)]
pub struct Sensitivity([f32; 256]);

impl Sensitivity {
    /// Grey on a BT.1886 display, as BT.709 video is judged.
    #[must_use]
    pub fn bt1886() -> Self {
        Self::of(|signal| signal.powf(2.4))
    }

    /// Grey of PQ (SMPTE ST 2084), relative to the reference white of BT.2408, 203 cd/m2.
    #[must_use]
    pub fn pq() -> Self {
        Self::of(|signal| pq_eotf(signal) / HDR_REFERENCE_WHITE)
    }

    /// That of a transfer: PQ's own; for all others that of BT.1886, which differs little from them here.
    #[must_use]
    pub fn for_transfer(transfer: Transfer) -> Self {
        match transfer {
            Transfer::Pq => Self::pq(),
            _ => Self::bt1886(),
        }
    }

    /// `light` is the light, 1 at white, of a signal 0..=1.
    fn of(light: impl Fn(f64) -> f64) -> Self {
        let lab = |code: f64| {
            let y = light(((code - 16.0) / 219.0).max(0.0));
            xyz_to_lab([y; 3], [1.0; 3])
        };
        // Never 0: amplitudes are divided by it.
        Self(std::array::from_fn(|code| {
            let code = code as f64;
            (delta_e_2000(lab(code - 0.5), lab(code + 0.5)) as f32).max(0.02)
        }))
    }

    /// DeltaE2000 of one code at `luma`, in 8-bit codes.
    #[must_use]
    pub fn at(&self, luma: f32) -> f32 {
        self.0[(luma.round() as usize).min(255)]
    }
}
