//! The curve that takes outputs back to inputs.

use super::{Inputs, Lut1d};
use crate::ops::NotInvertible;
use crate::ops::op::same;

impl Lut1d {
    /// The table that undoes this one: the entries are its inputs. Exact but for the rounding of inputs to `f32`.
    ///
    /// Where the curve is flat, its one value goes back to the first input that has it (the last, of a falling curve) and
    /// what is beyond it jumps; at the ends, to the input where the flat part meets the rest.
    ///
    /// # Errors
    /// [`NotInvertible::NotMonotonic`] for the first channel that both rises and falls, or does neither.
    pub fn inverse(&self) -> Result<Lut1d, NotInvertible> {
        let mut channels = [const { Vec::new() }; 3];
        for (channel, pairs) in channels.iter_mut().enumerate() {
            *pairs = self.inverted(channel).ok_or(NotInvertible::NotMonotonic { channel })?;
        }
        let entry = |c: usize, i: usize| channels[c][i.min(channels[c].len() - 1)];
        let longest = channels.iter().map(Vec::len).max().unwrap_or(0);
        let column = |pick: fn((f32, f32)) -> f32| -> Vec<[f32; 3]> {
            (0..longest).map(|i| std::array::from_fn(|c| pick(entry(c, i)))).collect()
        };
        // What was a table has finite numbers, and monotonic ones ascend.
        Lut1d::listed(column(|(input, _)| input), column(|(_, output)| output))
            .map_err(|_| NotInvertible::NotMonotonic { channel: 0 })
    }

    /// (output, input) of one channel, outputs ascending; none when it is not monotonic.
    fn inverted(&self, c: usize) -> Option<Vec<(f32, f32)>> {
        let mut pairs: Vec<(f32, f32)> = self.ascending().map(|(i, x)| (self.values()[i][c], x[c] as f32)).collect();
        let (first, last) = (pairs.first()?.0, pairs.last()?.0);
        let falls = first > last;
        if pairs.windows(2).any(|pair| if falls { pair[1].0 > pair[0].0 } else { pair[1].0 < pair[0].0 }) {
            return None;
        }
        let begins = pairs.iter().take_while(|pair| pair.0 == first).count();
        let ends = pairs.iter().rev().take_while(|pair| pair.0 == last).count();
        if begins == pairs.len() {
            return None;
        }
        pairs.truncate(pairs.len() + 1 - ends);
        pairs.drain(..begins - 1);
        if falls {
            pairs.reverse();
        }
        Some(pairs)
    }

    /// Entries in ascending order of their inputs, with these.
    pub(super) fn ascending(&self) -> Box<dyn Iterator<Item = (usize, [f64; 3])> + '_> {
        match self.inputs() {
            Inputs::Even(domain) => {
                let last = self.size() - 1;
                Box::new((0..=last).map(move |i| (i, domain.at(i as f64 / last as f64))))
            }
            Inputs::Half => {
                let negative = (0x8001..0xfc00).rev();
                Box::new(negative.chain(0..0x7c00).map(|bits| (bits, [super::data::half(bits); 3])))
            }
            Inputs::Listed(inputs) => Box::new(inputs.iter().map(|x| x.map(f64::from)).enumerate()),
        }
    }

    /// Whether each entry is its own input: all it does is clip.
    pub(crate) fn is_straight(&self) -> bool {
        self.ascending().all(|(i, x)| (0..3).all(|c| same(f64::from(self.values()[i][c]), x[c])))
    }
}
