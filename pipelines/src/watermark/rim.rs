//! The outline of letters: their coverage grown, then softened. Whole rows at once, as vector units like it.

use super::canvas::Area;

/// Coverage of the letters within `area` of a plane, grown by `grow` pixels and softened by `soften`; letters beyond the
/// area's edge count too.
pub(super) fn outline(letters: &[u8], size: (usize, usize), area: Area, grow: usize, soften: usize) -> Vec<u8> {
    let reach = grow + soften;
    let (width, height) = (area.width + 2 * reach, area.height + 2 * reach);
    let mut plane = vec![0_u8; width * height];
    let left = area.x.saturating_sub(reach);
    let right = (area.x + area.width + reach).min(size.0);
    for row in 0..height {
        let Some(y) = (area.y + row).checked_sub(reach).filter(|y| *y < size.1) else { continue };
        let start = row * width + left + reach - area.x;
        plane[start..start + right - left].copy_from_slice(&letters[y * size.0 + left..y * size.0 + right]);
    }
    let grown = vertically(&plane, width, grow, Filter::Most);
    let grown = horizontally(&grown, width, grow, Filter::Most);
    let soft = horizontally(&grown, width, soften, Filter::Mean);
    let soft = vertically(&soft, width, soften, Filter::Mean);
    let inner = |row: usize| (row + reach) * width + reach;
    (0..area.height).flat_map(|row| soft[inner(row)..inner(row) + area.width].iter().copied()).collect()
}

/// What is made of the samples of a window.
#[derive(Clone, Copy)]
enum Filter {
    /// The greatest.
    Most,
    /// The mean.
    Mean,
}

impl Filter {
    /// Takes one more row (or the same, moved aside) into what was gathered.
    fn gather(self, into: &mut [u16], more: &[u8]) {
        match self {
            Self::Most => into.iter_mut().zip(more).for_each(|(into, more)| *into = (*into).max(u16::from(*more))),
            Self::Mean => into.iter_mut().zip(more).for_each(|(into, more)| *into += u16::from(*more)),
        }
    }

    /// What was gathered of a window, as coverage again.
    fn finish(self, gathered: &[u16], out: &mut [u8], window: usize) {
        let scale = match self {
            Self::Most => 65_536,
            Self::Mean => 65_536 / window as u32 + 1,
        };
        for (out, gathered) in out.iter_mut().zip(gathered) {
            *out = ((u32::from(*gathered) * scale) >> 16).min(255) as u8;
        }
    }
}

fn horizontally(plane: &[u8], width: usize, radius: usize, filter: Filter) -> Vec<u8> {
    let mut out = vec![0; plane.len()];
    let mut gathered = vec![0_u16; width];
    for (row, out) in plane.chunks_exact(width).zip(out.chunks_exact_mut(width)) {
        gathered.fill(0);
        filter.gather(&mut gathered, row);
        for aside in 1..=radius.min(width - 1) {
            filter.gather(&mut gathered[aside..], row);
            filter.gather(&mut gathered, &row[aside..]);
        }
        filter.finish(&gathered, out, 2 * radius + 1);
    }
    out
}

fn vertically(plane: &[u8], width: usize, radius: usize, filter: Filter) -> Vec<u8> {
    let mut out = vec![0; plane.len()];
    let mut gathered = vec![0_u16; width];
    let height = plane.len() / width.max(1);
    for (y, out) in out.chunks_exact_mut(width).enumerate() {
        gathered.fill(0);
        for from in y.saturating_sub(radius)..(y + radius + 1).min(height) {
            filter.gather(&mut gathered, &plane[from * width..(from + 1) * width]);
        }
        filter.finish(&gathered, out, 2 * radius + 1);
    }
    out
}
