//! Entries, and how far a value may be from what they expect.

use std::fmt;

use anyhow::Context as _;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The largest error of an entry, in the unit of its tolerance.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    error: f64,
    tolerance: f64,
}

/// Against what a difference is held.
#[derive(Clone, Copy, Debug)]
pub enum Scale {
    /// The expected value, or 0.001 where it is smaller.
    Relative,
    /// 1.
    Absolute,
}

impl Outcome {
    /// No error yet.
    pub fn new(tolerance: f64) -> Self {
        Self { error: 0.0, tolerance }
    }

    /// Takes in one more value. What is no number is infinitely wrong.
    pub fn add(&mut self, found: f64, expected: f64, scale: Scale) {
        let unit = match scale {
            Scale::Relative => expected.abs().max(1.0e-3),
            Scale::Absolute => 1.0,
        };
        let error = (found - expected).abs() / unit;
        self.error = if error.is_nan() { f64::INFINITY } else { self.error.max(error) };
    }

    /// Takes in one more colour; relative errors are held against its largest channel, since matrices mix them.
    pub fn add_color(&mut self, found: [f64; 3], expected: [f64; 3], scale: Scale) {
        let largest = expected.into_iter().fold(1.0e-3, |a: f64, b| a.max(b.abs()));
        for (found, expected) in found.into_iter().zip(expected) {
            match scale {
                Scale::Relative => self.add(found / largest, expected / largest, Scale::Absolute),
                Scale::Absolute => self.add(found, expected, scale),
            }
        }
    }

    /// Of two, that which is worse for its tolerance.
    pub fn worse(self, other: Self) -> Self {
        // No error within no tolerance is none.
        let part = |outcome: Self| if outcome.error == 0.0 { 0.0 } else { outcome.error / outcome.tolerance };
        if part(other) > part(self) { other } else { self }
    }

    pub fn is_within(&self) -> bool {
        self.error <= self.tolerance
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1e} (at most {:.0e})", self.error, self.tolerance)
    }
}

/// One list of an entry.
pub fn list<T: DeserializeOwned>(entry: &Value, key: &str) -> anyhow::Result<Vec<T>> {
    let value = entry.get(key).with_context(|| format!("found no {key:?}"))?;
    serde_json::from_value(value.clone()).with_context(|| format!("{key:?}"))
}

/// `inputs` with `outputs`.
pub fn pairs<A: DeserializeOwned, B: DeserializeOwned>(entry: &Value) -> anyhow::Result<Vec<(A, B)>> {
    let (inputs, outputs) = (list::<A>(entry, "inputs")?, list::<B>(entry, "outputs")?);
    anyhow::ensure!(inputs.len() == outputs.len(), "found {} inputs and {} outputs", inputs.len(), outputs.len());
    Ok(inputs.into_iter().zip(outputs).collect())
}

/// A function of one number over the entry's inputs.
pub fn of_numbers(entry: &Value, tolerance: f64, f: impl Fn(f64) -> f64) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::new(tolerance);
    pairs(entry)?.into_iter().for_each(|(input, output)| outcome.add(f(input), output, Scale::Relative));
    Ok(outcome)
}

/// A function of a colour over the entry's inputs.
pub fn of_colors(
    entry: &Value,
    tolerance: f64,
    scale: Scale,
    f: impl Fn([f64; 3]) -> [f64; 3],
) -> anyhow::Result<Outcome> {
    let mut outcome = Outcome::new(tolerance);
    pairs(entry)?.into_iter().for_each(|(input, output)| outcome.add_color(f(input), output, scale));
    Ok(outcome)
}
