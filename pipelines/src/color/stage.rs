//! The colour stage: one conversion for each format and size that somebody watches, shared by all who watch it.

use std::collections::VecDeque;

use gstreamer_video as gst_video;
use gstreamer_video::VideoFrameExt;
use lut::color::{ColorSpec, Matrix};
use lut::formats::Lut;
use lut::pixel::{ChromaSampling, ImageError, ImageMut, ImageRef, PixelFormat};
use lut::{Cdl, Op, Processor, ProcessorError, ResizeError};

use super::convert::{ConvertError, scene_look, transform};
use super::scale::Scaler;
use crate::frame::Picture;
use crate::spec::color::{InputColor, TargetColor};
use crate::spec::encode::{PictureSize, VideoFormat};
use crate::spec::look::{CdlError, CdlValues, Grade, Look};

/// Why a look cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    /// The line of the LUT file and what was expected there.
    #[error("show LUT: {0}")]
    Lut(#[from] lut::formats::ReadError),
    /// A number of the CDL.
    #[error("CDL: {0}")]
    Cdl(#[from] CdlError),
    /// Not a part of the picture's width.
    #[error("found a wipe at {0} %, expected 0 to 100")]
    Wipe(u8),
    /// What would show a scene cannot be made.
    #[error(transparent)]
    Scene(#[from] ConvertError),
}

/// Why a picture is not converted.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum StageError {
    #[error("no colour conversion for the layout {0}")]
    Layout(String),
    #[error(transparent)]
    Image(#[from] ImageError),
    #[error(transparent)]
    Processor(#[from] ProcessorError),
    #[error(transparent)]
    Resize(#[from] ResizeError),
    #[error(transparent)]
    Convert(#[from] ConvertError),
}

/// Converts a program's pictures to the colours of its viewers.
pub(crate) struct ColorStage {
    /// What shows a scene-linear source of which nobody says anything.
    scene: Option<InputColor>,
    grade: Option<Lut>,
    /// A second grade, and where it begins in hundredths of the width.
    wipe: Option<(u8, Option<Lut>)>,
    threads: usize,
    scalers: Kept<(PixelFormat, PictureSize, PictureSize), Scaler>,
    processors: Kept<(Side, ColorSpec, Conversion), Processor>,
}

/// Which of two grades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// What is converted: the layout of the source's pictures, layout and colour of the viewers'.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Conversion {
    input: PixelFormat,
    output: PixelFormat,
    target: TargetColor,
}

impl ColorStage {
    /// Reads what a look is made of, for a source that is scene-linear by its own account, in this encoding, or is not.
    pub fn new(look: &Look, scene: Option<InputColor>) -> Result<Self, LookError> {
        let input_color = match look.input_color {
            InputColor::FromTags => scene.unwrap_or_default(),
            declared => declared,
        };
        let wipe = look.wipe.as_ref().map(|wipe| match wipe.percent {
            0..=100 => Ok((wipe.percent, read(&wipe.grade, input_color)?)),
            beyond => Err(LookError::Wipe(beyond)),
        });
        let (grade, wipe) = (read(&look.grade, input_color)?, wipe.transpose()?);
        let threads = std::thread::available_parallelism().map_or(1, usize::from).min(4);
        Ok(Self { scene, grade, wipe, threads, scalers: Kept::new(), processors: Kept::new() })
    }

    /// What it was made for.
    pub fn scene(&self) -> Option<InputColor> {
        self.scene
    }

    /// What has been converted of late.
    pub fn conversions(&self) -> Vec<Conversion> {
        self.processors.0.iter().map(|((_, _, conversion), _)| *conversion).collect()
    }

    /// Makes ready for conversions that are likely to come, which takes a while.
    pub fn prepare(&mut self, conversions: &[Conversion], color: ColorSpec) {
        for conversion in conversions {
            for side in self.sides() {
                if let Err(error) = self.processor(side, color, *conversion) {
                    tracing::debug!(%error, "not prepared: to be told with the first picture");
                }
            }
        }
    }

    /// Takes over what does not depend on the look.
    pub fn succeed(&mut self, before: Self) {
        self.scalers = before.scalers;
    }

    fn sides(&self) -> Vec<Side> {
        if self.wipe.is_some() { vec![Side::Left, Side::Right] } else { vec![Side::Left] }
    }

    fn processor(
        &mut self,
        side: Side,
        color: ColorSpec,
        conversion: Conversion,
    ) -> Result<&mut Processor, StageError> {
        let grade = match (side, &self.wipe) {
            (Side::Right, Some((_, grade))) => grade,
            _ => &self.grade,
        };
        self.processors.get((side, color, conversion), || {
            let transform = transform(color, grade.as_ref(), conversion.target)?;
            Ok(Processor::new(&transform, conversion.input, conversion.output)?)
        })
    }

    /// A picture of the source, scaled to `size`, in the target's colour and laid out for `format`.
    pub fn convert(
        &mut self,
        picture: &gst_video::VideoFrame<gst_video::video_frame::Readable>,
        color: ColorSpec,
        (format, target, size): (VideoFormat, TargetColor, PictureSize),
    ) -> Result<Picture, StageError> {
        let name = picture.format().to_str();
        let input = PixelFormat::from_gstreamer(name).ok_or_else(|| StageError::Layout(name.to_string()))?;
        let input = components(input, color);
        let conversion = Conversion { input, output: pixel_format(format), target };
        for side in self.sides() {
            self.processor(side, color, conversion)?;
        }
        let mut source = image_of(picture, input)?;
        let from = PictureSize { width: picture.width(), height: picture.height() };
        if from != size {
            let scaler = self.scalers.get((input, from, size), || Ok(Scaler::new(input, from, size)?))?;
            source = scaler.scale(&source, self.threads)?;
        }
        let (threads, processors) = (self.threads, &self.processors);
        let graded = |side: Side| {
            let mut converted = Picture::new(format, size).in_color(target);
            if let Some(processor) = processors.peek(&(side, color, conversion)) {
                processor.apply_parallel(&source, &mut image_of_mut(&mut converted)?, threads)?;
            }
            Ok::<_, StageError>(converted)
        };
        let mut converted = graded(Side::Left)?;
        if let Some((percent, _)) = &self.wipe {
            converted.wipe(&graded(Side::Right)?, *percent);
        }
        Ok(converted)
    }
}

/// The steps of a grade; `None` when it has none. A scene without a show LUT is shown by an output transform; with one that
/// is switched off, its signal is.
fn read(grade: &Grade, input_color: InputColor) -> Result<Option<Lut>, LookError> {
    let mut lut = match &grade.lut {
        // A LUT that is switched off must be readable all the same: it may be switched on at any time.
        Some(file) => Some(lut::formats::read(&file.data, Some(&file.name))?).filter(|_| !grade.lut_off),
        None => match input_color.scene() {
            Some((version, space)) => Some(scene_look(version, space)?.as_ref().clone()),
            None => None,
        },
    };
    if let Some(values) = &grade.cdl {
        values.check()?;
        let CdlValues { slope, offset, power, saturation } = *values;
        let cdl = Op::Cdl(Cdl { slope, offset, power, saturation, ..Cdl::default() });
        lut.get_or_insert_default().ops.insert(0, cdl);
    }
    Ok(lut)
}

/// Things and what they were made for: enough for every format and size from a source before and after it changed.
struct Kept<K, T>(VecDeque<(K, T)>);

impl<K: PartialEq, T> Kept<K, T> {
    const MOST: usize = 16;

    fn new() -> Self {
        Self(VecDeque::with_capacity(Self::MOST))
    }

    /// What was made for `key`.
    fn peek(&self, key: &K) -> Option<&T> {
        self.0.iter().find(|(made_for, _)| made_for == key).map(|(_, made)| made)
    }

    /// What was made for `key`, or is made now in place of the oldest.
    fn get(&mut self, key: K, make: impl FnOnce() -> Result<T, StageError>) -> Result<&mut T, StageError> {
        let index = match self.0.iter().position(|(made_for, _)| *made_for == key) {
            Some(index) => index,
            None => {
                let made = make()?;
                self.0.truncate(Self::MOST - 1);
                self.0.push_front((key, made));
                0
            }
        };
        Ok(&mut self.0[index].1)
    }
}

/// 4:4:4 without a matrix is green, blue and red (ITU-T H.273, matrix coefficients 0).
fn components(layout: PixelFormat, color: ColorSpec) -> PixelFormat {
    match (layout, color.matrix) {
        (PixelFormat::Planar(ChromaSampling::Cs444, depth), Matrix::Identity) => PixelFormat::Gbr(depth),
        _ => layout,
    }
}

/// The layout of pictures for a format.
fn pixel_format(format: VideoFormat) -> PixelFormat {
    PixelFormat::Planar(format.chroma(), format.bit_depth())
}

fn image_of(
    picture: &gst_video::VideoFrame<gst_video::video_frame::Readable>,
    format: PixelFormat,
) -> Result<ImageRef<'_>, StageError> {
    let strides = picture.plane_stride();
    let planes = (0..picture.n_planes()).filter_map(|plane| {
        let stride = usize::try_from(*strides.get(plane as usize)?).ok()?;
        Some((picture.plane_data(plane).ok()?, stride))
    });
    Ok(ImageRef::new(format, picture.width() as usize, picture.height() as usize, planes)?)
}

fn image_of_mut(picture: &mut Picture) -> Result<ImageMut<'_>, StageError> {
    let (format, size) = (picture.format, picture.size);
    let [luma, cb, cr] = Picture::layout(format, size);
    let (y, chroma) = picture.data.split_at_mut(cb.offset);
    let (u, v) = chroma.split_at_mut(cr.offset - cb.offset);
    let planes = [(y, luma.stride), (u, cb.stride), (v, cr.stride)];
    Ok(ImageMut::new(pixel_format(format), size.width as usize, size.height as usize, planes)?)
}
