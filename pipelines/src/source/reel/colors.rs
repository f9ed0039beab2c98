//! What the reel's patches are, in R'G'B' and in Y'CbCr code values.

/// ColorChecker 24 (after November 2014) graded for BT.1886 (gamma 2.4) on Rec.709 primaries: 10-bit full-range R'G'B'
/// codes, computed with colour-science 0.4.7; the cyan patch lies outside Rec.709 and has its red clipped.
pub const COLOR_CHECKER: [(&str, [u16; 3]); 24] = [
    ("dark skin", [493, 355, 301]),
    ("light skin", [803, 599, 536]),
    ("blue sky", [400, 512, 642]),
    ("foliage", [400, 464, 299]),
    ("blue flower", [553, 538, 715]),
    ("bluish green", [415, 771, 707]),
    ("orange", [905, 525, 245]),
    ("purplish blue", [318, 396, 686]),
    ("moderate red", [804, 358, 414]),
    ("purple", [408, 274, 447]),
    ("yellow green", [644, 763, 291]),
    ("orange yellow", [917, 666, 221]),
    ("blue", [211, 290, 603]),
    ("green", [280, 611, 327]),
    ("red", [731, 258, 269]),
    ("yellow", [950, 810, 166]),
    ("magenta", [782, 356, 608]),
    ("cyan", [0, 559, 680]),
    ("white 9.5", [970, 972, 949]),
    ("neutral 8", [818, 822, 818]),
    ("neutral 6.5", [667, 674, 672]),
    ("neutral 5", [512, 513, 512]),
    ("neutral 3.5", [368, 373, 375]),
    ("black 2", [242, 242, 245]),
];

/// The ten tones of the Monk Skin Tone scale (published as sRGB), re-encoded for gamma 2.4: 10-bit full-range R'G'B'.
pub const SKIN_TONES: [[u16; 3]; 10] = [
    [989, 955, 920],
    [977, 932, 886],
    [993, 943, 844],
    [943, 882, 761],
    [871, 772, 624],
    [662, 532, 380],
    [548, 403, 308],
    [418, 301, 251],
    [274, 240, 213],
    [209, 190, 175],
];

/// Bars at 75 %: 10-bit full-range R'G'B'.
pub const BARS: [(&str, [u16; 3]); 8] = [
    ("bar white", [767, 767, 767]),
    ("bar yellow", [767, 767, 0]),
    ("bar cyan", [0, 767, 767]),
    ("bar green", [0, 767, 0]),
    ("bar magenta", [767, 0, 767]),
    ("bar red", [767, 0, 0]),
    ("bar blue", [0, 0, 767]),
    ("bar black", [0, 0, 0]),
];

/// Full red, green and blue, and black.
pub const RED: [u16; 3] = [1023, 0, 0];
/// See [`RED`].
pub const GREEN: [u16; 3] = [0, 1023, 0];
/// See [`RED`].
pub const BLUE: [u16; 3] = [0, 0, 1023];
/// See [`RED`].
pub const BLACK: [u16; 3] = [0, 0, 0];

/// Lowest and highest code of limited-range 10-bit luma.
pub const LUMA_BLACK: u16 = 64;
/// See [`LUMA_BLACK`].
pub const LUMA_WHITE: u16 = 940;

/// 10-bit limited-range Y'CbCr of a 10-bit full-range R'G'B' triplet (ITU-R BT.709-6, items 3.2 to 3.4), rounded.
pub fn ycbcr(rgb: [u16; 3]) -> [u16; 3] {
    let [r, g, b] = rgb.map(|code| f64::from(code) / 1023.0);
    let y = 0.2126 * r + 0.7152 * g + 0.0722 * b;
    let code = |value: f64| value.round() as u16;
    [code(64.0 + 876.0 * y), code(512.0 + 896.0 * (b - y) / 1.8556), code(512.0 + 896.0 * (r - y) / 1.5748)]
}

/// A neutral grey of a luma code.
pub const fn grey(luma: u16) -> [u16; 3] {
    [luma, 512, 512]
}
