//! Who a picture is marked for, and with what.

use std::ops::RangeInclusive;

use forensic::{PilotKey, ViewingKey};
use serde::{Deserialize, Serialize};

/// What a visible mark can say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarkField {
    /// The recipient's name.
    Name,
    /// The recipient's e-mail address.
    Email,
    /// The address the viewing was opened from.
    Ip,
    /// The server's clock, UTC, to the second.
    Utc,
    /// The template's company.
    Company,
    /// The review's title.
    Review,
    /// The template's own text.
    Text,
    /// The viewing's code.
    Code,
}

impl MarkField {
    /// All of them, in the order a template is written in.
    pub const ALL: [Self; 8] =
        [Self::Name, Self::Email, Self::Company, Self::Review, Self::Text, Self::Ip, Self::Utc, Self::Code];

    /// Its word, as in a template that is written down.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Ip => "ip",
            Self::Utc => "utc",
            Self::Company => "company",
            Self::Review => "review",
            Self::Text => "text",
            Self::Code => "code",
        }
    }
}

/// How a visible mark covers the picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarkLayout {
    /// One or two lines near the upper or lower edge, and the code alone twice further inside.
    #[default]
    Line,
    /// A field and the code in each corner, and the code alone twice further inside.
    Corners,
    /// Everything, small, slanted, all over the picture.
    Tiled,
    /// Everything in one block that may stand anywhere; nothing else.
    Moving,
}

impl MarkLayout {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Line, Self::Corners, Self::Tiled, Self::Moving];

    /// Its word, as in a template that is written down.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Corners => "corners",
            Self::Tiled => "tiled",
            Self::Moving => "moving",
        }
    }
}

/// What the visible marks of a project say, and how they look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MarkTemplate {
    /// What is said, in this order.
    pub fields: Vec<MarkField>,
    /// For [`MarkField::Company`].
    pub company: String,
    /// For [`MarkField::Text`].
    pub text: String,
    /// How it covers the picture.
    pub layout: MarkLayout,
    /// Height of capitals in thousandths of the picture's height, within [`MarkTemplate::SIZES`].
    pub size: u16,
    /// How far letters move the picture towards white or black, in hundredths, within [`MarkTemplate::OPACITIES`].
    pub opacity: u8,
}

/// Why a template cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The code is what a leaked picture is found by.
    #[error("the code of the viewing must be among the fields")]
    NoCode,
    /// A mark that names nobody deters nobody.
    #[error("the mark must name the viewer: name or email must be among the fields")]
    NamesNobody,
    /// A field is there twice.
    #[error("{} is there twice", .0.word())]
    Twice(MarkField),
    /// A text that is to be shown is empty.
    #[error("{} is among the fields, but its text is empty", .0.word())]
    Empty(MarkField),
    /// A text is too long to be read.
    #[error("the text of {} has {length} characters; at most {} are allowed", .field.word(), MarkTemplate::TEXT_LIMIT)]
    TooLong {
        /// Whose.
        field: MarkField,
        /// What was given.
        length: usize,
    },
    /// A text that is not one line.
    #[error("the text of {} contains a control character", .0.word())]
    ControlCharacter(MarkField),
    /// Letters too small to be read or too large to look past.
    #[error("capitals of {0} thousandths of the picture's height; expected {low} to {high}",
        low = MarkTemplate::SIZES.start(), high = MarkTemplate::SIZES.end())]
    Size(u16),
    /// Letters too faint to be read or too strong to look through.
    #[error("an opacity of {0} %; expected {low} to {high} %",
        low = MarkTemplate::OPACITIES.start(), high = MarkTemplate::OPACITIES.end())]
    Opacity(u8),
}

impl TemplateError {
    /// The part of the template this is about.
    pub fn part(&self) -> &'static str {
        match self {
            Self::NoCode | Self::NamesNobody | Self::Twice(_) => "fields",
            Self::Empty(field) | Self::TooLong { field, .. } | Self::ControlCharacter(field) => field.word(),
            Self::Size(_) => "size",
            Self::Opacity(_) => "opacity",
        }
    }
}

impl Default for MarkTemplate {
    fn default() -> Self {
        use MarkField::{Code, Email, Ip, Name, Utc};
        let fields = vec![Name, Email, Ip, Utc, Code];
        let (company, text) = (String::new(), String::new());
        Self { fields, company, text, layout: MarkLayout::Line, size: 22, opacity: 40 }
    }
}

impl MarkTemplate {
    /// Heights of capitals, in thousandths of the picture's height. At 16 the small letters (64 % of that) are 11 lines
    /// of 1080 and 7 of 720, about the least that survives an encoder; at 60 a name takes a third of the picture.
    pub const SIZES: RangeInclusive<u16> = 16..=60;
    /// Opacities, in hundredths. At 20 letters differ from their rim by at least 13 % of the range over any brightness
    /// (28 codes of 8 bits), many times what an eye needs; at 70 the picture can still be seen through them.
    pub const OPACITIES: RangeInclusive<u8> = 20..=70;
    /// Longest company and text, in characters.
    pub const TEXT_LIMIT: usize = 60;

    /// Whether a mark by this template names its viewer and can be read.
    ///
    /// # Errors
    /// With the first rule that it breaks.
    pub fn check(&self) -> Result<(), TemplateError> {
        let has = |field| self.fields.contains(&field);
        if let Some(twice) = self.fields.iter().enumerate().find(|(at, field)| self.fields[..*at].contains(field)) {
            return Err(TemplateError::Twice(*twice.1));
        }
        if !has(MarkField::Code) {
            return Err(TemplateError::NoCode);
        }
        if !has(MarkField::Name) && !has(MarkField::Email) {
            return Err(TemplateError::NamesNobody);
        }
        for (field, text) in [(MarkField::Company, &self.company), (MarkField::Text, &self.text)] {
            let length = text.chars().count();
            if length > Self::TEXT_LIMIT {
                return Err(TemplateError::TooLong { field, length });
            }
            if text.chars().any(char::is_control) {
                return Err(TemplateError::ControlCharacter(field));
            }
            if has(field) && text.trim().is_empty() {
                return Err(TemplateError::Empty(field));
            }
        }
        if !Self::SIZES.contains(&self.size) {
            return Err(TemplateError::Size(self.size));
        }
        if Self::OPACITIES.contains(&self.opacity) { Ok(()) } else { Err(TemplateError::Opacity(self.opacity)) }
    }

    /// Height of capitals as a part of the picture's height: within the bounds whatever is written.
    pub(crate) fn cap_height(&self) -> f32 {
        f32::from(self.size.clamp(*Self::SIZES.start(), *Self::SIZES.end())) / 1_000.0
    }

    /// Opacity as a part of 1: within the bounds whatever is written.
    pub(crate) fn strength(&self) -> f32 {
        f32::from(self.opacity.clamp(*Self::OPACITIES.start(), *Self::OPACITIES.end())) / 100.0
    }
}

/// The fields burned into every frame of one viewing; the UTC time is added by the clock of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MarkSpec {
    /// The recipient's name, in any script.
    pub name: String,
    /// The recipient's e-mail address.
    pub email: String,
    /// The address the viewing was opened from.
    pub ip: String,
    /// The review's title.
    pub review: String,
    /// Short code of the viewing, e.g. `K7PX-3MRE`, which alone names it in the audit log.
    pub session_code: String,
    /// Which of them are said, and how they look.
    pub template: MarkTemplate,
}

impl MarkSpec {
    /// What a field says; `None` for the clock.
    pub(crate) fn text(&self, field: MarkField) -> Option<&str> {
        match field {
            MarkField::Name => Some(&self.name),
            MarkField::Email => Some(&self.email),
            MarkField::Ip => Some(&self.ip),
            MarkField::Utc => None,
            MarkField::Company => Some(&self.template.company),
            MarkField::Review => Some(&self.review),
            MarkField::Text => Some(&self.template.text),
            MarkField::Code => Some(&self.session_code),
        }
    }

    /// The fields to be said, the code among them whatever the template says.
    pub(crate) fn fields(&self) -> Vec<MarkField> {
        let mut fields = self.template.fields.clone();
        if !fields.contains(&MarkField::Code) {
            fields.push(MarkField::Code);
        }
        fields
    }
}

/// The keys of the invisible mark: derived for one viewing, of no use for any other. They cannot be printed.
#[derive(Clone, Debug)]
pub struct ForensicKeys {
    /// This viewing's own.
    pub viewing: ViewingKey,
    /// The production's pilot.
    pub pilot: PilotKey,
}

/// Both marks of one viewing. There is no picture without the invisible one; the visible one is lifted only for the
/// moments of a clean hold.
#[derive(Clone, Debug)]
pub struct Marks {
    /// What people read.
    pub visible: MarkSpec,
    /// What only the detector finds.
    pub invisible: ForensicKeys,
}
