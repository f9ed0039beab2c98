//! Pictures in files: PNG and TIFF of 8 or 16 bits, EXR.

use std::path::Path;

use anyhow::Context as _;
use image::{DynamicImage, ImageReader, Limits, Rgba32FImage};

/// Largest edge of a picture that is read.
const MAX_EDGE: u32 = 16_384;

/// A picture as numbers, 0..1 for codes, and what it was read as.
pub struct Picture {
    pixels: Rgba32FImage,
    wide: bool,
    alpha: bool,
}

impl Picture {
    pub fn read(file: &Path) -> anyhow::Result<Self> {
        let context = || format!("cannot read the picture {}", file.display());
        let mut reader = ImageReader::open(file).with_context(context)?.with_guessed_format().with_context(context)?;
        let mut limits = Limits::default();
        (limits.max_image_width, limits.max_image_height) = (Some(MAX_EDGE), Some(MAX_EDGE));
        reader.limits(limits);
        let image = reader.decode().with_context(context)?;
        let color = image.color();
        let wide = color.bytes_per_pixel() > color.channel_count();
        Ok(Self { wide, alpha: color.has_alpha(), pixels: image.into_rgba32f() })
    }

    /// Whether a file's name ends as one of the kinds that are read.
    pub fn is_picture(file: &Path) -> bool {
        let extension = file.extension().map(|e| e.to_string_lossy().to_lowercase());
        matches!(extension.as_deref(), Some("png" | "tif" | "tiff" | "exr"))
    }

    /// Columns and rows.
    pub fn size(&self) -> (u32, u32) {
        self.pixels.dimensions()
    }

    /// Column, row and colour of every pixel.
    pub fn pixels(&self) -> impl Iterator<Item = (u32, u32, [f64; 3])> {
        self.pixels.enumerate_pixels().map(|(x, y, p)| (x, y, [p[0], p[1], p[2]].map(f64::from)))
    }

    /// Every colour through `f`; alpha stays.
    pub fn map(&mut self, f: impl Fn([f64; 3]) -> [f64; 3]) {
        for pixel in self.pixels.pixels_mut() {
            let [r, g, b, a] = pixel.0;
            let [r, g, b] = f([r, g, b].map(f64::from)).map(|v| v as f32);
            pixel.0 = [r, g, b, a];
        }
    }

    /// EXR keeps floats; PNG and TIFF have 8 bits if the picture came with 8, else 16, clipped to 0..1 and rounded.
    pub fn write(self, file: &Path) -> anyhow::Result<()> {
        anyhow::ensure!(
            Self::is_picture(file),
            "{}: expected a name that ends in .png, .tif, .tiff or .exr",
            file.display()
        );
        let float = DynamicImage::ImageRgba32F(self.pixels);
        let is_exr = file.extension().is_some_and(|e| e.eq_ignore_ascii_case("exr"));
        let image: DynamicImage = match (is_exr, self.wide, self.alpha) {
            (true, _, true) => float,
            (true, _, false) => float.into_rgb32f().into(),
            (false, true, true) => float.into_rgba16().into(),
            (false, true, false) => float.into_rgb16().into(),
            (false, false, true) => float.into_rgba8().into(),
            (false, false, false) => float.into_rgb8().into(),
        };
        image.save(file).with_context(|| format!("cannot write the picture {}", file.display()))
    }
}
