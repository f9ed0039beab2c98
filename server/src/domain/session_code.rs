//! The short code that is burned into a viewer's picture and alone names them in the record, and reading it off a leak.
//!
//! Eight characters of an alphabet of 23 that has nothing which looks alike (no 0 D O Q, 1 I L, 2 with Z, 5 with S, 6 with G,
//! 8 with B, U V with Y), the last of them a check: with the characters numbered from 0 in the alphabet and their places from
//! 1, the sum of place times number is a multiple of 23. 23 is prime, so any one wrong character and any two exchanged ones
//! (not only neighbours) change the sum: a code that is misread like that is no code. Before that, codes had six characters
//! of a larger alphabet and no check; they are still found.

use super::secret::READABLE;

/// The characters of codes.
pub const ALPHABET: &[u8; 23] = b"23456789ACEFHJKMNPRTWXY";
/// Characters of a code, the check among them; it is written in two groups.
pub const LENGTH: usize = 8;
/// Characters of a code from before there was a check.
const OLD_LENGTH: usize = 6;
/// Characters that must have been read for a search to mean anything.
const READ_LEAST: usize = 3;
const MODULUS: usize = 23;

/// A code from random bytes; `None` when there were too few that do not bias the choice.
pub fn session_code(random: &[u8]) -> Option<String> {
    let limit = 256 - 256 % MODULUS;
    let mut numbers = random.iter().map(|byte| usize::from(*byte)).filter(|byte| *byte < limit);
    let mut code: Vec<usize> = Vec::with_capacity(LENGTH);
    for _ in 1..LENGTH {
        code.push(numbers.next()? % MODULUS);
    }
    let so_far = sum(&code);
    code.push((0..MODULUS).find(|check| (so_far + LENGTH * check).is_multiple_of(MODULUS))?);
    let text: String = code.iter().map(|number| char::from(ALPHABET[*number])).collect();
    Some(format!("{}-{}", &text[..LENGTH / 2], &text[LENGTH / 2..]))
}

fn sum(numbers: &[usize]) -> usize {
    numbers.iter().enumerate().map(|(place, number)| (place + 1) * number).sum()
}

/// What somebody reads off a picture; a character they cannot read is `?`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading(Vec<Option<char>>);

/// Why something that was read is no code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotACode {
    /// It is too long or too short.
    #[error("{0} characters; a code has {LENGTH} (older ones {OLD_LENGTH}), with ? for each that cannot be read")]
    Length(usize),
    /// It has a character that no code has.
    #[error("{0:?} is in no code; put ? where you are not sure")]
    Character(char),
    /// Too little of it was read.
    #[error("{0} characters were read; at least {READ_LEAST} are needed")]
    TooLittle(usize),
}

impl Reading {
    /// Takes what was typed: case, spaces and hyphens do not matter; `?`, `*`, `_` and `.` stand for what cannot be read, and
    /// letters that are in no code for the digit they look like.
    ///
    /// # Errors
    /// When it cannot be a code, however it is read.
    pub fn of(text: &str) -> Result<Self, NotACode> {
        let typed: Vec<char> =
            text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_uppercase()).collect();
        let alphabet: &[u8] = match typed.len() {
            LENGTH => ALPHABET,
            OLD_LENGTH => READABLE,
            other => return Err(NotACode::Length(other)),
        };
        let read = |typed: &char| match typed {
            '?' | '*' | '_' | '.' => Ok(None),
            typed => {
                let known = |c: char| u8::try_from(c).is_ok_and(|byte| alphabet.contains(&byte));
                let meant = if known(*typed) { *typed } else { looks_like(*typed) };
                if known(meant) { Ok(Some(meant)) } else { Err(NotACode::Character(*typed)) }
            }
        };
        let read = typed.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        match read.iter().flatten().count() {
            few if few < READ_LEAST => Err(NotACode::TooLittle(few)),
            _ => Ok(Self(read)),
        }
    }

    /// Whether it was read whole and its check says that no viewing has it: something was misread.
    pub fn is_misread(&self) -> bool {
        let number = |c: &Option<char>| c.and_then(|c| ALPHABET.iter().position(|byte| char::from(*byte) == c));
        let numbers: Option<Vec<usize>> = self.0.iter().map(number).collect();
        self.0.len() == LENGTH && numbers.is_some_and(|numbers| !sum(&numbers).is_multiple_of(MODULUS))
    }

    /// Whether a code is what was read.
    pub fn is(&self, code: &str) -> bool {
        self.differences(code) == Some(0)
    }

    /// Whether a code is what was read but for one character, or two neighbours exchanged.
    pub fn is_nearly(&self, code: &str) -> bool {
        let exchanged = |at: usize| {
            let mut other = self.clone();
            other.0.swap(at, at + 1);
            other.is(code)
        };
        self.differences(code) == Some(1) || (0..self.0.len().saturating_sub(1)).any(exchanged)
    }

    /// Characters that are others; `None` for a code of another length.
    fn differences(&self, code: &str) -> Option<usize> {
        let code: Vec<char> = code.chars().filter(|c| *c != '-').collect();
        let differs = |(read, is): &(&Option<char>, &char)| read.is_some_and(|read| read != **is);
        (code.len() == self.0.len()).then(|| self.0.iter().zip(&code).filter(differs).count())
    }
}

/// The digit that a letter is taken for.
fn looks_like(letter: char) -> char {
    match letter {
        'Z' => '2',
        'S' => '5',
        'G' => '6',
        'B' => '8',
        other => other,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn codes() -> impl Iterator<Item = String> {
        (0..400_u32).map(|seed| {
            let random: Vec<u8> =
                (0..32_u32).map(|at| ((seed.wrapping_mul(2_654_435_761) >> (at % 24)) ^ (at * 37)) as u8).collect();
            session_code(&random).unwrap()
        })
    }

    fn with(code: &str, at: usize, other: char) -> String {
        code.chars().enumerate().map(|(index, c)| if index == at { other } else { c }).collect()
    }

    #[test]
    fn a_code_is_eight_characters_in_two_groups_and_its_own_reading() {
        for code in codes() {
            assert_eq!((code.len(), code.find('-')), (9, Some(4)), "{code}");
            let reading = Reading::of(&code.to_lowercase()).unwrap();
            assert!(reading.is(&code) && !reading.is_misread(), "{code}");
        }
        assert_eq!(session_code(&[255; 64]), None, "bytes that would bias the choice");
    }

    #[test]
    fn every_single_wrong_character_and_every_exchange_is_noticed() {
        for code in codes().take(60) {
            let places: Vec<usize> = (0..9).filter(|at| *at != 4).collect();
            for (index, at) in places.iter().enumerate() {
                for other in ALPHABET.map(char::from) {
                    let wrong = with(&code, *at, other);
                    assert_eq!(Reading::of(&wrong).unwrap().is_misread(), wrong != code, "{wrong} for {code}");
                }
                for (between, later) in places[index + 1..].iter().enumerate() {
                    let (a, b) = (code.as_bytes()[*at], code.as_bytes()[*later]);
                    let exchanged = with(&with(&code, *at, char::from(b)), *later, char::from(a));
                    assert_eq!(Reading::of(&exchanged).unwrap().is_misread(), a != b, "{exchanged} for {code}");
                    let near = Reading::of(&exchanged).unwrap().is_nearly(&code);
                    assert!(near || between > 0, "{exchanged} is near {code}");
                }
            }
        }
    }

    #[test]
    fn what_cannot_be_read_is_left_open() {
        let reading = Reading::of("k7?x 3*re").unwrap();
        assert!(reading.is("K7PX-3MRE") && reading.is("K7AX-33RE") && !reading.is("K7PX-3MRX"));
        assert!(!reading.is_misread());
        assert!(
            Reading::of("K7ZX-SGBW").unwrap().is("K72X-568W"),
            "letters that are in no code are the digits they look like"
        );
        for (text, why) in [
            ("K7PX-3MR", NotACode::Length(7)),
            ("", NotACode::Length(0)),
            ("K7PX-3MRO", NotACode::Character('O')),
            ("K7PX-3MRé", NotACode::Character('é')),
            ("?7?X-????", NotACode::TooLittle(2)),
        ] {
            assert_eq!(Reading::of(text), Err(why));
        }
    }

    #[test]
    fn codes_from_before_there_was_a_check_are_found() {
        let reading = Reading::of("k7qx2m").unwrap();
        assert!(reading.is("K7QX-2M") && !reading.is("K7QX-2MWW") && !reading.is_misread());
        assert!(Reading::of("K7?X-2M").unwrap().is("K7QX-2M"));
    }
}
