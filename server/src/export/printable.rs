//! Text that people said, as it may be set beside other text.

/// Text as it may be printed: without control characters, and without those that reorder or hide what stands beside
/// them. Joiners stay: Devanagari and Persian spelling needs them.
pub fn printable(text: &str) -> String {
    let reorders = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    let line_break = |c: char| matches!(c, '\u{2028}' | '\u{2029}');
    let kept = text.chars().map(|c| {
        if line_break(c) {
            '\n'
        } else if c == '\t' {
            ' '
        } else {
            c
        }
    });
    kept.filter(|c| *c == '\n' || !(c.is_control() || reorders(*c))).collect()
}
