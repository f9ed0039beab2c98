//! Names in any script are drawn as their readers write them.

use pipelines::watermark::text::{CAP_HEIGHT_PER_EM, Face, ShapedGlyph, TextStyle, Typesetter, sanitise};

const STYLE: TextStyle = TextStyle { em_px: 50.0, face: Face::Bold, max_width_px: 4_000.0 };

fn run(text: &str) -> Vec<ShapedGlyph> {
    Typesetter::new().glyph_run(text, STYLE)
}

fn ids(text: &str) -> Vec<u16> {
    run(text).iter().map(|g| g.glyph_id).collect()
}

#[test]
fn no_script_of_first_light_misses_a_glyph() {
    for name in [
        "Zoë Łukasiewicz-Ångström Đặng Văn Hùng",
        "Ελένη Παπαδοπούλου",
        "Наталія Їжакевич",
        "田中 愛子 髙橋 カタカナ ひらがな ＡＢＣ ﾊﾝｶｸ 々〆",
        "محمد بن عبد الله الأحمد گچپژ",
        "क्षत्रिय राष्ट्रीय विश्वविद्यालय हिन्दी श्री",
        "דוד בן־גוריון שָׁלוֹם",
        "สมชาย ใจดี น้ำผึ้ง",
        "김민준 박서연 똠방각하 ㄱㅏ",
        "张伟 刘洋 陈静 赵丽颖",
        "Dr. محمد 田中 हिन्दी Smith 123",
        "2026-11-21 20:15:07 UTC 2001:db8::1 a.b+c@example.com",
    ] {
        // 髙 is outside JIS X 0208: a box is right for it, and only for it.
        let text = name.replace('髙', "");
        assert!(!ids(&text).contains(&0), "{text}");
    }
}

#[test]
fn arabic_letters_join_and_run_from_right_to_left() {
    let word = run("محمد");
    let isolated: Vec<u16> = "محمد".chars().flat_map(|c| ids(&c.to_string())).collect();
    let shaped: Vec<u16> = word.iter().map(|g| g.glyph_id).collect();
    assert_ne!(shaped, isolated.iter().rev().copied().collect::<Vec<_>>(), "letters stand unjoined");
    assert!(word.windows(2).all(|pair| pair[0].start > pair[1].start), "the first letter is not the rightmost");
    assert_eq!(ids("لا").len(), 1, "lam and alef form one glyph");
}

#[test]
fn hebrew_runs_from_right_to_left_and_thai_marks_stand_over_their_consonants() {
    assert!(run("שלום").windows(2).all(|pair| pair[0].start > pair[1].start));
    let mut typesetter = Typesetter::new();
    let mut draw = |text: &str| typesetter.render(text, STYLE);
    let (bare, marked) = (draw("ก"), draw("กี้"));
    assert!(
        marked.height > bare.height + 5 && marked.width < bare.width + 10,
        "{} rows, {} columns",
        marked.height,
        marked.width
    );
}

#[test]
fn devanagari_vowel_sign_i_moves_before_its_consonant() {
    let (syllable, consonant) = (ids("हि"), ids("ह"));
    assert_eq!(syllable.len(), 2);
    assert_eq!(syllable[1], consonant[0]);
    assert_ne!(syllable[0], consonant[0]);
}

#[test]
fn devanagari_consonants_form_conjuncts() {
    assert_eq!(ids("क्ष").len(), 1);
    assert!(ids("ष्ट्र").len() < "ष्ट्र".chars().count());
}

#[test]
fn mixed_scripts_take_each_run_from_its_own_font() {
    let glyphs = run("Smith محمد 田中 हिन्दी");
    let mut fonts: Vec<_> = glyphs.iter().map(|g| g.font).collect();
    fonts.sort();
    fonts.dedup();
    assert_eq!(fonts.len(), 4);
}

#[test]
fn a_missing_character_is_a_visible_box_even_where_the_machine_has_a_font_for_it() {
    let mut typesetter = Typesetter::new();
    // Hieroglyph, emoji, Tamil: not bundled, whatever is installed.
    for missing in ["𓀀", "😀", "அ"] {
        assert_eq!(ids(missing), [0], "{missing}");
        let drawn = typesetter.render(missing, STYLE);
        assert!(drawn.data.iter().filter(|c| **c > 200).count() > 50, "{missing} has no box");
    }
}

#[test]
fn control_and_formatting_characters_are_dropped() {
    assert_eq!(sanitise("  Eve\r\n\tMallory \u{0}\u{7f}\u{1b}[31m"), "Eve Mallory [31m");
    assert_eq!(sanitise("evil\u{202e}gpj.exe\u{2066}\u{200b}\u{feff}"), "evilgpj.exe");
    assert_eq!(sanitise("\u{200e}\n \u{2029}"), "");
    assert_eq!(sanitise("क्‍ष"), "क्\u{200d}ष", "joiners are spelling");
}

#[test]
fn long_text_ends_in_an_ellipsis_within_its_width() {
    let mut typesetter = Typesetter::new();
    let style = TextStyle { max_width_px: 600.0, ..STYLE };
    let ellipsis = ids("…")[0];
    for text in ["a very long name that does not fit ".repeat(20), "長".repeat(10_000), "x".repeat(10_000)] {
        let drawn = typesetter.render(&text, style);
        assert!(drawn.left + drawn.width as i32 <= 601, "{} px", drawn.width);
        assert!(drawn.width > 400);
        assert_eq!(typesetter.glyph_run(&text, style).last().map(|g| g.glyph_id), Some(ellipsis));
    }
    assert_eq!(sanitise(&"x".repeat(10_000)).chars().count(), 257);
}

#[test]
fn capitals_are_as_high_as_asked() {
    for cap_px in [9.0, 23.76, 60.0_f32] {
        let style = TextStyle { em_px: cap_px / CAP_HEIGHT_PER_EM, ..STYLE };
        let letter = Typesetter::new().render("H", style);
        assert!((letter.height as f32 - cap_px).abs() <= 1.0, "{} rows for {cap_px}", letter.height);
    }
}

#[test]
fn stacked_accents_do_not_reach_other_lines() {
    let zalgo = format!("Z{}", "\u{301}\u{323}".repeat(60));
    let drawn = Typesetter::new().render(&zalgo, STYLE);
    assert!(drawn.ascent <= 58 && drawn.height <= 90, "{} rows, {} above", drawn.height, drawn.ascent);
}
