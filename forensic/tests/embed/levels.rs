use forensic::{Area, Depth, Level};

use super::support::{Plane, noise};

/// Sizes smaller than the grid, odd ones, and ones that no vector divides.
const SIZES: [(usize, usize); 6] = [(1, 1), (37, 19), (161, 91), (641, 363), (854, 480), (1920, 270)];

#[test]
fn every_instruction_set_gives_the_same_bits() {
    for depth in [Depth::Eight, Depth::Ten] {
        for (width, height) in SIZES {
            let (mut random, most) = (noise(7), if depth == Depth::Eight { 256 } else { 1024 });
            let plane = Plane::new(width, height, depth, |_, _| (random() % most) as u16);
            let area = Area { x: width / 9, y: height / 7, width: width - width / 5, height: height - height / 5 };
            let reference = plane.marked_in(area, 9, Level::Scalar);
            for level in Level::available() {
                assert!(plane.marked_in(area, 9, level) == reference, "{width}x{height} {depth:?} {level:?}");
            }
        }
    }
}

#[test]
fn this_machines_best_level_is_one_of_those_compared() {
    assert!(Level::available().contains(&Level::best()));
}
