//! The reference.

use super::data::Channel;
use crate::ops::clamp;

/// Applies one channel in place.
pub(super) fn apply(channel: &Channel, row: &mut [f32]) {
    for v in row {
        let position = clamp(*v * channel.scale + channel.offset, 0.0, channel.last);
        let i = position as usize;
        let fraction = position - i as f32;
        let (a, b) = (channel.values[i], channel.values[i + 1]);
        *v = a + (b - a) * fraction;
    }
}
