//! Proof of picture: what a viewer's browser measured of the picture that reached it. docs/proof.md says what it proves.

mod course;
mod track;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::invalid::{Invalid, UnknownWord};
use super::word::word_enum;

pub use course::{Course, SAMPLES_SHOWN, Sample, Seconds, Watcher};
pub use track::{Kept, Standing, Track};

/// Reasons one report may give.
pub const REASON_LIMIT: usize = 8;
/// Longest name of a rendition, in characters.
const RENDITION_LIMIT: usize = 80;
/// Code values of 10 bits.
const CODE_LIMIT: f64 = 1_023.0;
/// No two colours of any display are further apart, in deltaE2000 or deltaE-ITP.
const DELTA_LIMIT: f64 = 10_000.0;
/// A picture that is older than this is no live picture.
const LATENCY_LIMIT_MS: f64 = 600_000.0;

word_enum! {
    /// Whether a viewer sees the true signal. Worst first.
    State {
        /// It is misread or changed on its way to the display.
        Wrong = "wrong",
        /// It is less than the reference, and says in what.
        Reduced = "reduced",
        /// It could not be measured.
        Unknown = "unknown",
        /// Exact within the named rendition's limits.
        True = "true",
    }
}

impl State {
    /// Whether this is worse than another. A signal known to be less is worse than one of which nothing is known.
    pub const fn is_worse_than(self, other: Self) -> bool {
        (self as u8) < other as u8
    }
}

word_enum! {
    /// Why a picture is not (known to be) true.
    Reason {
        /// Eight bits instead of ten.
        EightBit = "eight_bit",
        /// Less than all chroma samples.
        Chroma420 = "chroma_420",
        /// Fewer samples than the source has.
        Smaller = "smaller",
        /// Fewer frames than the source has.
        LowerRate = "lower_rate",
        /// HDR is shown on a display without.
        HdrToneMapped = "hdr_tone_mapped",
        /// Luma and chroma are turned into colours by another matrix.
        Matrix = "matrix",
        /// Full and limited range are mixed up.
        Range = "range",
        /// Another transfer curve is applied.
        Transfer = "transfer",
        /// Other primaries are assumed.
        Primaries = "primaries",
        /// Code values are not those that were sent.
        CodeValues = "code_values",
        /// Something of the page changes colours.
        Filter = "filter",
        /// The browser applies a colour profile of its own.
        ColorProfile = "color_profile",
        /// The picture is shown at less than half its size.
        Scaled = "scaled",
        /// The browser does not give raw samples.
        NoRawAccess = "no_raw_access",
        /// No strip was found in the picture.
        NoStrip = "no_strip",
        /// There is no picture.
        NoPicture = "no_picture",
        /// The page is not shown.
        Hidden = "hidden",
        /// The page has not reported for a while: the server's own word.
        NotReported = "not_reported",
    }
}

word_enum! {
    /// What was measured.
    Measure {
        /// Decoded samples.
        Raw = "raw",
        /// What the page's compositor gives.
        Canvas = "canvas",
        /// Nothing.
        None = "none",
    }
}

word_enum! {
    /// Formula of a colour difference.
    DeltaKind {
        /// CIEDE2000 (CIE 142:2001).
        Cie2000 = "2000",
        /// deltaE-ITP (ITU-R BT.2124).
        Itp = "itp",
    }
}

word_enum! {
    /// What the frame number in the picture says of the frame that RTP tells.
    FrameWitness {
        /// They are the same.
        Confirmed = "confirmed",
        /// They are not.
        Contradicted = "contradicted",
    }
}

/// Difference of code values, in steps of 10 bits: 0 to 1,023.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeError {
    /// Over all patches.
    pub mean: f64,
    /// Of the worst one.
    pub max: f64,
}

/// Difference of colours: 0 to 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeltaE {
    /// Over all patches.
    pub mean: f64,
    /// Of the worst one.
    pub max: f64,
    /// By which formula.
    pub kind: DeltaKind,
}

/// A frame number as it was read from the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadFrame {
    /// Number of the source frame.
    pub source_frame: u64,
    /// RTP timestamp under which the picture came.
    pub rtp_timestamp: u32,
}

/// What a browser measured. It is the browser's word: its form is checked here, its truth cannot be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Last part of the WHEP `Location`.
    pub viewing_id: Uuid,
    /// Whether the true signal is seen.
    pub state: State,
    /// Why not, at most 8.
    pub reasons: Vec<Reason>,
    /// What is true within its limits, e.g. `10-bit 4:4:4, sRGB target`; at most 80 characters.
    pub rendition: String,
    /// What was measured.
    pub measure: Measure,
    /// How far code values are from those that were sent.
    pub code_error: Option<CodeError>,
    /// The same as colours.
    pub delta_e: Option<DeltaE>,
    /// From the wire to the decoded picture as the browser counts it, in milliseconds: 0 to 600,000.
    pub latency_ms: Option<f64>,
    /// Pictures whose frame number was compared with RTP's since the last report.
    pub frames_checked: u32,
    /// Those in which it was another.
    pub frames_disagreed: u32,
    /// The last frame number that was read.
    pub frame: Option<ReadFrame>,
}

fn invalid(field: &'static str, reason: impl Into<String>) -> Invalid {
    Invalid::Field { field, reason: reason.into() }
}

/// Numbers that must lie from 0 to `limit`, a mean no higher than its maximum (but for rounding).
fn figures(field: &'static str, mean: f64, max: f64, limit: f64) -> Result<(), Invalid> {
    let within = |value: f64| value.is_finite() && (0.0..=limit).contains(&value);
    if within(mean) && within(max) && mean <= max + 1e-6 {
        return Ok(());
    }
    Err(invalid(field, format!("{field}: mean and max must be 0 to {limit}, the mean not above the max")))
}

impl Report {
    /// The report, if it can be one: reasons each once, figures in their ranges, a readable name of the rendition.
    ///
    /// # Errors
    /// When something of it is out of range.
    pub fn checked(mut self) -> Result<Self, Invalid> {
        if self.reasons.len() > REASON_LIMIT {
            return Err(invalid("reasons", format!("{} reasons; at most {REASON_LIMIT}", self.reasons.len())));
        }
        self.reasons = once(&self.reasons);
        let length = self.rendition.chars().count();
        if length > RENDITION_LIMIT {
            return Err(Invalid::TooLong { field: "rendition", length, limit: RENDITION_LIMIT });
        }
        if self.rendition.chars().any(char::is_control) {
            return Err(Invalid::ControlCharacter { field: "rendition" });
        }
        if let Some(CodeError { mean, max }) = self.code_error {
            figures("code_error", mean, max, CODE_LIMIT)?;
        }
        if let Some(DeltaE { mean, max, .. }) = self.delta_e {
            figures("delta_e", mean, max, DELTA_LIMIT)?;
        }
        if let Some(latency) = self.latency_ms {
            figures("latency_ms", latency, latency, LATENCY_LIMIT_MS)?;
        }
        if self.frames_disagreed > self.frames_checked {
            return Err(invalid("frames_disagreed", "frames_disagreed must not be more than frames_checked"));
        }
        Ok(self)
    }

    /// Whether there was a picture to be seen: what is not known of a hidden page or before the first frame says nothing of
    /// what anybody saw.
    pub fn of_a_picture(&self) -> bool {
        let none_seen = [Reason::NoPicture, Reason::Hidden, Reason::NotReported];
        self.state != State::Unknown || !self.reasons.iter().any(|reason| none_seen.contains(reason))
    }
}

fn once(reasons: &[Reason]) -> Vec<Reason> {
    let mut kept = Vec::new();
    for reason in reasons {
        if !kept.contains(reason) {
            kept.push(*reason);
        }
    }
    kept
}

/// The worst that was reported, and why: `wrong filter matrix` as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worst {
    /// The worst state.
    pub state: State,
    /// The reasons given when it was first reported.
    pub reasons: Vec<Reason>,
}

impl Worst {
    /// The worse of two; the first when they are alike.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        if other.state.is_worse_than(self.state) { other } else { self }
    }
}

impl std::fmt::Display for Worst {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.state)?;
        self.reasons.iter().try_for_each(|reason| write!(f, " {reason}"))
    }
}

impl std::str::FromStr for Worst {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let (state, reasons) = text.split_once(' ').unwrap_or((text, ""));
        let reasons = reasons.split_ascii_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        Ok(Self { state: state.parse()?, reasons })
    }
}

/// Reasons as words with a space between.
pub fn words(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.as_str()).collect::<Vec<_>>().join(" ")
}
