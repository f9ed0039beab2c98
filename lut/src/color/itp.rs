//! ICtCp (ITU-R BT.2100-2, table 7) and the colour difference deltaE-ITP (ITU-R BT.2124-0).

use super::mat3::{Mat3, Vec3, apply};
use super::transfer::pq_inverse_eotf;

/// I, Ct, Cp.
pub type Ictcp = [f64; 3];

/// BT.2020 RGB to LMS.
const LMS: Mat3 = [
    [1688.0 / 4096.0, 2146.0 / 4096.0, 262.0 / 4096.0],
    [683.0 / 4096.0, 2951.0 / 4096.0, 462.0 / 4096.0],
    [99.0 / 4096.0, 309.0 / 4096.0, 3688.0 / 4096.0],
];

/// L'M'S' to ICtCp, for PQ.
const ICTCP: Mat3 = [
    [0.5, 0.5, 0.0],
    [6610.0 / 4096.0, -13613.0 / 4096.0, 7003.0 / 4096.0],
    [17933.0 / 4096.0, -17390.0 / 4096.0, -543.0 / 4096.0],
];

/// Linear BT.2020 display light in cd/m2 to ICtCp. Negative LMS counts as 0.
#[must_use]
pub fn bt2020_to_ictcp(light: Vec3) -> Ictcp {
    apply(&ICTCP, apply(&LMS, light).map(pq_inverse_eotf))
}

/// deltaE-ITP: 1 is about one just noticeable difference (BT.2124-0 annex 1).
#[must_use]
pub fn delta_e_itp(ictcp1: Ictcp, ictcp2: Ictcp) -> f64 {
    let [i, t, p] = [ictcp1[0] - ictcp2[0], (ictcp1[1] - ictcp2[1]) / 2.0, ictcp1[2] - ictcp2[2]];
    720.0 * (i * i + t * t + p * p).sqrt()
}
