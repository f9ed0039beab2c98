//! From HDR to SDR by a named method, as a list of ops that can be read, optimised and baked.

use thiserror::Error;

use super::Op;
use super::matrix::Affine;
use crate::color::transfer::PQ_PEAK;
use crate::color::{Eetf, GamutMapping, HlgDisplay, Luminances, Primaries, Transfer};

/// What an HDR picture was made for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HdrSource {
    /// The signal.
    pub signal: HdrSignal,
    /// Its primaries; BT.2100 has BT.2020's.
    pub primaries: Primaries,
}

/// An HDR signal, R'G'B' 0..1, and the luminances it was graded for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HdrSignal {
    /// ITU-R BT.2100 PQ, and black and peak of the grade.
    Pq(Luminances),
    /// ITU-R BT.2100 HLG, and the display it is looked at on.
    Hlg(HlgDisplay),
}

/// The display a picture is brought to; signal 1 is its peak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SdrTarget {
    /// Its primaries.
    pub primaries: Primaries,
    /// Its curve.
    pub transfer: Transfer,
    /// Its black and peak; SDR is graded at 100 cd/m2.
    pub luminances: Luminances,
}

/// The way from one to the other. A look made for the purpose needs none: it takes the signal as it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum HdrToSdr {
    /// Luminance by the EETF of BT.2390 ([`Eetf`]), on the largest of R, G and B in the source's primaries, which BT.2408
    /// annex 5 recommends; then the target's primaries, and colours outside them by the gamut mapping.
    Bt2390(GamutMapping),
}

/// Why there is no way.
#[derive(Clone, Copy, Debug, PartialEq, Error)]
pub enum HdrError {
    /// Luminances out of order.
    #[error("found black {} and peak {} cd/m2, expected 0 <= black < peak <= 10000", .0.black, .0.peak)]
    Luminances(Luminances),
    /// A curve that no SDR display has.
    #[error("found {0:?} as the target's curve, expected one of an SDR display")]
    Target(Transfer),
}

/// The steps from the source's R'G'B' to the target's: signal to light in cd/m2, the method, light to signal.
///
/// As the look of a [`crate::Transform`] whose `input` has the target's primaries and transfer it is computed step by step
/// in `f64`; for live pictures give it to [`crate::bake::bake`], the signal being as good as logarithmic.
///
/// # Errors
/// Luminances that are not `0 <= black < peak <= 10000`; a target with the curve of HDR or of a camera.
///
/// ```
/// use lut::color::{GamutMapping, Luminances};
/// use lut::ops::hdr::{HdrSignal, HdrSource, HdrToSdr, SdrTarget, hdr_to_sdr};
/// use lut::{Lut, Primaries, Transfer};
///
/// let luminances = |peak| Luminances { black: 0.0, peak };
/// let source = HdrSource { signal: HdrSignal::Pq(luminances(1000.0)), primaries: Primaries::Bt2020 };
/// let target = SdrTarget { primaries: Primaries::Bt709, transfer: Transfer::Bt1886, luminances: luminances(100.0) };
/// let look = Lut::from(hdr_to_sdr(source, HdrToSdr::Bt2390(GamutMapping::Clip), target)?);
/// // The grade's peak, PQ 75 %, is the display's.
/// assert!((look.apply([0.7518; 3])[0] - 1.0).abs() < 1.0e-3);
/// # Ok::<(), lut::ops::hdr::HdrError>(())
/// ```
pub fn hdr_to_sdr(source: HdrSource, method: HdrToSdr, target: SdrTarget) -> Result<Vec<Op>, HdrError> {
    let graded = source.signal.luminances();
    if let Some(wrong) = [graded, target.luminances].into_iter().find(|l| !is_ordered(*l)) {
        return Err(HdrError::Luminances(wrong));
    }
    if !is_sdr(target.transfer) {
        return Err(HdrError::Target(target.transfer));
    }
    let HdrToSdr::Bt2390(gamut) = method;
    let relative = Affine::diagonal([target.luminances.peak.recip(); 3], [0.0; 3]);
    let mut ops = source.signal.to_light();
    ops.extend([
        Op::ToneMap(Eetf::new(graded, target.luminances)),
        Op::Affine(Affine::linear(source.primaries.to(target.primaries)).then(&relative)),
        Op::GamutMap(gamut),
        Op::FromLinear(target.transfer),
    ]);
    Ok(ops)
}

impl HdrSignal {
    /// Black and peak.
    #[must_use]
    pub fn luminances(&self) -> Luminances {
        match self {
            Self::Pq(luminances) => *luminances,
            Self::Hlg(display) => Luminances { black: display.black, peak: display.peak },
        }
    }

    /// R'G'B' to cd/m2.
    fn to_light(self) -> Vec<Op> {
        let scale = |peak: f64| Op::Affine(Affine::diagonal([peak; 3], [0.0; 3]));
        match self {
            Self::Pq(_) => vec![Op::ToLinear(Transfer::Pq), scale(PQ_PEAK)],
            Self::Hlg(display) => {
                let lift = display.lift();
                let lifted = Op::Affine(Affine::diagonal([1.0 - lift; 3], [lift; 3]));
                vec![lifted, Op::ToLinear(Transfer::Hlg), Op::HlgOotf(display), scale(display.peak)]
            }
        }
    }
}

fn is_ordered(Luminances { black, peak }: Luminances) -> bool {
    0.0 <= black && black < peak && peak <= PQ_PEAK
}

fn is_sdr(transfer: Transfer) -> bool {
    use Transfer::{Bt709Apple, Bt1886, Gamma22, Gamma26, Srgb};
    matches!(transfer, Bt1886 | Bt709Apple | Gamma22 | Gamma26 | Srgb)
}
