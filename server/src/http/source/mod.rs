//! A review's source on the wire, as it is now.

pub mod list;
mod spec;

use lut::{Primaries, Transfer};
use pipelines::spec::color::ColorTrust;
use pipelines::spec::time::FrameRate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::drive::Transport;
use crate::domain::instant::UtcInstant;
use crate::media::{SourceState, SourceStatus};
pub use list::ListedSource;
pub use spec::{NewSource, SourceFacts};

/// Frames per second as a ratio, with the counting of timecode stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Rate {
    /// Frames in `den` seconds.
    pub num: u32,
    /// Seconds.
    pub den: u32,
    /// Whether timecode is counted drop-frame.
    pub drop_frame: bool,
}

impl From<FrameRate> for Rate {
    fn from(rate: FrameRate) -> Self {
        Self { num: rate.num, den: rate.den, drop_frame: rate.drop_frame }
    }
}

impl From<Rate> for FrameRate {
    fn from(rate: Rate) -> Self {
        Self { num: rate.num, den: rate.den, drop_frame: rate.drop_frame }
    }
}

/// A source as it is now. Viewers get only the state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Source {
    /// Whether it delivers.
    pub state: SourceState,
    /// What it is, for people.
    pub description: Option<String>,
    /// Luma samples in a row.
    pub width: Option<u32>,
    /// Rows.
    pub height: Option<u32>,
    /// Frames per second.
    pub rate: Option<Rate>,
    /// What its code values mean.
    pub color: Option<String>,
    /// Who says so: `declared`, `tagged` or `unverified`.
    pub color_trust: Option<&'static str>,
    /// Why it does not deliver.
    pub reason: Option<String>,
    /// Where it is, if it can be paused and wound.
    pub transport: Option<Transport>,
    /// Whether viewers are shown one picture, whatever the source does.
    pub held: Option<bool>,
    /// Until when at most the visible mark is lifted, if it is: everybody who watches is told.
    pub clean_until: Option<UtcInstant>,
}

impl Source {
    /// What a viewer may know.
    pub fn for_viewer(status: &SourceStatus) -> Self {
        // To whoever watches it is all the same whether a slate is meant.
        let state = match status.state {
            SourceState::Idle => SourceState::Waiting,
            other => other,
        };
        Self {
            state,
            description: None,
            width: None,
            height: None,
            rate: None,
            color: None,
            color_trust: None,
            reason: None,
            transport: None,
            held: None,
            clean_until: status.clean_at(UtcInstant::now()),
        }
    }

    /// What the house may know.
    pub fn for_console(status: SourceStatus) -> Self {
        let transport = Transport::of(&status);
        let bare = Self { state: status.state, transport, held: Some(status.held), ..Self::for_viewer(&status) };
        let Some(info) = status.info else { return Self { reason: status.reason, ..bare } };
        let (primaries, transfer, matrix, full) = info.color.h273();
        let range = if full { "full" } else { "limited" };
        let color = format!("{} on {}", curve(info.color.transfer), gamut(info.color.primaries));
        Self {
            description: Some(info.description),
            width: Some(info.size.width),
            height: Some(info.size.height),
            rate: Some(info.rate.into()),
            color: Some(format!("{color}, {range} range ({primaries}-{transfer}-{matrix})")),
            color_trust: Some(match info.color_trust {
                ColorTrust::Declared => "declared",
                ColorTrust::Tagged => "tagged",
                ColorTrust::Unverified => "unverified",
            }),
            reason: status.reason,
            ..bare
        }
    }
}

/// A transfer curve as colourists call it.
fn curve(transfer: Transfer) -> &'static str {
    match transfer {
        Transfer::Bt1886 => "BT.1886 (gamma 2.4)",
        Transfer::Bt709Apple => "BT.709 as Apple shows it (gamma 1.961)",
        Transfer::Gamma22 => "gamma 2.2",
        Transfer::Gamma26 => "gamma 2.6",
        Transfer::Srgb => "sRGB",
        Transfer::Bt709Oetf => "BT.709 camera curve",
        Transfer::Pq => "PQ",
        Transfer::Hlg => "HLG",
        Transfer::Acescct => "ACEScct",
        Transfer::Acescc => "ACEScc",
        Transfer::LogC3 => "ARRI LogC3 (EI 800)",
        Transfer::LogC4 => "ARRI LogC4",
        Transfer::SLog3 => "S-Log3",
        Transfer::VLog => "V-Log",
        Transfer::CLog2 => "Canon Log 2",
        Transfer::CLog3 => "Canon Log 3",
        Transfer::Log3G10 => "Log3G10",
        Transfer::AppleLog => "Apple Log",
        Transfer::DavinciIntermediate => "DaVinci Intermediate",
        Transfer::BmdFilmGen5 => "Blackmagic Film Gen 5",
        Transfer::DLog => "D-Log",
        Transfer::FLog2 => "F-Log2",
    }
}

/// Primaries as colourists call them.
fn gamut(primaries: Primaries) -> &'static str {
    match primaries {
        Primaries::Bt709 => "Rec.709",
        Primaries::DisplayP3 => "P3-D65",
        Primaries::P3Dci => "P3-DCI",
        Primaries::Bt2020 => "Rec.2020",
        Primaries::Bt601Lines525 => "Rec.601 (525)",
        Primaries::Bt601Lines625 => "Rec.601 (625)",
        Primaries::AcesAp0 => "ACES AP0",
        Primaries::AcesAp1 => "ACES AP1",
        Primaries::ArriWideGamut3 => "ARRI Wide Gamut 3",
        Primaries::ArriWideGamut4 => "ARRI Wide Gamut 4",
        Primaries::SGamut3 => "S-Gamut3",
        Primaries::SGamut3Cine => "S-Gamut3.Cine",
        Primaries::VGamut => "V-Gamut",
        Primaries::CanonCinemaGamut => "Canon Cinema Gamut",
        Primaries::RedWideGamutRgb => "REDWideGamutRGB",
        Primaries::DavinciWideGamut => "DaVinci Wide Gamut",
        Primaries::BlackmagicWideGamutGen5 => "Blackmagic Wide Gamut Gen 5",
        Primaries::DGamut => "D-Gamut",
    }
}
