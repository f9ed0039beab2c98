//! What a frame would look like by another frame: blocks moved to where they fit, blended into each other.

use crate::detect::gray::Gray;

/// Distance between blocks; each is twice as wide, and they overlap by half.
const STEP: usize = 8;
const BLOCK: usize = 2 * STEP;
/// Farthest that a block moves at a quarter of the size, in its samples.
const REACH: isize = 6;
/// Samples around a picture, filled with its edge.
const MARGIN: usize = 40;
/// What a sample of movement costs in difference a sample: among equals the nearest is taken.
const STILL: f32 = 0.02;

/// A picture with a margin.
struct Padded {
    stride: usize,
    codes: Vec<f32>,
}

/// A frame at three sizes, to be compared with others.
pub(super) struct Pyramid {
    size: (usize, usize),
    levels: [Padded; 3],
}

impl Pyramid {
    pub fn new(picture: &Gray) -> Self {
        let (width, height) = picture.size();
        let half = picture.resized(width / 2, height / 2);
        let quarter = picture.resized(width / 4, height / 4);
        Self { size: (width, height), levels: [Padded::new(picture), Padded::new(&half), Padded::new(&quarter)] }
    }

    /// This frame as `other` shows it.
    pub fn predicted_from(&self, other: &Self) -> Vec<f32> {
        let (width, height) = self.size;
        let (mut sum, mut weights) = (vec![0.0; width * height], vec![0.0; width * height]);
        let tent: [f32; BLOCK] = std::array::from_fn(|i| 1.0 - (i as f32 + 0.5 - STEP as f32).abs() / STEP as f32);
        for (x, y) in blocks(width, height) {
            let motion = self.motion(other, x, y);
            for (row, down) in tent.iter().enumerate() {
                let line = y + row as isize;
                if line < 0 || line >= height as isize {
                    continue;
                }
                let moved = other.levels[0].moved(x, line, motion);
                for (column, across) in tent.iter().enumerate() {
                    let at = x + column as isize;
                    if at >= 0 && at < width as isize {
                        let at = line as usize * width + at as usize;
                        sum[at] += moved[column] * down * across;
                        weights[at] += down * across;
                    }
                }
            }
        }
        sum.iter().zip(weights).map(|(sum, weight)| sum / weight.max(1e-6)).collect()
    }

    /// Where the block at `x`, `y` comes from: whole samples from coarse to fine, then two steps by its gradients (Lucas and
    /// Kanade, 1981).
    fn motion(&self, other: &Self, x: isize, y: isize) -> (f32, f32) {
        let mut best = (0, 0);
        for (level, reach, block) in [(2, REACH, 8), (1, 1, 8), (0, 1, BLOCK)] {
            best = (best.0 * 2, best.1 * 2);
            let scale = 1 << level;
            // At a quarter of the size a block is looked at with its surroundings, or there is too little of it.
            let (x, y) = if level == 2 { ((x - 8) / scale, (y - 8) / scale) } else { (x / scale, y / scale) };
            let (mine, others) = (&self.levels[level as usize], &other.levels[level as usize]);
            let mut least = (f32::MAX, best);
            for dy in best.1 - reach..=best.1 + reach {
                for dx in best.0 - reach..=best.0 + reach {
                    let far = STILL * (dx.abs() + dy.abs()) as f32 * (block * block) as f32;
                    let cost = mine.difference(others, (x, y), (dx, dy), block) + far;
                    if cost < least.0 {
                        least = (cost, (dx, dy));
                    }
                }
            }
            best = least.1;
        }
        let mut motion = (best.0 as f32, best.1 as f32);
        for _ in 0..2 {
            let step = self.levels[0].step(&other.levels[0], (x, y), motion);
            motion = (motion.0 + step.0, motion.1 + step.1);
        }
        let near = |moved: f32, whole: isize| moved.clamp(whole as f32 - 1.0, whole as f32 + 1.0);
        (near(motion.0, best.0), near(motion.1, best.1))
    }
}

/// Upper left corners of blocks that together cover a picture.
fn blocks(width: usize, height: usize) -> impl Iterator<Item = (isize, isize)> {
    let corners = |length: usize| (0..=length.div_ceil(STEP)).map(|at| (at * STEP) as isize - STEP as isize);
    corners(height).flat_map(move |y| corners(width).map(move |x| (x, y)))
}

impl Padded {
    fn new(picture: &Gray) -> Self {
        let (width, height) = picture.size();
        let stride = width + 2 * MARGIN + BLOCK;
        let row = |y: usize| {
            let y = y.saturating_sub(MARGIN).min(height - 1);
            let row = &picture.codes[y * width..][..width];
            (0..stride).map(move |x| row[x.saturating_sub(MARGIN).min(width - 1)])
        };
        Self { stride, codes: (0..height + 2 * MARGIN + BLOCK).flat_map(row).collect() }
    }

    #[inline(always)]
    fn row(&self, x: isize, y: isize) -> &[f32] {
        let rows = self.codes.len() / self.stride;
        let inside = |at: isize, length: usize| (at + MARGIN as isize).clamp(0, length as isize - 1) as usize;
        let x = inside(x, self.stride - BLOCK - 1);
        &self.codes[inside(y, rows) * self.stride + x..][..=BLOCK]
    }

    #[inline]
    fn difference(&self, other: &Self, (x, y): (isize, isize), (dx, dy): (isize, isize), block: usize) -> f32 {
        let mut lanes = [0.0_f32; 8];
        for row in y..y + block as isize {
            let (a, b) = (&self.row(x, row)[..block], &other.row(x + dx, row + dy)[..block]);
            for (a, b) in a.as_chunks::<8>().0.iter().zip(b.as_chunks::<8>().0) {
                lanes.iter_mut().zip(a.iter().zip(b)).for_each(|(lane, (a, b))| *lane += (a - b).abs());
            }
        }
        lanes.iter().sum()
    }

    /// A block's row, bilinear.
    #[inline]
    fn moved(&self, x: isize, y: isize, (dx, dy): (f32, f32)) -> [f32; BLOCK] {
        let (whole_x, whole_y) = (dx.floor(), dy.floor());
        let (fx, fy) = (dx - whole_x, dy - whole_y);
        let (x, y) = (x + whole_x as isize, y + whole_y as isize);
        let mut out = [0.0; BLOCK];
        let sides = self
            .row(x, y)
            .iter()
            .zip(&self.row(x, y)[1..])
            .zip(self.row(x, y + 1).iter().zip(&self.row(x, y + 1)[1..]));
        for (out, ((a, b), (c, d))) in out.iter_mut().zip(sides) {
            let (top, bottom) = (a + (b - a) * fx, c + (d - c) * fx);
            *out = top + (bottom - top) * fy;
        }
        out
    }

    /// How much farther the block should move.
    fn step(&self, other: &Self, (x, y): (isize, isize), motion: (f32, f32)) -> (f32, f32) {
        let [mut xx, mut xy, mut yy, mut xe, mut ye] = [0.0_f32; 5];
        let mut above = other.moved(x, y - 1, motion);
        let mut here = other.moved(x, y, motion);
        for row in y..y + BLOCK as isize {
            let below = other.moved(x, row + 1, motion);
            let mine = self.row(x, row);
            for i in 1..BLOCK - 1 {
                let (gx, gy) = ((here[i + 1] - here[i - 1]) / 2.0, (below[i] - above[i]) / 2.0);
                let error = mine[i] - here[i];
                xx += gx * gx;
                xy += gx * gy;
                yy += gy * gy;
                xe += gx * error;
                ye += gy * error;
            }
            (above, here) = (here, below);
        }
        // Damped: where a block has no gradient it stays.
        let (xx, yy) = (xx + 20.0, yy + 20.0);
        let determinant = xx * yy - xy * xy;
        ((xe * yy - ye * xy) / determinant, (ye * xx - xe * xy) / determinant)
    }
}
