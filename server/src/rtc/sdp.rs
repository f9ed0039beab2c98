//! What an offer contains that matters here, and the two things the answer needs that the library does not write.

use pipelines::spec::encode::{OfferedAs, VideoFormat};

use super::{color_space, playout_delay};

/// Why an offer is not taken. The text may be shown to whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OfferError {
    /// Not an SDP the server can read.
    #[error("the offer is not a readable SDP: {0}")]
    Malformed(String),
    /// No video codec the server sends.
    #[error(
        "the offer has neither H.264 with packetization-mode=1 and profile-level-id f4001f or 42e01f nor VP9 with \
         profile-id 0, 1 or 3, one of which is needed"
    )]
    NoFormat,
    /// The offerer insists on being the DTLS server.
    #[error("the offer must allow the answer a=setup:passive, so it must say actpass or active")]
    Setup,
}

/// Formats of ours that an offer accepts, best picture first.
///
/// Only exact profiles count: a decoder that takes another one is not asked to try.
///
/// # Errors
/// [`OfferError::NoFormat`] when there is none, [`OfferError::Setup`] when the DTLS roles cannot fit.
pub fn offered_formats(offer: &str) -> Result<Vec<VideoFormat>, OfferError> {
    if offer.lines().any(|line| line.trim() == "a=setup:passive") {
        return Err(OfferError::Setup);
    }
    let formats = formats(offer);
    if formats.is_empty() { Err(OfferError::NoFormat) } else { Ok(formats) }
}

/// Formats of ours that an SDP names, best picture first.
pub(super) fn formats(sdp: &str) -> Vec<VideoFormat> {
    let h264: Vec<u32> = sdp.lines().filter_map(h264_profile).collect();
    let vp9: Vec<u32> = vp9_profiles(sdp).collect();
    VideoFormat::ALL
        .into_iter()
        // The RTP library looks for key frames of profile 2 one bit too far on, and so never marks one (str0m 0.25).
        .filter(|format| *format != VideoFormat::Vp9Profile2)
        .filter(|format| match format.offered_as() {
            // Profile and constraint flags must agree, the level is only a hint (RFC 6184 section 8.2.2).
            OfferedAs::H264 { profile_level_id } => h264.iter().any(|offered| offered >> 8 == profile_level_id >> 8),
            OfferedAs::Vp9 { profile_id } => vp9.contains(&profile_id),
        })
        .collect()
}

/// Payload type and text of an `a=fmtp` line.
fn parameters(line: &str) -> Option<(&str, &str)> {
    line.trim().strip_prefix("a=fmtp:")?.split_once(' ')
}

/// The value of a parameter of an `a=fmtp` line.
fn value<'a>(parameters: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = parameters.split(';').filter_map(|parameter| parameter.trim().split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

/// `profile-id` of every VP9 payload type, 0 where none is said (RFC 9628 section 6).
fn vp9_profiles(sdp: &str) -> impl Iterator<Item = u32> {
    let types = sdp.lines().filter_map(|line| {
        let (payload_type, name) = line.trim().strip_prefix("a=rtpmap:")?.split_once(' ')?;
        name.eq_ignore_ascii_case("VP9/90000").then_some(payload_type)
    });
    types.filter_map(|payload_type| {
        let mut said = sdp.lines().filter_map(parameters).filter(|(of, _)| *of == payload_type);
        match said.find_map(|(_, parameters)| value(parameters, "profile-id")) {
            Some(profile) => profile.parse().ok(),
            None => Some(0),
        }
    })
}

/// `profile-level-id` of an `a=fmtp` line that says packetization-mode=1.
fn h264_profile(line: &str) -> Option<u32> {
    let (_, parameters) = parameters(line)?;
    let mode = value(parameters, "packetization-mode")?;
    let profile = value(parameters, "profile-level-id")?;
    (mode == "1").then(|| u32::from_str_radix(profile, 16).ok())?
}

/// The two halves of the user name of a negotiation's checks, which everybody on the way may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IceNames {
    /// Ours.
    pub local: String,
    /// Of whoever made the offer.
    pub remote: String,
}

/// The offerer's half of the user name of checks; empty when none is said.
pub(super) fn ufrag(offer: &str) -> &str {
    attribute(offer, "ice-ufrag").unwrap_or_default()
}

/// The first value of an attribute.
pub(super) fn attribute<'a>(sdp: &'a str, name: &str) -> Option<&'a str> {
    let value = |line: &'a str| line.trim_end().strip_prefix("a=")?.strip_prefix(name)?.strip_prefix(':');
    sdp.lines().find_map(value).map(str::trim)
}

/// The offer as the library should read it: without candidates (the server never dials one) and with the colour
/// extension under the library's name for it.
pub fn prepare_offer(offer: &str) -> String {
    offer
        .lines()
        .filter(|line| !line.starts_with("a=candidate:"))
        .map(|line| format!("{}\r\n", renamed(line.trim_end(), |(public, local)| (public, local))))
        .collect()
}

/// Extensions by their public name and by the library's.
const EXTENSIONS: [(&str, &str); 2] =
    [(color_space::URI, color_space::LOCAL_URI), (playout_delay::URI, playout_delay::LOCAL_URI)];

fn renamed(line: &str, from_to: impl Fn((&'static str, &'static str)) -> (&'static str, &'static str)) -> String {
    EXTENSIONS.into_iter().map(from_to).fold(line.to_owned(), |line, (from, to)| line.replace(from, to))
}

/// The answer as the browser should read it: the colour extension under its public name, and picture and sound in one
/// media stream, which is what makes browsers keep them in sync.
pub fn finish_answer(answer: &str) -> String {
    let stream =
        answer.lines().find_map(|line| line.strip_prefix("a=msid:")?.split_once(' ')).map(|(stream, _)| stream);
    answer
        .lines()
        .map(|line| {
            let line = renamed(line.trim_end(), |(public, local)| (local, public));
            format!("{}\r\n", stream.and_then(|stream| in_stream(&line, stream)).unwrap_or(line))
        })
        .collect()
}

/// An `msid` line with its stream replaced, or `None` for any other line.
fn in_stream(line: &str, stream: &str) -> Option<String> {
    let start = if line.starts_with("a=msid:") {
        "a=msid:".len()
    } else if line.starts_with("a=ssrc:") {
        line.find(" msid:")? + " msid:".len()
    } else {
        return None;
    };
    let (_, track) = line.get(start..)?.split_once(' ')?;
    Some(format!("{}{stream} {track}", &line[..start]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHROMIUM: &str = "v=0\r\na=setup:actpass\r\na=candidate:1 1 udp 1 10.0.0.1 9 typ host\r\n\
        a=extmap:7 http://www.webrtc.org/experiments/rtp-hdrext/color-space\r\n\
        a=fmtp:103 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f\r\n\
        a=fmtp:109 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f\r\n\
        a=fmtp:35 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=f4001f\r\n";

    const H264: [VideoFormat; 4] = [
        VideoFormat::H264High444Bits10,
        VideoFormat::H264High10,
        VideoFormat::H264High444Bits8,
        VideoFormat::H264Bits8,
    ];

    #[test]
    fn the_best_offered_format_comes_first() {
        assert_eq!(offered_formats(CHROMIUM), Ok(H264.to_vec()));
    }

    #[test]
    fn vp9_counts_by_its_profile_wherever_its_payload_type_is_but_for_profile_2() {
        let offer = "a=setup:actpass\r\na=rtpmap:98 VP9/90000\r\na=rtpmap:35 VP9/90000\r\na=fmtp:35 profile-id=3\r\n\
            a=rtpmap:34 VP9/90000\r\na=fmtp:34 profile-id=2\r\na=rtpmap:36 AV1/90000\r\na=fmtp:36 profile-id=1\r\na=rtpmap:37 VP9/90000\r\na=fmtp:37 profile-id=7\r\n";
        assert_eq!(offered_formats(offer), Ok(vec![VideoFormat::Vp9Profile3, VideoFormat::Vp9Profile0]));
    }

    #[test]
    fn without_444_only_420_remains() {
        let offer = CHROMIUM.replace("f4001f", "640c1f");
        assert_eq!(offered_formats(&offer), Ok(vec![VideoFormat::H264Bits8]));
    }

    #[test]
    fn packetization_mode_0_is_not_taken() {
        let offer = CHROMIUM.replace("packetization-mode=1", "packetization-mode=0");
        assert_eq!(offered_formats(&offer), Err(OfferError::NoFormat));
    }

    #[test]
    fn an_offer_that_insists_on_being_dtls_server_is_refused() {
        assert_eq!(offered_formats(&CHROMIUM.replace("actpass", "passive")), Err(OfferError::Setup));
    }

    #[test]
    fn candidates_of_the_offer_are_never_read() {
        assert!(!prepare_offer(CHROMIUM).contains("10.0.0.1"));
    }

    #[test]
    fn the_color_extension_keeps_its_public_name_on_the_wire() {
        assert!(prepare_offer(CHROMIUM).contains("a=extmap:7 urn:vitrine:color-space\r\n"));
        assert_eq!(
            finish_answer("a=extmap:7 urn:vitrine:color-space\r\n"),
            format!("a=extmap:7 {}\r\n", color_space::URI)
        );
    }

    #[test]
    fn picture_and_sound_share_one_stream() {
        let answer =
            finish_answer("a=msid:one t1\r\na=ssrc:5 msid:one t1\r\na=msid:two t2\r\na=ssrc:6 msid:two t2\r\n");
        assert_eq!(answer, "a=msid:one t1\r\na=ssrc:5 msid:one t1\r\na=msid:one t2\r\na=ssrc:6 msid:one t2\r\n");
    }
}
