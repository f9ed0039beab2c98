//! The grid of cells laid over the active picture, and filters on it.

/// Cells across.
pub const COLUMNS: usize = 160;
/// Cells down.
pub const ROWS: usize = 90;
/// Cells in all.
pub const CELLS: usize = COLUMNS * ROWS;

/// One value for each cell, row by row.
pub type Grid = Vec<f32>;

/// +1 or -1 for each of [`CELLS`] bits, the low bit of a byte first.
pub fn signs(chips: &[u8; CELLS / 8]) -> impl Iterator<Item = f32> + '_ {
    chips.iter().flat_map(|byte| (0..8).map(move |bit| if byte >> bit & 1 == 1 { 1.0 } else { -1.0 }))
}

/// Mean over (2 `radius` + 1)^2 cells; at the edges over those that exist.
#[must_use]
pub fn box_mean(grid: &[f32], radius: usize) -> Grid {
    crate::plane::box_mean(grid, COLUMNS, ROWS, radius)
}

/// What differs from the surrounding 5 x 5 cells: the mark lives only there, where a grade or a shade cannot imitate it.
#[must_use]
pub fn high_pass(grid: &[f32]) -> Grid {
    let mean = box_mean(grid, 2);
    grid.iter().zip(mean).map(|(value, mean)| value - mean).collect()
}

/// How much of each of its neighbours a cell takes on in [`softened`].
const SOFT: f32 = 0.25;

/// Every cell with a quarter of the four beside it and a sixteenth of the four at its corners; of white signs [`high_pass`] leaves
/// as much as it would unsoftened. What is coarse an encoder keeps and what is fine it drops: a pattern is softened before it is
/// laid, and what is found is softened likewise, which is the filter that is matched to it.
#[must_use]
pub fn softened(grid: &[f32]) -> Grid {
    // 1 / (1 + 2 SOFT^2) keeps the variance of white signs; of coarser ones 1.094 times as much passes, measured.
    let scale = 1.0 / (1.0 + 2.0 * SOFT * SOFT) / 1.094;
    let across: Grid = grid
        .chunks_exact(COLUMNS)
        .flat_map(|row| {
            let beside = |at: usize| row.get(at).copied().unwrap_or(0.0);
            (0..COLUMNS).map(move |at| row[at] + SOFT * (beside(at.wrapping_sub(1)) + beside(at + 1)))
        })
        .collect();
    let beside = |at: usize| across.get(at).copied().unwrap_or(0.0);
    (0..CELLS)
        .map(|at| scale * (across[at] + SOFT * (beside(at.wrapping_sub(COLUMNS)) + beside(at + COLUMNS))))
        .collect()
}

/// The least (`pick` = `f32::min`) or greatest (`f32::max`) of each cell and its eight neighbours.
#[must_use]
pub fn neighbours(grid: &[f32], pick: fn(f32, f32) -> f32) -> Grid {
    let across: Grid = (0..CELLS)
        .map(|at| {
            let (row, column) = (at / COLUMNS * COLUMNS, at % COLUMNS);
            let (left, right) = (column.saturating_sub(1), (column + 1).min(COLUMNS - 1));
            pick(grid[row + left], pick(grid[at], grid[row + right]))
        })
        .collect();
    (0..CELLS)
        .map(|at| {
            let (row, column) = (at / COLUMNS, at % COLUMNS);
            let (up, down) = (row.saturating_sub(1), (row + 1).min(ROWS - 1));
            pick(across[up * COLUMNS + column], pick(across[at], across[down * COLUMNS + column]))
        })
        .collect()
}
