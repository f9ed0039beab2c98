//! Colour differences: 1e-5 relative; those that were published with four decimals, 1e-4.

use lut::color::transfer::pq_eotf;
use lut::color::{bt2020_to_ictcp, delta_e_2000, delta_e_itp};
use serde_json::Value;

use super::entry::{Outcome, Scale, list};

pub fn outcome(name: &str, entry: &Value) -> anyhow::Result<Option<Outcome>> {
    Ok(match name {
        "deltaE2000" => Some(of_lab(entry)?),
        "deltaE2000_sharma" => Some(of_sharma(entry)?),
        "deltaE_ITP_from_pq_bt2020" => Some(of_pq(entry)?),
        _ => None,
    })
}

fn of_lab(entry: &Value) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::new(1.0e-5);
    let pairs = list(entry, "lab1")?.into_iter().zip(list(entry, "lab2")?);
    for ((a, b), expected) in pairs.zip(list(entry, "outputs")?) {
        outcome.add(delta_e_2000(a, b), expected, Scale::Relative);
    }
    Ok(outcome)
}

fn of_sharma(entry: &Value) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::new(1.0e-4);
    for (a, b, expected) in list(entry, "pairs")? {
        outcome.add(delta_e_2000(a, b), expected, Scale::Absolute);
    }
    Ok(outcome)
}

fn of_pq(entry: &Value) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::new(1.0e-5);
    let ictcp = |rgb: [f64; 3]| bt2020_to_ictcp(rgb.map(pq_eotf));
    let signals = list(entry, "pq_rgb1")?.into_iter().zip(list(entry, "pq_rgb2")?);
    let expected = list(entry, "ictcp1")?.into_iter().zip(list(entry, "ictcp2")?).zip(list(entry, "outputs")?);
    for ((a, b), ((expected_a, expected_b), difference)) in signals.zip(expected) {
        let (a, b) = (ictcp(a), ictcp(b));
        outcome.add_color(a, expected_a, Scale::Relative);
        outcome.add_color(b, expected_b, Scale::Relative);
        outcome.add(delta_e_itp(a, b), difference, Scale::Relative);
    }
    Ok(outcome)
}
