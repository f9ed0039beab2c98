//! Policy profiles.

use serde_json::json;
use vitrine::domain::policy::{Policy, Profile};
use vitrine::domain::project::Classification;
use vitrine::domain::secret::SecretText;

use crate::support::House;

fn accepts(profile: Profile, password: &str) -> bool {
    Policy::of(profile).check_password("ana.ito", &SecretText::new(password)).is_ok()
}

#[test]
fn each_profile_has_its_passwords() {
    assert!(!accepts(Profile::Facility, "elf letters"));
    assert!(accepts(Profile::Facility, "twelve chars"));
    assert!(accepts(Profile::Facility, "日本語日本語日本語日本語"));
    assert!(!accepts(Profile::Tpn, "Fifteen-chars-1"));
    assert!(accepts(Profile::Tpn, "Sixteen-chars-12"));
    for kind_missing in ["sixteen-chars-12", "SIXTEEN-CHARS-12", "Sixteen-chars-ab", "Sixteenchars1234"] {
        assert!(!accepts(Profile::Tpn, kind_missing), "{kind_missing}");
    }
    assert!(!accepts(Profile::Nist, "fourteen chars"));
    assert!(accepts(Profile::Nist, "fifteen of them"), "no composition rules");
    assert!(!accepts(Profile::Facility, &"x".repeat(257)));
}

#[test]
fn what_is_guessed_first_is_on_the_blocklist() {
    for guessed in [
        "passwordpassword",
        "P@ssw0rd-P@ssw0rd",
        "qwertyuiop12345",
        "123456789012345",
        "aaaaaaaaaaaaaaaaaa",
        "abcdefghijklmnop",
        "correct horse battery",
        "vitrine-review-2026",
        "ana-ito-ana-ito-1",
        "letmeinletmein!!!!",
    ] {
        assert!(!accepts(Profile::Nist, guessed), "{guessed}");
    }
    for fine in ["gravel tuning lantern", "mosswood quilt kettle", "correct horse zeppelin"] {
        assert!(accepts(Profile::Nist, fine), "{fine}");
    }
}

/// In every respect at least as strict.
fn no_weaker(than: &Policy, policy: &Policy) -> bool {
    let (old, new) = (than.door, policy.door);
    policy.password.least >= than.password.least
        && policy.password.kinds >= than.password.kinds
        && policy.password.blocklist >= than.password.blocklist
        && policy.second_factor >= than.second_factor
        && policy.lock_until_unlocked >= than.lock_until_unlocked
        && policy.two_places_revoke >= than.two_places_revoke
        && policy.offboarding_ends_reviews >= than.offboarding_ends_reviews
        && policy.session_idle <= than.session_idle
        && policy.link_life <= than.link_life
        && policy.password_life == than.password_life
        && policy.prompt_every == than.prompt_every
        && new.passphrase >= old.passphrase
        && new.one_device >= old.one_device
        && new.no_clean_hold >= old.no_clean_hold
        && new.waiting_room >= old.waiting_room
        && new.second_refused >= old.second_refused
        && new.named_networks >= old.named_networks
}

#[test]
fn a_classification_tightens_and_never_weakens() {
    for profile in Profile::ALL {
        let house = Policy::of(*profile);
        let mut before = house;
        for classification in Classification::ALL {
            let tightened = house.tightened(*classification);
            assert!(no_weaker(&before, &tightened), "{profile} {classification}");
            assert_eq!(tightened.profile, *profile);
            before = tightened;
        }
        let restricted = house.tightened(Classification::Restricted);
        let door = restricted.door;
        assert!(door.passphrase && door.waiting_room && door.one_device && door.named_networks && door.no_clean_hold);
        assert!(restricted.second_factor && door.second_refused);
    }
}

#[tokio::test]
async fn the_console_names_the_policy() {
    let house = House::new().await;
    let account = house.sign_in().await;
    let policy = house.get("/api/policy", &account).await.json();
    assert_eq!((&policy["profile"], &policy["password_least"]), (&json!("facility"), &json!(12)));
    assert_eq!((&policy["second_factor"], &policy["session_idle_s"]), (&json!(true), &json!(900)));
    let restricted = &policy["projects"][2];
    assert_eq!((&restricted["classification"], &restricted["link_life_s"]), (&json!("restricted"), &json!(86_400)));
    assert_eq!((&restricted["waiting_room"], &restricted["clean_hold"]), (&json!(true), &json!(false)));
}
