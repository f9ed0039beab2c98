//! What a sender's offer contains that matters here: one picture, in a codec that is decoded here, and maybe sound.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pipelines::spec::feed::FeedCodec;
use str0m::format::{Codec, FormatParams};

/// Why a sender's offer is not taken. The text may be shown to whoever sent it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishOfferError {
    /// No SDP that the server can read.
    #[error("the offer is not a readable SDP: {0}")]
    Malformed(String),
    /// No codec that is decoded here.
    #[error("the offer has no video codec that is taken here, expected H264, VP8 or VP9")]
    NoCodec,
    /// An SDP that asks for something else than to send one picture.
    #[error("{0}")]
    Unusable(&'static str),
}

/// The one video format that is answered, just as it is offered, so that the answer cannot differ from it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct PublishOffer {
    pub codec: FeedCodec,
    pub payload_type: u8,
    /// Payload type of retransmissions.
    pub retransmission: Option<u8>,
    pub format: FormatParams,
    /// H.264 parameter sets (Annex B) that the sender tells here and may leave out of its stream.
    pub parameter_sets: Vec<u8>,
    pub has_sound: bool,
}

impl PublishOffer {
    /// Reads an offer.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn read(sdp: &str) -> Result<Self, PublishOfferError> {
        let lines: Vec<&str> = sdp.lines().map(str::trim_end).collect();
        let mut sections = lines.split(|line| line.starts_with("m="));
        let session = sections.next().unwrap_or_default();
        let heads: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix("m=")).collect();
        let media: Vec<Section<'_>> =
            heads.iter().zip(sections).map(|(head, lines)| Section { head, lines }).filter(Section::is_open).collect();
        if !session.contains(&"v=0") {
            return Err(PublishOfferError::Malformed("it does not begin with v=0".to_owned()));
        }
        let video: Vec<&Section<'_>> = media.iter().filter(|media| media.head.starts_with("video ")).collect();
        let [video] = video[..] else {
            return Err(PublishOfferError::Unusable("the offer must have one m=video, and no more than one"));
        };
        if media.iter().filter(|media| media.head.starts_with("audio ")).count() > 1 {
            return Err(PublishOfferError::Unusable("the offer must not have more than one m=audio"));
        }
        if video.lines.iter().any(|line| matches!(*line, "a=recvonly" | "a=inactive")) {
            return Err(PublishOfferError::Unusable("the offer does not send its video, expected a=sendonly"));
        }
        if video.lines.iter().any(|line| line.starts_with("a=simulcast:")) {
            return Err(PublishOfferError::Unusable("the offer is of several sizes (simulcast), expected one"));
        }
        if lines.contains(&"a=setup:passive") {
            return Err(PublishOfferError::Unusable(
                "the offer must allow the answer a=setup:passive, so it must say actpass or active",
            ));
        }
        let has_sound = media.iter().any(|media| media.head.starts_with("audio ") && media.names("opus/48000/2"));
        video.format(has_sound).ok_or(PublishOfferError::NoCodec)
    }

    /// The codec in the library's word for it.
    pub fn library_codec(&self) -> Codec {
        match self.codec {
            FeedCodec::H264 => Codec::H264,
            FeedCodec::Vp8 => Codec::Vp8,
            FeedCodec::Vp9 => Codec::Vp9,
        }
    }
}

/// The value of `sprop-parameter-sets` (RFC 6184 section 8.1) as Annex B; empty when there is none or it is none.
fn parameter_sets(parameters: &str) -> Vec<u8> {
    let mut pairs = parameters.split(';').filter_map(|pair| pair.trim().split_once('='));
    let said = pairs.find(|(name, _)| *name == "sprop-parameter-sets").map_or("", |(_, value)| value);
    let sets = said.split(',').filter(|set| !set.is_empty()).map(|set| STANDARD.decode(set));
    sets.flatten().flat_map(|set| [0, 0, 0, 1].into_iter().chain(set)).collect()
}

/// One `m=` line and what follows it.
struct Section<'a> {
    /// Without `m=`.
    head: &'a str,
    lines: &'a [&'a str],
}

impl Section<'_> {
    /// A port of 0 means that it is declined, unless it goes with another (`bundle-only`).
    fn is_open(&self) -> bool {
        self.head.split(' ').nth(1) != Some("0") || self.lines.contains(&"a=bundle-only")
    }

    fn payload_types(&self) -> impl Iterator<Item = u8> {
        self.head.split(' ').skip(3).filter_map(|number| number.parse().ok())
    }

    /// What an attribute says of a payload type.
    fn said(&self, attribute: &str, payload_type: u8) -> Option<&str> {
        self.lines.iter().find_map(|line| {
            let (of, said) = line.strip_prefix("a=")?.strip_prefix(attribute)?.strip_prefix(':')?.split_once(' ')?;
            (of.parse() == Ok(payload_type)).then_some(said.trim())
        })
    }

    fn names(&self, codec: &str) -> bool {
        self.payload_types()
            .any(|number| self.said("rtpmap", number).is_some_and(|name| name.eq_ignore_ascii_case(codec)))
    }

    /// The first format that is taken here, which is the one the sender likes best.
    fn format(&self, has_sound: bool) -> Option<PublishOffer> {
        let known = |name: &str| match name.to_ascii_uppercase().as_str() {
            "H264/90000" => Some(FeedCodec::H264),
            "VP8/90000" => Some(FeedCodec::Vp8),
            "VP9/90000" => Some(FeedCodec::Vp9),
            _ => None,
        };
        let of = |number| self.said("rtpmap", number).and_then(known).map(|codec| (number, codec));
        let (payload_type, codec) = self.payload_types().find_map(of)?;
        let repairs = |number: &u8| {
            let apt = |said: &str| said.split(';').find_map(|part| part.trim().strip_prefix("apt=")?.parse().ok());
            self.said("fmtp", *number).and_then(apt) == Some(payload_type)
        };
        let retransmission = self.payload_types().find(repairs);
        let said = self.said("fmtp", payload_type);
        let format = said.map(FormatParams::parse_line).unwrap_or_default();
        let parameter_sets = said.map(parameter_sets).unwrap_or_default();
        Some(PublishOffer { codec, payload_type, retransmission, format, parameter_sets, has_sound })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const OBS: &str = "v=0\r\no=rtc 1 0 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\na=setup:actpass\r\n\
        a=ice-ufrag:ab12\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\na=sendonly\r\na=rtpmap:111 opus/48000/2\r\n\
        m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:1\r\na=sendonly\r\na=rtpmap:96 H264/90000\r\n\
        a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1\r\na=rtpmap:97 rtx/90000\r\n\
        a=fmtp:97 apt=96\r\n";

    #[test]
    fn the_first_format_that_is_known_is_taken_with_its_retransmissions() {
        let offer = PublishOffer::read(OBS).unwrap();
        assert_eq!((offer.codec, offer.payload_type, offer.retransmission), (FeedCodec::H264, 96, Some(97)));
        assert!(offer.has_sound);
        assert_eq!(offer.format.profile_level_id, Some(0x42_e0_1f));
    }

    #[test]
    fn a_format_that_says_nothing_of_itself_is_taken_too() {
        let bare =
            OBS.replace("a=fmtp:96 profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1\r\n", "");
        assert_eq!(PublishOffer::read(&bare).unwrap().format, FormatParams::default());
    }

    #[test]
    fn parameter_sets_of_the_offer_are_kept() {
        let told = OBS.replace("asymmetry-allowed=1", "asymmetry-allowed=1;sprop-parameter-sets=Z0LA,aM4=");
        let sets = PublishOffer::read(&told).unwrap().parameter_sets;
        assert_eq!(sets, [0, 0, 0, 1, 0x67, 0x42, 0xc0, 0, 0, 0, 1, 0x68, 0xce]);
    }

    #[test]
    fn what_is_not_taken_is_refused_with_what_was_expected() {
        let says = |offer: String| PublishOffer::read(&offer).unwrap_err().to_string();
        assert!(says("hello".to_owned()).contains("does not begin with v=0"));
        assert!(says(OBS.replace("H264/90000", "H265/90000")).contains("expected H264, VP8 or VP9"));
        assert!(says(OBS.replace("a=sendonly", "a=recvonly")).contains("expected a=sendonly"));
        assert!(says(OBS.replace("a=setup:actpass", "a=setup:passive")).contains("actpass or active"));
        assert!(says(OBS.replace("m=video", "m=application")).contains("one m=video"));
        assert!(says(format!("{OBS}a=simulcast:send a;b\r\n")).contains("simulcast"));
        assert!(says(format!("{OBS}m=video 9 UDP/TLS/RTP/SAVPF 96\r\n")).contains("no more than one"));
    }
}
