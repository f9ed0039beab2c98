//! What can be done with copies beyond ffmpeg: mixing several, and subtracting what one shows of its mark.

use forensic::key::EPOCH_FRAMES;

use super::clip::Clip;

/// Makes one copy of several.
type Mix = fn(&[Clip]) -> Clip;

/// Ways to mix four copies.
pub const MIXTURES: [(&str, Mix); 4] =
    [("average of 4", average), ("min of 4", minimum), ("median of 4", median), ("mosaic of 4", mosaic)];

fn average(copies: &[Clip]) -> Clip {
    Clip::combined(copies, |s| ((s.iter().map(|v| u32::from(*v)).sum::<u32>() + 2) / s.len() as u32) as u8)
}

fn minimum(copies: &[Clip]) -> Clip {
    Clip::combined(copies, |s| s.iter().copied().min().unwrap_or(0))
}

fn median(copies: &[Clip]) -> Clip {
    Clip::combined(copies, |s| {
        s.sort_unstable();
        u8::midpoint(s[s.len() / 2 - 1], s[s.len() / 2])
    })
}

/// A quarter of the picture from each of four copies.
fn mosaic(copies: &[Clip]) -> Clip {
    let mut copy = copies[0].clone();
    let (width, height) = (copy.width, copy.height);
    for (number, frame) in copy.frames.iter_mut().enumerate() {
        for (at, sample) in frame[..width * height].iter_mut().enumerate() {
            let quarter = usize::from(at % width >= width / 2) + 2 * usize::from(at / width >= height / 2);
            *sample = copies[quarter].frames[number][at];
        }
    }
    copy
}

/// Frames of two copies in turn.
pub fn interleaved(copies: &[Clip]) -> Clip {
    let mut copy = copies[0].clone();
    for (at, frame) in copy.frames.iter_mut().enumerate().filter(|(at, _)| at % 2 == 1) {
        frame.clone_from(&copies[1].frames[at]);
    }
    copy
}

/// What somebody does who knows everything but key and source: the band of the mark, averaged over the four frames that share a
/// pattern, taken away. `first` is the source number of the first frame.
pub fn estimate_subtracted(copy: &Clip, factor: f32, first: u64) -> Clip {
    let (width, height) = (copy.width, copy.height);
    let band = |frame: &[u8]| -> Vec<f32> {
        let luma: Vec<f32> = frame[..width * height].iter().map(|code| f32::from(*code)).collect();
        let (fine, coarse) = (blurred(&luma, width, 3), blurred(&luma, width, 30));
        // Limited, so that edges, which are not the mark, stay.
        fine.iter().zip(coarse).map(|(fine, coarse)| (fine - coarse).clamp(-4.0, 4.0)).collect()
    };
    let (first, epoch_frames) = ((first % EPOCH_FRAMES) as usize, EPOCH_FRAMES as usize);
    let mut out = copy.clone();
    for at in 0..copy.frames.len() {
        let epoch = (at + first) / epoch_frames;
        let start = (epoch * epoch_frames).saturating_sub(first);
        let end = ((epoch + 1) * epoch_frames - first).min(copy.frames.len());
        let bands: Vec<Vec<f32>> = copy.frames[start..end].iter().map(|frame| band(frame)).collect();
        for (x, sample) in out.frames[at][..width * height].iter_mut().enumerate() {
            let mean = bands.iter().map(|band| band[x]).sum::<f32>() / bands.len() as f32;
            *sample = (f32::from(*sample) - factor * mean).round().clamp(16.0, 235.0) as u8;
        }
    }
    out
}

/// Mean over (2 `radius` + 1)^2 samples, by running sums; samples beyond an edge count as the edge's.
fn blurred(plane: &[f32], width: usize, radius: usize) -> Vec<f32> {
    let rows = |plane: &[f32], width: usize| -> Vec<f32> {
        let height = plane.len() / width;
        let mut turned = vec![0.0; plane.len()];
        for (y, row) in plane.chunks_exact(width).enumerate() {
            let at = |x: isize| row[x.clamp(0, width as isize - 1) as usize];
            let reach = radius as isize;
            let mut sum: f32 = (-reach..=reach).map(at).sum();
            for x in 0..width as isize {
                turned[x as usize * height + y] = sum / (2 * radius + 1) as f32;
                sum += at(x + reach + 1) - at(x - reach);
            }
        }
        turned
    };
    let turned = rows(plane, width);
    rows(&turned, plane.len() / width)
}
