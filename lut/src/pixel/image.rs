//! Pictures in somebody's memory, with their sizes checked once.

use thiserror::Error;

use super::format::PixelFormat;

/// Why planes cannot be a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ImageError {
    /// Width or height is zero or over 32,768.
    #[error("found a picture of {width} x {height}, expected 1 to 32768 each way")]
    Size {
        /// Pixels in a row.
        width: usize,
        /// Rows.
        height: usize,
    },
    /// The format has another number of planes.
    #[error("found {found} planes, expected {expected}")]
    Planes {
        /// Planes given.
        found: usize,
        /// Planes the format has.
        expected: usize,
    },
    /// A row does not fit in the stride.
    #[error("plane {plane}: found a stride of {found} bytes, expected at least {expected}")]
    Stride {
        /// Which plane, from 0.
        plane: usize,
        /// The stride given, bytes.
        found: usize,
        /// Bytes in a row.
        expected: usize,
    },
    /// The plane ends before the picture does.
    #[error("plane {plane}: found {found} bytes, expected at least {expected}")]
    Length {
        /// Which plane, from 0.
        plane: usize,
        /// Bytes given.
        found: usize,
        /// Bytes needed.
        expected: usize,
    },
}

/// A picture to read.
#[derive(Clone, Debug)]
pub struct ImageRef<'a> {
    format: PixelFormat,
    width: usize,
    height: usize,
    planes: Vec<(&'a [u8], usize)>,
}

/// A picture to write.
#[derive(Debug)]
pub struct ImageMut<'a> {
    format: PixelFormat,
    width: usize,
    height: usize,
    planes: Vec<(&'a mut [u8], usize)>,
}

impl<'a> ImageRef<'a> {
    /// `planes` are (bytes, stride in bytes) in the format's order; the last row may end early,
    /// after its samples.
    ///
    /// # Errors
    /// The planes are too few, too many or too small.
    pub fn new(
        format: PixelFormat,
        width: usize,
        height: usize,
        planes: impl IntoIterator<Item = (&'a [u8], usize)>,
    ) -> Result<Self, ImageError> {
        let planes: Vec<_> = planes.into_iter().collect();
        check(format, width, height, planes.iter().map(|(data, stride)| (data.len(), *stride)))?;
        Ok(Self { format, width, height, planes })
    }

    /// How it is stored.
    #[must_use]
    pub fn format(&self) -> PixelFormat {
        self.format
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// The bytes of row `y` of `plane`; none outside the picture.
    #[must_use]
    pub fn row(&self, plane: usize, y: usize) -> &'a [u8] {
        let (bytes, _) = self.format.plane_size(plane, self.width, self.height);
        let Some(&(data, stride)) = self.planes.get(plane) else { return &[] };
        y.checked_mul(stride).and_then(|at| data.get(at..at + bytes)).unwrap_or(&[])
    }

    /// All bytes of `plane` and its stride in bytes; none beyond the last plane.
    pub(crate) fn plane(&self, plane: usize) -> (&'a [u8], usize) {
        self.planes.get(plane).copied().unwrap_or_default()
    }
}

impl<'a> ImageMut<'a> {
    /// As [`ImageRef::new`].
    ///
    /// # Errors
    /// The planes are too few, too many or too small.
    pub fn new(
        format: PixelFormat,
        width: usize,
        height: usize,
        planes: impl IntoIterator<Item = (&'a mut [u8], usize)>,
    ) -> Result<Self, ImageError> {
        let planes: Vec<_> = planes.into_iter().collect();
        check(format, width, height, planes.iter().map(|(data, stride)| (data.len(), *stride)))?;
        Ok(Self { format, width, height, planes })
    }

    /// How it is stored.
    #[must_use]
    pub fn format(&self) -> PixelFormat {
        self.format
    }

    /// Pixels in a row.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// The bytes of row `y` of `plane`; none outside the picture.
    #[must_use]
    pub fn row_mut(&mut self, plane: usize, y: usize) -> &mut [u8] {
        let (bytes, _) = self.format.plane_size(plane, self.width, self.height);
        let Some((data, stride)) = self.planes.get_mut(plane) else { return &mut [] };
        y.checked_mul(*stride).and_then(|at| data.get_mut(at..at + bytes)).unwrap_or(&mut [])
    }

    /// The bytes and the stride of every plane, all at once.
    pub(crate) fn planes_mut(&mut self) -> impl Iterator<Item = (&mut [u8], usize)> {
        self.planes.iter_mut().map(|(data, stride)| (&mut **data, *stride))
    }

    /// Cuts the picture after `rows` rows, an even number: the upper part and the rest.
    pub(crate) fn split_at_row(self, rows: usize) -> (ImageMut<'a>, ImageMut<'a>) {
        let Self { format, width, height, planes } = self;
        let (upper, lower): (Vec<_>, Vec<_>) = planes
            .into_iter()
            .enumerate()
            .map(|(plane, (data, stride))| {
                let (_, plane_rows) = format.plane_size(plane, width, rows);
                let cut = (plane_rows * stride).min(data.len());
                let (upper, lower) = data.split_at_mut(cut);
                ((upper, stride), (lower, stride))
            })
            .unzip();
        (
            ImageMut { format, width, height: rows, planes: upper },
            ImageMut { format, width, height: height - rows, planes: lower },
        )
    }

    /// The same picture, borrowed for less long.
    pub(crate) fn reborrow(&mut self) -> ImageMut<'_> {
        let planes = self.planes.iter_mut().map(|(data, stride)| (&mut **data, *stride)).collect();
        ImageMut { planes, ..*self }
    }
}

/// What sizes a picture can have.
pub(crate) fn check_size(width: usize, height: usize) -> Result<(), ImageError> {
    const LARGEST: usize = 32_768;
    let within = (1..=LARGEST).contains(&width) && (1..=LARGEST).contains(&height);
    if within { Ok(()) } else { Err(ImageError::Size { width, height }) }
}

/// The rules of both constructors; `planes` are (bytes, stride).
fn check(
    format: PixelFormat,
    width: usize,
    height: usize,
    planes: impl ExactSizeIterator<Item = (usize, usize)>,
) -> Result<(), ImageError> {
    check_size(width, height)?;
    if planes.len() != format.plane_count() {
        return Err(ImageError::Planes { found: planes.len(), expected: format.plane_count() });
    }
    for (plane, (found, stride)) in planes.enumerate() {
        let (bytes, rows) = format.plane_size(plane, width, height);
        if stride < bytes {
            return Err(ImageError::Stride { plane, found: stride, expected: bytes });
        }
        let expected = stride.saturating_mul(rows - 1).saturating_add(bytes);
        if found < expected {
            return Err(ImageError::Length { plane, found, expected });
        }
    }
    Ok(())
}

/// A picture with its own memory, rows packed without gaps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageBuf {
    format: PixelFormat,
    width: usize,
    height: usize,
    planes: Vec<Vec<u8>>,
}

impl ImageBuf {
    /// A picture of zero bytes.
    ///
    /// # Errors
    /// Width or height is zero or over 32,768.
    pub fn new(format: PixelFormat, width: usize, height: usize) -> Result<Self, ImageError> {
        let sizes = (0..format.plane_count()).map(|plane| {
            let (bytes, rows) = format.plane_size(plane, width, height);
            (bytes.saturating_mul(rows), bytes)
        });
        check(format, width, height, sizes.clone())?;
        let planes = sizes.map(|(bytes, _)| vec![0; bytes]).collect();
        Ok(Self { format, width, height, planes })
    }

    /// The bytes of `plane`; none beyond the last one.
    #[must_use]
    pub fn plane(&self, plane: usize) -> &[u8] {
        self.planes.get(plane).map_or(&[], Vec::as_slice)
    }

    /// The bytes of `plane`; none beyond the last one.
    #[must_use]
    pub fn plane_mut(&mut self, plane: usize) -> &mut [u8] {
        self.planes.get_mut(plane).map_or(&mut [], Vec::as_mut_slice)
    }

    /// To read.
    #[must_use]
    pub fn as_ref(&self) -> ImageRef<'_> {
        let Self { format, width, height, .. } = *self;
        let stride = |plane| format.plane_size(plane, width, height).0;
        let planes = self.planes.iter().enumerate().map(|(i, p)| (p.as_slice(), stride(i))).collect();
        ImageRef { format, width, height, planes }
    }

    /// To write.
    #[must_use]
    pub fn as_mut(&mut self) -> ImageMut<'_> {
        let Self { format, width, height, .. } = *self;
        let stride = |plane| format.plane_size(plane, width, height).0;
        let planes = self.planes.iter_mut().enumerate().map(|(i, p)| (p.as_mut_slice(), stride(i))).collect();
        ImageMut { format, width, height, planes }
    }
}
