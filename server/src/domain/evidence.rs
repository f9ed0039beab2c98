//! What was found about a leak: everything a report says, and nothing it does not.

use serde::Serialize;
use uuid::Uuid;

use super::audit::Entry;
use super::instant::UtcInstant;

/// What the marks of a leak say.
#[derive(Clone, Debug, Serialize)]
pub struct Evidence {
    /// When it was looked at.
    pub made_at: UtcInstant,
    /// The file that leaked.
    pub leak: LeakFile,
    /// `review:...` or `project:...`: where it was looked for.
    pub scope: String,
    /// Where it was found in what was shown; empty when it shows nothing of that.
    pub places: Vec<Place>,
    /// What the leak says without anything to compare it with; only when `places` is empty.
    pub alone: Option<Alone>,
    /// Viewings that were shown one of the frames (any frame, when the leak is alone), likeliest first.
    pub suspects: Vec<Suspect>,
    /// What the figures rest on.
    pub method: Method,
    /// Entries of the record about the viewings that are named, oldest first.
    pub record: Vec<Entry>,
}

/// A file that leaked.
#[derive(Clone, Debug, Serialize)]
pub struct LeakFile {
    /// Its name.
    pub name: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// Its length.
    pub bytes: u64,
    /// Pictures in it.
    pub pictures: u64,
}

/// A part of the leak, found again.
#[derive(Clone, Debug, Serialize)]
pub struct Place {
    /// The file of references it was found in, or the one that was given.
    pub reference: String,
    /// Its review, when the house kept the references itself.
    pub review: Option<Uuid>,
    /// Pictures of the leak that were compared.
    pub pictures: Vec<u64>,
    /// The source frame that each of them shows.
    pub source_frames: Vec<u64>,
    /// Correlation of leak and reference in small, at most 1.
    pub likeness: f64,
    /// Whether left and right are exchanged.
    pub mirrored: bool,
    /// The map from reference to leak (to its mirror image if mirrored), a homography in half widths from the centre.
    pub map: Option<[f64; 9]>,
}

/// A leak placed by the production's pilot pattern alone.
#[derive(Clone, Debug, Serialize)]
pub struct Alone {
    /// How far the pilot stands out, in standard deviations; below 5 it is not there.
    pub pilot_z: f64,
    /// Pictures of the leak that were compared with each other; none when the pilot is not there.
    pub pictures: Vec<u64>,
    /// Source frames for each picture of the leak.
    pub rate: f64,
    /// Whether left and right are exchanged.
    pub mirrored: bool,
    /// The map from the marked picture to the leak (to its mirror image if mirrored), a homography in half widths from the centre.
    pub map: Option<[f64; 9]>,
}

/// A viewing that was shown what leaked.
#[derive(Clone, Debug, Serialize)]
pub struct Suspect {
    /// The viewing.
    pub viewing: Uuid,
    /// Of which review.
    pub review: Uuid,
    /// The invited person.
    pub name: String,
    /// Their address.
    pub email: String,
    /// From where they watched.
    pub ip: String,
    /// The code in the visible mark.
    pub session_code: String,
    /// When the viewing began.
    pub started_at: UtcInstant,
    /// When it ended.
    pub ended_at: Option<UtcInstant>,
    /// Standard deviations from what chance expects.
    pub z: f64,
    /// Bound on the chance that any innocent viewing of the list is this far out, in any way it was looked at.
    pub p: f64,
    /// Its mark is there.
    pub named: bool,
    /// Its mark is there with the wrong sign: somebody took it out, and knew it.
    pub subtracted: bool,
    /// Source frame of the first picture that was compared, at the moment that fits this viewing best; only of a leak alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source_frame: Option<u64>,
}

/// What the figures rest on.
#[derive(Clone, Debug, Serialize)]
pub struct Method {
    /// In words.
    pub text: &'static str,
    /// Viewings that were tried.
    pub viewings: usize,
    /// Ways of looking that are paid for; of a leak alone, the moments of all viewings.
    pub hypotheses: usize,
    /// The p below which a viewing is named.
    pub sure: f64,
    /// The z that takes.
    pub needed_z: f64,
}

/// The method of every comparison.
pub const METHOD: &str = "Each viewing's pictures carry a pattern of 160 x 90 signs that follows from a secret key, the \
viewing and the number of the source frame, new every four frames. The leak was placed in time and space against \
unmarked copies of what was shown, without looking at any key; what it has that they have not was correlated with every \
viewing that was shown these frames. For a viewing that had no part in it the signs are independent of the leak, so z \
has mean 0 and variance 1 whatever the picture, and by Hoeffding's inequality p = min(1, 2 N G exp(-z^2 / 2)) bounds the \
chance that any of N innocent viewings reaches z under any of G ways of looking. A viewing is named when its p is below \
the threshold; every such viewing is named; when there is none, there is no decision.";

/// The method when nothing that was kept shows the leak.
pub const ALONE_METHOD: &str = "Each viewing's pictures carry a pattern of 160 x 90 signs that follows from a secret key, the \
viewing and the number of the source frame, new every four frames, and a weaker pattern, the pilot, that all viewings of the \
production share. Nothing that was kept shows the leak, so about two seconds of it were compared with themselves: what moves with \
the picture was taken out, the pilot's place and rhythm were looked for in the rest without looking at any viewing's key, and \
every viewing was tried at every moment that it was shown. For a viewing that had no part in it the signs are independent of \
the leak, so z has mean 0 and variance 1 whatever the picture, and by Hoeffding's inequality p = min(1, 2 T exp(-z^2 / 2)) bounds \
the chance that any innocent viewing reaches z at any of all T moments that were tried. A viewing is named when its p is below \
the threshold; every such viewing is named; when there is none, there is no decision.";

impl Evidence {
    /// The viewings whose mark is there beyond doubt.
    pub fn named(&self) -> impl Iterator<Item = &Suspect> {
        self.suspects.iter().filter(|suspect| suspect.named)
    }

    /// Why there is no decision, when there is none.
    pub fn undecided(&self) -> Option<&'static str> {
        if self.named().next().is_some() {
            None
        } else if self.alone.as_ref().is_some_and(|alone| !alone.pictures.is_empty()) {
            Some("the leak shows nothing of what was kept, and by itself not enough of any viewing's mark")
        } else if self.places.is_empty() {
            Some("the leak shows nothing of what was kept; name the source with --reference FILE, or another review")
        } else if self.suspects.is_empty() {
            Some("no viewing was shown the frames that the leak shows")
        } else {
            Some("no viewing's mark is there beyond doubt")
        }
    }
}
