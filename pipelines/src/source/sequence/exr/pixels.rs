//! The blocks of a file, unpacked and brought to ACEScct by as many threads as there are cores, and laid into the picture.

use std::io::Cursor;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};

use ::exr::block::UncompressedBlock;
use ::exr::block::chunk::Chunk;
use ::exr::block::reader::{ChunksReader, Reader};
use ::exr::meta::MetaData;

use super::super::acescct::{AcesCct, encode};
use super::super::error::PictureError;
use super::super::raster::{Depth, Raster};
use super::damaged;
use super::header::{Channel, Scene};

/// Codes of red, green and blue.
type Planes = [Vec<u16>; 3];

/// A rectangle of the picture.
struct Patch {
    /// Left and top.
    at: [usize; 2],
    width: usize,
    planes: Planes,
}

/// How a block's bytes become a patch.
struct Layout {
    part: usize,
    /// Width and height of the picture.
    size: [usize; 2],
    origin: [i64; 2],
    bytes_per_pixel: usize,
    channels: [Channel; 3],
    aces: AcesCct,
}

/// Reads the picture.
pub(super) fn read(reader: Reader<Cursor<&[u8]>>, scene: &Scene) -> Result<Raster, PictureError> {
    let layout = Layout {
        part: scene.part,
        size: [scene.size.width as usize, scene.size.height as usize],
        origin: scene.origin,
        bytes_per_pixel: scene.bytes_per_pixel,
        channels: scene.channels,
        aces: AcesCct::from_primaries(&scene.primaries),
    };
    let (size, [width, height]) = (scene.size, layout.size);
    let reader = reader.filter_chunks(false, |_, _, block| {
        let far = [block.pixel_size.0, block.pixel_size.1];
        block.layer == layout.part
            && (block.level.0, block.level.1) == (0, 0)
            && layout.clip([block.pixel_position.0, block.pixel_position.1], far).is_some()
    })?;
    let meta = reader.meta_data().clone();
    let chunks = reader.collect::<Result<Vec<_>, _>>()?;
    let black = encode(0.0);
    let mut planes: Planes = [(); 3].map(|()| vec![black; width * height]);
    unpack(chunks, &meta, &layout, |patch| lay(&patch, &mut planes, width))?;
    Ok(Raster { size, depth: Depth::Bits16, planes })
}

/// Unpacks all chunks, each on the thread that is free; `take` runs on this one.
fn unpack(
    chunks: Vec<Chunk>,
    meta: &MetaData,
    layout: &Layout,
    mut take: impl FnMut(Patch),
) -> Result<(), PictureError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4).min(chunks.len());
    let queue = Mutex::new(chunks.into_iter());
    let (patches, ready) = sync_channel(2 * threads);
    std::thread::scope(|scope| {
        let work = |patches: SyncSender<Patch>| {
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(chunk) = next else { return Ok(()) };
                if let Some(patch) = layout.patch(chunk, meta)?
                    && patches.send(patch).is_err()
                {
                    return Ok(());
                }
            }
        };
        let workers: Vec<_> = (0..threads)
            .map(|_| {
                let patches = patches.clone();
                scope.spawn(move || work(patches))
            })
            .collect();
        drop(patches);
        ready.iter().for_each(&mut take);
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or_else(|_| Err(damaged())))
    })
}

fn lay(patch: &Patch, planes: &mut Planes, width: usize) {
    let [x, y] = patch.at;
    for (plane, codes) in planes.iter_mut().zip(&patch.planes) {
        for (row, line) in codes.chunks_exact(patch.width).enumerate() {
            let from = (y + row) * width + x;
            if let Some(to) = plane.get_mut(from..from + patch.width) {
                to.copy_from_slice(line);
            }
        }
    }
}

/// A stretch that is in the picture.
struct Stretch {
    /// Samples of the block before it.
    skip: usize,
    /// Where it begins in the picture.
    at: usize,
    length: usize,
}

impl Layout {
    /// What of a block is in the picture, across and down.
    fn clip(&self, position: [usize; 2], size: [usize; 2]) -> Option<[Stretch; 2]> {
        let along = |axis: usize| {
            let from = self.origin[axis] + i64::try_from(position[axis]).ok()?;
            let to = from.checked_add(i64::try_from(size[axis]).ok()?)?.min(i64::try_from(self.size[axis]).ok()?);
            let length = usize::try_from(to - from.max(0)).ok().filter(|length| *length > 0)?;
            Some(Stretch { skip: usize::try_from(-from.min(0)).ok()?, at: usize::try_from(from.max(0)).ok()?, length })
        };
        Some([along(0)?, along(1)?])
    }

    /// A chunk's part of the picture; `None` when it has none.
    fn patch(&self, chunk: Chunk, meta: &MetaData) -> Result<Option<Patch>, PictureError> {
        let UncompressedBlock { index, data } = UncompressedBlock::decompress_chunk(chunk, meta, false)?;
        // What the table of chunks points at may be another.
        if index.layer != self.part || (index.level.0, index.level.1) != (0, 0) {
            return Err(damaged());
        }
        let block_width = index.pixel_size.0;
        let place = self.clip([index.pixel_position.0, index.pixel_position.1], [block_width, index.pixel_size.1]);
        let Some([across, down]) = place else { return Ok(None) };
        let mut planes: Planes = [(); 3].map(|()| vec![0; across.length * down.length]);
        let mut light = [(); 3].map(|()| vec![0.0; across.length]);
        let line_bytes = block_width * self.bytes_per_pixel;
        for (row, line) in data.chunks_exact(line_bytes).skip(down.skip).take(down.length).enumerate() {
            for (light, channel) in light.iter_mut().zip(self.channels) {
                let from = channel.before * block_width + across.skip * channel.bytes();
                let samples = line.get(from..from + across.length * channel.bytes()).ok_or_else(damaged)?;
                read_samples(samples, channel.is_half, light);
            }
            let codes = planes.each_mut().map(|plane| {
                let from = row * across.length;
                plane.get_mut(from..from + across.length).unwrap_or_default()
            });
            self.aces.encode(light.each_ref().map(Vec::as_slice), codes);
        }
        Ok(Some(Patch { at: [across.at, down.at], width: across.length, planes }))
    }
}

/// Samples as the library hands them over, in the machine's byte order.
fn read_samples(bytes: &[u8], is_half: bool, light: &mut [f32]) {
    if is_half {
        let samples = bytes.as_chunks().0.iter().map(|bytes| half(u16::from_ne_bytes(*bytes)));
        light.iter_mut().zip(samples).for_each(|(to, value)| *to = value);
    } else {
        let samples = bytes.as_chunks().0.iter().map(|bytes| f32::from_ne_bytes(*bytes));
        light.iter_mut().zip(samples).for_each(|(to, value)| *to = value);
    }
}

/// The value of a half float; of infinities one beyond the largest. Written so that it is computed for many at once.
fn half(bits: u16) -> f32 {
    let (sign, rest) = (u32::from(bits & 0x8000) << 16, u32::from(bits & 0x7fff));
    let normal = f32::from_bits((rest << 13).wrapping_add(112 << 23));
    let small = rest as f32 * (1.0 / 16_777_216.0);
    let value = if rest < 0x0400 { small } else { normal };
    let value = if rest > 0x7c00 { 0.0 } else { value };
    f32::from_bits(value.to_bits() | sign)
}

#[cfg(test)]
mod tests {
    use super::half;
    use ::exr::prelude::f16;

    #[test]
    fn every_half_is_its_value() {
        for bits in 0..=u16::MAX {
            let (found, expected) = (half(bits), f16::from_bits(bits).to_f32());
            if expected.is_finite() {
                assert_eq!(found.to_bits(), expected.to_bits(), "{bits:#x}");
            } else {
                assert_eq!(found, if expected.is_nan() { 0.0 } else { 65_536.0_f32.copysign(expected) }, "{bits:#x}");
            }
        }
    }
}
