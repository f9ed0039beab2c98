//! The reference.

use super::data::Channel;

/// Applies one channel in place; input is clipped to its domain.
pub(super) fn apply(channel: &Channel, row: &mut [f32]) {
    for v in row {
        *v = channel.value(*v);
    }
}
