//! Changes a picture's size and nothing else: same layout, same meaning of the code values.

use lut::{ImageBuf, ImageRef, PixelFormat, ResizeError, Resizer};

use crate::spec::encode::PictureSize;

/// Scales pictures of one layout from one size to another.
pub(crate) struct Scaler {
    resizer: Resizer,
    /// Written anew by every picture.
    scaled: ImageBuf,
}

impl Scaler {
    /// Makes ready for pictures of `layout` and size `from`.
    pub fn new(layout: PixelFormat, from: PictureSize, to: PictureSize) -> Result<Self, ResizeError> {
        let [from, to] = [from, to].map(|size| (size.width as usize, size.height as usize));
        let resizer = Resizer::new(layout, from, to)?;
        Ok(Self { resizer, scaled: ImageBuf::new(layout, to.0, to.1)? })
    }

    /// A scaled copy, good until the next.
    pub fn scale(&mut self, picture: &ImageRef<'_>, threads: usize) -> Result<ImageRef<'_>, ResizeError> {
        self.resizer.resize_parallel(picture, &mut self.scaled.as_mut(), threads)?;
        Ok(self.scaled.as_ref())
    }
}
