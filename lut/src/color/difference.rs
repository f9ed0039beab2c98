//! CIE L*a*b* and the CIEDE2000 colour difference.

use super::mat3::Vec3;

/// L* (0..100), a*, b*.
pub type Lab = [f64; 3];

/// CIE XYZ to L*a*b* relative to the XYZ of white (CIE 15:2018, 8.2.1). Both in the same unit.
#[must_use]
pub fn xyz_to_lab(xyz: Vec3, white: Vec3) -> Lab {
    let f = |i: usize| {
        let t = xyz[i] / white[i];
        if t > 216.0 / 24389.0 { t.cbrt() } else { (24389.0 / 27.0 * t + 16.0) / 116.0 }
    };
    let (x, y, z) = (f(0), f(1), f(2));
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// CIEDE2000 with kL = kC = kH = 1 (Sharma, Wu, Dalal, Color Res. Appl. 30, 2005).
#[must_use]
pub fn delta_e_2000(lab1: Lab, lab2: Lab) -> f64 {
    let mean_chroma = (lab1[1].hypot(lab1[2]) + lab2[1].hypot(lab2[2])) / 2.0;
    let stretch = 1.5 - 0.5 * ratio7(mean_chroma);
    let (c1, h1) = polar(lab1[1] * stretch, lab1[2]);
    let (c2, h2) = polar(lab2[1] * stretch, lab2[2]);

    let grey = c1 * c2 == 0.0;
    let turn = if grey { 0.0 } else { wrap(h2 - h1) };
    let delta_l = lab2[0] - lab1[0];
    let delta_c = c2 - c1;
    let delta_h = 2.0 * (c1 * c2).sqrt() * (turn / 2.0).to_radians().sin();

    let hue = if grey { h1 + h2 } else { mean_hue(h1, h2) };
    let chroma = (c1 + c2) / 2.0;
    let light = ((lab1[0] + lab2[0]) / 2.0 - 50.0).powi(2);
    let l = delta_l / (1.0 + 0.015 * light / (20.0 + light).sqrt());
    let c = delta_c / (1.0 + 0.045 * chroma);
    let h = delta_h / (1.0 + 0.015 * chroma * hue_weight(hue));
    (l * l + c * c + h * h + rotation(hue, chroma) * c * h).sqrt()
}

/// sqrt(c^7 / (c^7 + 25^7)).
fn ratio7(c: f64) -> f64 {
    let c7 = c.powi(7);
    (c7 / (c7 + 25.0_f64.powi(7))).sqrt()
}

/// Chroma and hue angle in 0..360 degrees.
fn polar(a: f64, b: f64) -> (f64, f64) {
    (a.hypot(b), b.atan2(a).to_degrees().rem_euclid(360.0))
}

/// A difference of hues (-360..360) to -180..=180.
fn wrap(turn: f64) -> f64 {
    if turn > 180.0 {
        turn - 360.0
    } else if turn < -180.0 {
        turn + 360.0
    } else {
        turn
    }
}

/// The hue halfway between two, going the short way round.
fn mean_hue(h1: f64, h2: f64) -> f64 {
    let sum = h1 + h2;
    if (h1 - h2).abs() <= 180.0 {
        sum / 2.0
    } else if sum < 360.0 {
        (sum + 360.0) / 2.0
    } else {
        (sum - 360.0) / 2.0
    }
}

/// T of the paper's equation 15.
fn hue_weight(hue: f64) -> f64 {
    let cos = |degrees: f64| degrees.to_radians().cos();
    1.0 - 0.17 * cos(hue - 30.0) + 0.24 * cos(2.0 * hue) + 0.32 * cos(3.0 * hue + 6.0) - 0.20 * cos(4.0 * hue - 63.0)
}

/// R_T of the paper's equation 21.
fn rotation(hue: f64, chroma: f64) -> f64 {
    let theta = 30.0 * (-((hue - 275.0) / 25.0).powi(2)).exp();
    -(2.0 * theta).to_radians().sin() * 2.0 * ratio7(chroma)
}
