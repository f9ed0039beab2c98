//! Rules without I/O.

use std::time::Duration;

use proptest::prelude::*;
use vitrine::domain::comment;
use vitrine::domain::instant::UtcInstant;
use vitrine::domain::invalid::{self, Invalid};
use vitrine::domain::link::{self, LONGEST_LIFE, LinkFacts, LinkRefusal, LinkState, TRIES};
use vitrine::domain::review::{ReviewState, ReviewWindow};
use vitrine::domain::secret::{SecretText, Token};
use vitrine::domain::viewer;
use vitrine::domain::viewing::{Authority, EndReason};

fn at(ms: i64) -> UtcInstant {
    UtcInstant::from_ms(ms)
}

fn window(starts_at: i64, ends_at: i64, ended_at: Option<i64>) -> ReviewWindow {
    ReviewWindow { starts_at: at(starts_at), ends_at: at(ends_at), ended_at: ended_at.map(at) }
}

proptest! {
    #[test]
    fn instants_are_written_and_read_alike(ms in 0_i64..253_402_300_799_999) {
        let text = at(ms).to_string();
        prop_assert_eq!(text.parse::<UtcInstant>().unwrap(), at(ms));
        prop_assert!(text.ends_with('Z') && text.len() == 24);
    }

    #[test]
    fn a_review_is_live_exactly_in_its_window(start in 0_i64..1_000, length in 1_i64..1_000, now in 0_i64..3_000) {
        let state = window(start, start + length, None).state(at(now));
        prop_assert_eq!(state == ReviewState::Live, (start..start + length).contains(&now));
        prop_assert_eq!(window(start, start + length, Some(now)).state(at(now)), ReviewState::Ended);
    }

    #[test]
    fn no_link_lives_longer_than_seven_days(asked in proptest::option::of(0_i64..2_000_000_000), ends in 0_i64..4_000_000_000, now in 0_i64..1_000_000_000) {
        let latest = at(now).plus(LONGEST_LIFE);
        match link::expiry(asked.map(at), at(ends), LONGEST_LIFE, at(now)) {
            Ok(expires_at) => prop_assert!(expires_at <= latest),
            Err(Invalid::ExpiryTooLate { .. }) => prop_assert!(asked.is_some_and(|asked| at(asked) > latest)),
            Err(Invalid::ExpiryPassed { .. }) => prop_assert!(asked.is_some_and(|asked| asked <= now)),
            Err(other) => prop_assert!(false, "{other}"),
        }
    }

    #[test]
    fn a_viewing_goes_on_only_with_every_right(
        revoked in any::<bool>(), removed in any::<bool>(), ended in any::<bool>(),
        link_left in -5_i64..5, window_left in -5_i64..5, lease_left in proptest::option::of(-5_i64..5),
    ) {
        let now = 1_000;
        let authority = Authority {
            window: window(0, now + window_left, ended.then_some(now)),
            link_expires_at: at(now + link_left),
            link_revoked_at: revoked.then_some(at(now)),
            viewer_ended: removed.then_some(EndReason::Removed),
            lease_expires_at: lease_left.map(|left| at(now + left)),
        };
        let all = !revoked && !removed && !ended && link_left > 0 && window_left > 0;
        prop_assert_eq!(authority.viewer(at(now)).is_ok(), all);
        prop_assert_eq!(authority.viewing(at(now)).is_ok(), all && lease_left.is_some_and(|left| left > 0));
    }

    #[test]
    fn a_token_is_read_back_and_nothing_else_is(bytes in any::<[u8; 32]>(), other in ".{0,60}") {
        let token = Token::from_bytes(bytes);
        let text = token.reveal();
        prop_assert_eq!(text.len(), 43);
        prop_assert_eq!(Token::parse(&text).unwrap().hash(), token.hash());
        if other != *text {
            prop_assert!(Token::parse(&other).is_none_or(|found| found.hash() != token.hash()));
        }
    }

    #[test]
    fn passphrases_are_readable_and_forgiving(bytes in proptest::collection::vec(any::<u8>(), 64)) {
        let passphrase = link::passphrase(&bytes).unwrap();
        let text = passphrase.reveal();
        prop_assert!(text.chars().filter(|c| *c != '-').count() >= 16);
        prop_assert!(!text.contains(['0', 'o', '1', 'l', 'i']));
        let typed = SecretText::new(format!(" {} ", text.to_uppercase().replace('-', " ")));
        let [mine, other] = [1, 2].map(|byte| Token::from_bytes([byte; 32]));
        let kept = link::passphrase_hash(&mine, &passphrase);
        prop_assert_eq!(kept, link::passphrase_hash(&mine, &typed));
        prop_assert_ne!(kept, link::passphrase_hash(&other, &passphrase), "of another link");
        prop_assert_ne!(kept, link::passphrase_hash(&mine, &SecretText::new(&text[1..])));
    }

    #[test]
    fn comments_keep_what_was_said(text in "\\PC{1,200}") {
        match comment::text(&text) {
            Ok(kept) => prop_assert_eq!(kept, text.trim()),
            Err(error) => prop_assert_eq!((error.field(), text.trim()), ("text", "")),
        }
    }
}

#[test]
fn a_link_says_why_it_does_not_open() {
    let open =
        LinkFacts { expires_at: at(100), revoked_at: None, tries_used: 0, in_use: false, uses: 0, uses_limit: Some(2) };
    let live = window(0, 1_000, None);
    let now = at(50);
    assert_eq!(open.may_redeem(&live, now), Ok(()));
    assert_eq!(open.may_redeem(&live, at(100)), Err(LinkRefusal::Expired));
    assert_eq!(LinkFacts { revoked_at: Some(at(1)), ..open }.may_redeem(&live, now), Err(LinkRefusal::Revoked));
    assert_eq!(LinkFacts { tries_used: TRIES, ..open }.may_redeem(&live, now), Err(LinkRefusal::Locked));
    assert_eq!(LinkFacts { in_use: true, ..open }.may_redeem(&live, now), Err(LinkRefusal::InUse));
    assert_eq!(LinkFacts { uses: 1, ..open }.may_redeem(&live, now), Ok(()));
    assert_eq!(LinkFacts { uses: 2, ..open }.may_redeem(&live, now), Err(LinkRefusal::Spent));
    assert_eq!(LinkFacts { uses: 2, ..open }.state(now), LinkState::Spent);
    assert_eq!(open.may_redeem(&window(60, 1_000, None), now), Err(LinkRefusal::NotYet));
    assert_eq!(open.may_redeem(&window(0, 40, None), now), Err(LinkRefusal::Over));
    assert_eq!(LinkFacts { in_use: true, ..open }.state(now), LinkState::InUse);
}

#[test]
fn windows_that_make_no_sense_are_refused() {
    let now = at(1_000);
    assert!(ReviewWindow::plan(at(2_000), at(2_000), now).is_err());
    assert!(ReviewWindow::plan(at(10), at(1_000), now).is_err());
    assert!(ReviewWindow::plan(at(0), at(0).plus(Duration::from_secs(91 * 24 * 3_600)), now).is_err());
    assert!(ReviewWindow::plan(at(0), at(1_001), now).is_ok());
}

#[test]
fn lines_and_addresses_are_what_they_say() {
    assert_eq!(invalid::line("name", "  Ana Ito ", 20).unwrap(), "Ana Ito");
    assert!(invalid::line("name", "a\nb", 20).is_err());
    assert!(invalid::line("name", "", 20).is_err());
    assert!(invalid::line("name", "abc", 2).is_err());
    assert!(invalid::email("ana@example.org").is_ok());
    for wrong in ["ana", "@b", "a@", "a@b@c", "a b@c", "a@b;c@d", "<a@b>"] {
        assert!(invalid::email(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn browsers_are_named_as_people_name_them() {
    let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36";
    assert_eq!(viewer::browser(chrome), "Chrome 141 on Windows");
    let safari = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15";
    assert_eq!(viewer::browser(safari), "Safari 18 on macOS");
    assert_eq!(viewer::browser("curl/8\u{7}"), "curl/8");
}

#[test]
fn secrets_do_not_print_themselves() {
    let token = Token::from_bytes([7; 32]);
    let text = format!("{:?} {:?}", SecretText::new("open sesame"), token);
    assert!(!text.contains("sesame") && !text.contains(&*token.reveal()), "{text}");
}
