use forensic::key::epoch_of;

use super::support::{keys, production};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Python: hmac.new(bytes([1] * 32), b"wm1|production" + struct.pack("<Q", 12) + b"a production", "sha256").
#[test]
fn a_productions_key_is_hmac_sha256_of_its_name() {
    assert_eq!(hex(production().secret()), "af0a201a6528f6d10e3ec83f3a1a40864eef41f42e4df02728939fa8b9dafbdf");
}

/// ChaCha20 written from RFC 8439 in Python, over the viewing's key by its hmac module.
#[test]
fn the_chips_of_an_epoch_are_chacha20_with_the_epoch_as_nonce() {
    assert_eq!(hex(&keys().0.chips(5)[..16]), "cdece146d5a76ce2ce6186c11ba13190");
}

#[test]
fn names_that_run_together_alike_give_different_keys() {
    assert_ne!(production().viewing("ab", "c").chips(0), production().viewing("a", "bc").chips(0));
}

#[test]
fn four_source_frames_share_an_epoch() {
    assert_eq!([0, 3, 4, 7, 8].map(epoch_of), [0, 0, 1, 1, 2]);
}

#[test]
fn keys_do_not_print_their_bytes() {
    assert_eq!(format!("{:?} {:?}", keys().0, production()), "ViewingKey(..) ProductionKey(..)");
}
