//! Finding the moment and, roughly, the place: small pictures, slid over each other.

use super::gray::Gray;
use super::homography::Homography;

/// Size of a reference's thumbnail.
const WIDTH: usize = 48;
const HEIGHT: usize = 27;
/// Parts of the reference's width that a suspect may show.
const PARTS: [f64; 8] = [1.0, 0.94, 0.87, 0.8, 0.73, 0.66, 0.58, 0.5];

/// A suspect's place in a reference frame, and how well it fits there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sighting {
    /// Whether left and right are exchanged.
    pub mirrored: bool,
    /// Reference to suspect.
    pub place: Homography,
    /// Normalised cross-correlation, -1..=1.
    pub likeness: f64,
    /// Which of the thumbnails.
    pub at: usize,
}

/// A reference frame in small.
pub(super) fn thumbnail(picture: &Gray) -> Gray {
    picture.resized(WIDTH, HEIGHT)
}

/// Where among `thumbnails`, of pictures of that height over width, the suspect fits best.
pub(super) fn find(suspect: &Gray, thumbnails: &[Gray], aspect: f64) -> Option<Sighting> {
    let mut best: Option<Sighting> = None;
    for mirrored in [false, true] {
        let picture = if mirrored { suspect.mirrored() } else { suspect.clone() };
        for (width, height) in windows(suspect.aspect(), aspect) {
            let template = Template::new(&picture.resized(width, height));
            for (at, thumbnail) in thumbnails.iter().enumerate() {
                let (likeness, x, y) = template.slide(thumbnail);
                if best.is_none_or(|best| likeness > best.likeness) {
                    let place = placed((x, y), (width, height), suspect.aspect(), aspect);
                    best = Some(Sighting { mirrored, place, likeness, at });
                }
            }
        }
    }
    best
}

/// Sizes, in samples of a thumbnail, that a suspect may have: each part of the width in its own proportions, and all
/// of the picture in whatever proportions.
fn windows(suspect_aspect: f64, aspect: f64) -> Vec<(usize, usize)> {
    let mut sizes = vec![(WIDTH, HEIGHT)];
    for part in PARTS {
        let height = (part * HEIGHT as f64 * suspect_aspect / aspect).round();
        let size = ((part * WIDTH as f64).round() as usize, height as usize);
        if size.1 <= HEIGHT && size.1 >= 8 && !sizes.contains(&size) {
            sizes.push(size);
        } else if size.1 > HEIGHT {
            // The suspect is taller: it shows all of the height and part of the width.
            let width = (WIDTH as f64 * part * aspect / suspect_aspect).round() as usize;
            let size = (width, (HEIGHT as f64 * part).round() as usize);
            if (12..=WIDTH).contains(&width) && !sizes.contains(&size) {
                sizes.push(size);
            }
        }
    }
    sizes
}

fn placed((x, y): (usize, usize), (width, height): (usize, usize), suspect_aspect: f64, aspect: f64) -> Homography {
    let (sx, sy) = (WIDTH as f64 / width as f64, HEIGHT as f64 / height as f64 * suspect_aspect / aspect);
    let middle = |at: usize, length: usize, whole: usize| (at as f64 + length as f64 / 2.0) / whole as f64 * 2.0 - 1.0;
    let (cx, cy) = (middle(x, width, WIDTH), middle(y, height, HEIGHT) * aspect);
    Homography::scale_shift(sx, sy, -cx * sx, -cy * sy)
}

/// A small picture without its mean, of unit length.
struct Template {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Template {
    fn new(picture: &Gray) -> Self {
        let mean = picture.codes.iter().sum::<f32>() / picture.codes.len() as f32;
        let values: Vec<f32> = picture.codes.iter().map(|code| code - mean).collect();
        let length = values.iter().map(|v| v * v).sum::<f32>().sqrt().max(1e-3);
        Self { width: picture.width, height: picture.height, values: values.iter().map(|v| v / length).collect() }
    }

    /// The best fit in a thumbnail, and where.
    fn slide(&self, thumbnail: &Gray) -> (f64, usize, usize) {
        let sums = Sums::new(thumbnail);
        let mut best = (f64::MIN, 0, 0);
        for y in 0..=thumbnail.height - self.height {
            for x in 0..=thumbnail.width - self.width {
                let likeness = f64::from(self.product(thumbnail, x, y)) / sums.spread(x, y, self.width, self.height);
                if likeness > best.0 {
                    best = (likeness, x, y);
                }
            }
        }
        best
    }

    fn product(&self, thumbnail: &Gray, x: usize, y: usize) -> f32 {
        let rows = self.values.chunks_exact(self.width).enumerate();
        rows.map(|(row, values)| dot(&thumbnail.codes[(y + row) * thumbnail.width + x..][..self.width], values)).sum()
    }
}

/// Sums of a picture's codes and of their squares over everything above and to the left.
struct Sums {
    width: usize,
    plain: Vec<f64>,
    squares: Vec<f64>,
}

impl Sums {
    fn new(picture: &Gray) -> Self {
        let width = picture.width + 1;
        let mut sums = Self { width, plain: vec![0.0; width], squares: vec![0.0; width] };
        for (y, row) in picture.codes.chunks_exact(picture.width).enumerate() {
            let (mut plain, mut square) = (0.0, 0.0);
            sums.plain.push(0.0);
            sums.squares.push(0.0);
            for (x, code) in row.iter().enumerate() {
                let code = f64::from(*code);
                plain += code;
                square += code * code;
                sums.plain.push(sums.plain[y * width + x + 1] + plain);
                sums.squares.push(sums.squares[y * width + x + 1] + square);
            }
        }
        sums
    }

    /// Length of a part without its mean.
    fn spread(&self, x: usize, y: usize, width: usize, height: usize) -> f64 {
        let corner = |sums: &[f64], x: usize, y: usize| sums[y * self.width + x];
        let over = |sums: &[f64]| {
            corner(sums, x + width, y + height) - corner(sums, x, y + height) - corner(sums, x + width, y)
                + corner(sums, x, y)
        };
        let sum = over(&self.plain);
        (over(&self.squares) - sum * sum / (width * height) as f64).max(1e-3).sqrt()
    }
}

/// Sum of products, in eight lanes: the order of a single sum would keep the machine from adding more than one at once.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let (a_lanes, a_rest) = a.as_chunks::<8>();
    let (b_lanes, b_rest) = b.as_chunks::<8>();
    let mut lanes = [0.0_f32; 8];
    for (a, b) in a_lanes.iter().zip(b_lanes) {
        for (lane, (a, b)) in lanes.iter_mut().zip(a.iter().zip(b)) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}
