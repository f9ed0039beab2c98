//! Buffers for pictures that the program makes itself, used again and again.

use gstreamer as gst;
use gstreamer::prelude::*;
use gstreamer_video as gst_video;

use crate::runtime::RuntimeError;
use crate::spec::encode::PictureSize;
use crate::spec::time::FrameRate;

/// Pictures of one size and layout.
pub(crate) struct PicturePool {
    pool: gst_video::VideoBufferPool,
    info: gst_video::VideoInfo,
}

impl PicturePool {
    /// A pool of pictures in `format`.
    pub fn new(format: gst_video::VideoFormat, size: PictureSize, rate: FrameRate) -> Result<Self, RuntimeError> {
        let fps = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        let info = gst_video::VideoInfo::builder(format, size.width, size.height)
            .fps(gst::Fraction::new(fps(rate.num), fps(rate.den).max(1)))
            .build()
            .map_err(build_error)?;
        let pool = gst_video::VideoBufferPool::new();
        let bytes = u32::try_from(info.size()).unwrap_or(u32::MAX);
        let mut config = pool.config();
        config.set_params(Some(&info.to_caps().map_err(build_error)?), bytes, 0, 0);
        pool.set_config(config).map_err(build_error)?;
        pool.set_active(true).map_err(build_error)?;
        Ok(Self { pool, info })
    }

    /// What its pictures are.
    pub fn info(&self) -> &gst_video::VideoInfo {
        &self.info
    }

    /// A picture; `write` is given each plane's number, bytes and bytes from one row to the next.
    pub fn picture(
        &self,
        mut write: impl FnMut(usize, &mut [u8], usize),
    ) -> Result<gst_video::VideoFrame<gst_video::video_frame::Readable>, RuntimeError> {
        let no_memory = |_| RuntimeError::Build("no memory for a picture".to_owned());
        let buffer = self.pool.acquire_buffer(None).map_err(build_error)?;
        let mut picture = gst_video::VideoFrame::from_buffer_writable(buffer, &self.info).map_err(no_memory)?;
        for plane in 0..self.info.n_planes() {
            let index = plane as usize;
            let stride = usize::try_from(self.info.stride().get(index).copied().unwrap_or(0)).unwrap_or(0);
            if let Ok(data) = picture.plane_data_mut(plane) {
                write(index, data, stride);
            }
        }
        gst_video::VideoFrame::from_buffer_readable(picture.into_buffer(), &self.info).map_err(no_memory)
    }
}

impl Drop for PicturePool {
    fn drop(&mut self) {
        // Pictures that are still looked at keep their memory.
        let _ = self.pool.set_active(false);
    }
}

fn build_error(error: impl ToString) -> RuntimeError {
    RuntimeError::Build(error.to_string())
}
