//! One line of a `.cube` file.

use std::borrow::Cow;

use crate::formats::error::ReadErrorKind;
use crate::formats::text::{means_not_finite, numbers};

/// What a line says.
#[derive(Debug, PartialEq)]
pub(super) enum Line {
    /// Nothing, or a comment.
    Empty,
    /// Three numbers.
    Color([f32; 3]),
    /// A known keyword and what follows it, without comment.
    Keyword(Keyword, String),
    /// A keyword this reader does not know.
    Unknown(String),
}

/// The known keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keyword {
    Title,
    Size1d,
    Size3d,
    DomainMin,
    DomainMax,
    Range1d,
    Range3d,
    InVideoRange,
    OutVideoRange,
}

impl Keyword {
    fn parse(word: &str) -> Option<Self> {
        Some(match word.to_ascii_uppercase().as_str() {
            "TITLE" => Self::Title,
            "LUT_1D_SIZE" => Self::Size1d,
            "LUT_3D_SIZE" => Self::Size3d,
            "DOMAIN_MIN" => Self::DomainMin,
            "DOMAIN_MAX" => Self::DomainMax,
            "LUT_1D_INPUT_RANGE" => Self::Range1d,
            "LUT_3D_INPUT_RANGE" => Self::Range3d,
            "LUT_IN_VIDEO_RANGE" => Self::InVideoRange,
            "LUT_OUT_VIDEO_RANGE" => Self::OutVideoRange,
            _ => return None,
        })
    }
}

impl Line {
    pub(super) fn parse(raw: &[u8]) -> Result<Self, ReadErrorKind> {
        if raw.contains(&0) {
            return Err(ReadErrorKind::NotText);
        }
        let text: Cow<'_, str> = String::from_utf8_lossy(raw);
        let text = text.trim();
        let word = text.split(char::is_whitespace).next().unwrap_or_default();
        // `TITLE"name"` without a space is seen too.
        let bare = word.split('"').next().unwrap_or_default();
        if Keyword::parse(bare) == Some(Keyword::Title) {
            return Ok(Self::Keyword(Keyword::Title, text[bare.len()..].trim().to_owned()));
        }
        let text = without_comment(text);
        if text.is_empty() {
            return Ok(Self::Empty);
        }
        let word = text.split(char::is_whitespace).next().unwrap_or_default();
        if let Some(keyword) = Keyword::parse(word) {
            return Ok(Self::Keyword(keyword, text[word.len()..].trim().to_owned()));
        }
        let starts_a_word = word.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if starts_a_word && !means_not_finite(word) {
            return Ok(Self::Unknown(word.to_owned()));
        }
        numbers(text).map(Self::Color)
    }
}

/// The text before `#`. The `1.#INF` and `1.#QNAN` of Windows are not comments.
fn without_comment(text: &str) -> &str {
    let comment = text.match_indices('#').find(|&(at, _)| {
        let tail: String = text[at + 1..].chars().take(4).map(|c| c.to_ascii_uppercase()).collect();
        let windows = ["INF", "IND", "QNAN", "SNAN"].iter().any(|w| tail.starts_with(w));
        !(windows && text[..at].ends_with('.'))
    });
    comment.map_or(text, |(at, _)| text[..at].trim_end())
}

/// A title without its quotes; without quotes, as it stands.
pub(super) fn unquoted(rest: &str) -> String {
    match rest.strip_prefix('"') {
        Some(inner) => inner.rsplit_once('"').map_or(inner, |(title, _)| title).to_owned(),
        None => rest.to_owned(),
    }
}
