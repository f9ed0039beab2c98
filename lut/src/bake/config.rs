//! OpenColorIO configurations, and the ACES output transforms that two of them carry, through the `ocio` crate: a port
//! of OpenColorIO whose values are OpenColorIO's own, in `f32`.
//!
//! Nothing is read but what is given: a file a configuration refers to has to be supplied, and variables have the
//! values the configuration itself gives them, not the environment's. Where the port would obey the environment all the
//! same ([`OBEYED`]), nothing is read.

use ocio::{CpuProcessor, OptimizationFlags, TransformDirection};
use thiserror::Error;

use super::expansion;
use super::files::{self, Files};
use crate::color::Vec3;

/// Why a configuration, or a transform of one, cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ConfigError {
    /// The bytes are no configuration.
    #[error("not an OpenColorIO configuration: {0}")]
    Syntax(String),
    /// Larger than [`MAX_BYTES`].
    #[error("found a configuration of {found} bytes, expected at most {MAX_BYTES}")]
    TooLarge {
        /// Its size.
        found: usize,
    },
    /// Not a name it has.
    #[error("found no {what} {name:?}, expected one of {expected:?}")]
    Unknown {
        /// "color space", "display" or "view".
        what: &'static str,
        /// The name asked for.
        name: String,
        /// The names there are.
        expected: Vec<String>,
    },
    /// A file that was not supplied, or is of no use in a configuration.
    #[error("the configuration refers to {file:?}: {reason}")]
    File {
        /// The file as the configuration names it.
        file: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A variable of the environment that would change what a configuration lists.
    #[error("found {variable} in the environment, expected it unset: a look must not depend on who runs the program")]
    Environment {
        /// Its name.
        variable: &'static str,
    },
    /// Something whose references, followed, come to more than a machine has.
    #[error("{name:?} comes to more than 128 MiB, or goes too deep, once its references are followed")]
    Expands {
        /// A color space, look, view transform or named transform.
        name: String,
    },
    /// OpenColorIO refuses the transform.
    #[error("{0}")]
    Transform(String),
}

/// Largest configuration read.
pub const MAX_BYTES: usize = 16 << 20;

/// The variables that the port reads whenever a configuration is made: lists that replace those of the configuration.
pub const OBEYED: [&str; 3] = ["OCIO_ACTIVE_DISPLAYS", "OCIO_ACTIVE_VIEWS", "OCIO_INACTIVE_COLORSPACES"];

/// # Errors
/// [`ConfigError::Environment`] when one of [`OBEYED`] has a value.
fn check_environment() -> Result<(), ConfigError> {
    let set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match OBEYED.into_iter().find(set) {
        Some(variable) => Err(ConfigError::Environment { variable }),
        None => Ok(()),
    }
}

/// A configuration: color spaces, displays and their views.
#[derive(Debug)]
pub struct Config {
    inner: ocio::Config,
    context: ocio::Context,
}

impl Config {
    /// Reads an `.ocio` file; `files` is asked for each file it refers to.
    ///
    /// # Errors
    /// [`ConfigError::TooLarge`], [`ConfigError::Environment`], [`ConfigError::Syntax`], [`ConfigError::Expands`]; [`ConfigError::File`] for a file that is of no use. A file
    /// that is not supplied is an error only for the transforms that need it.
    pub fn read(bytes: &[u8], files: Files<'_>) -> Result<Self, ConfigError> {
        if bytes.len() > MAX_BYTES {
            return Err(ConfigError::TooLarge { found: bytes.len() });
        }
        check_environment()?;
        let text = std::str::from_utf8(bytes).map_err(|error| ConfigError::Syntax(error.to_string()))?;
        expansion::check_aliases(text)?;
        let mut inner = ocio::Config::create_from_str(text).map_err(|error| ConfigError::Syntax(one_line(&error)))?;
        files::close(&mut inner, files)?;
        expansion::check(&inner)?;
        Ok(Self::closed(inner))
    }

    /// ACES 1.3: OpenColorIO's studio configuration 2.1.0.
    ///
    /// # Errors
    /// [`ConfigError::Environment`].
    pub fn aces_1_3() -> Result<Self, ConfigError> {
        Self::builtin("studio-config-v2.1.0_aces-v1.3_ocio-v2.3")
    }

    /// ACES 2.0: OpenColorIO's studio configuration 4.0.0.
    ///
    /// # Errors
    /// [`ConfigError::Environment`].
    pub fn aces_2_0() -> Result<Self, ConfigError> {
        Self::builtin("studio-config-v4.0.0_aces-v2.0_ocio-v2.5")
    }

    fn builtin(name: &str) -> Result<Self, ConfigError> {
        check_environment()?;
        let inner = ocio::Config::create_from_builtin_config(name).map_err(transform_error)?;
        Ok(Self::closed(inner))
    }

    /// With the variables of the configuration and of nothing else.
    fn closed(inner: ocio::Config) -> Self {
        let mut context = ocio::Context::new();
        for i in 0..inner.num_environment_vars() {
            let name = inner.environment_var_name_by_index(i);
            context.set_string_var(name, Some(inner.environment_var_default(name)));
        }
        Self { inner, context }
    }

    /// The names of the color spaces.
    #[must_use]
    pub fn color_spaces(&self) -> Vec<String> {
        let config = &self.inner;
        (0..config.num_color_spaces()).map(|i| config.color_space_name_by_index(i).to_owned()).collect()
    }

    /// The names of the displays.
    #[must_use]
    pub fn displays(&self) -> Vec<String> {
        (0..self.inner.num_displays()).map(|i| self.inner.display(i)).collect()
    }

    /// The names of a display's views; none for an unknown display.
    #[must_use]
    pub fn views(&self, display: &str) -> Vec<String> {
        (0..self.inner.num_views(display)).map(|i| self.inner.view(display, i)).collect()
    }

    /// Whether the configuration says of a color space (or role, or alias) that it is linear light; not of an unknown one.
    #[must_use]
    pub fn is_linear(&self, color_space: &str) -> bool {
        let space = self.inner.get_color_space(color_space);
        space.is_some_and(|space| ["scene-linear", "display-linear"].contains(&space.encoding()))
    }

    /// From a color space (or role, or alias) to a view of a display, its looks included.
    ///
    /// # Errors
    /// [`ConfigError::Unknown`] with the names there are; [`ConfigError::File`] when a file is needed that was not
    /// supplied; [`ConfigError::Transform`].
    pub fn display_view(&self, source: &str, display: &str, view: &str) -> Result<ConfigTransform, ConfigError> {
        let unknown = |what, name: &str, expected| Err(ConfigError::Unknown { what, name: name.to_owned(), expected });
        if self.inner.get_color_space(source).is_none() {
            return unknown("color space", source, self.color_spaces());
        }
        if !self.displays().iter().any(|name| name == display) {
            return unknown("display", display, self.displays());
        }
        if !self.views(display).iter().any(|name| name == view) {
            return unknown("view", view, self.views(display));
        }
        let forward = TransformDirection::Forward;
        let processor =
            self.inner.get_display_view_processor_with_context(&self.context, source, display, view, forward);
        processor.map(|p| ConfigTransform::new(&p)).map_err(transform_error)
    }

    /// From one color space to another.
    ///
    /// # Errors
    /// As [`Config::display_view`].
    pub fn conversion(&self, source: &str, target: &str) -> Result<ConfigTransform, ConfigError> {
        for name in [source, target] {
            if self.inner.get_color_space(name).is_none() {
                let expected = self.color_spaces();
                return Err(ConfigError::Unknown { what: "color space", name: name.to_owned(), expected });
            }
        }
        let processor = self.inner.get_processor_with_context_names(&self.context, source, target);
        processor.map(|p| ConfigTransform::new(&p)).map_err(transform_error)
    }
}

/// A transform as OpenColorIO computes it, unoptimised: right, and far too slow for live pictures.
#[derive(Debug)]
pub struct ConfigTransform(CpuProcessor);

impl ConfigTransform {
    /// One of OpenColorIO's built-in transforms, by the name of its style.
    ///
    /// # Errors
    /// [`ConfigError::Transform`] when there is no such style.
    pub fn builtin(style: &str) -> Result<Self, ConfigError> {
        let mut transform = ocio::BuiltinTransform::default();
        transform.set_style(style).map_err(transform_error)?;
        let (transform, forward) = (ocio::Transform::Builtin(transform), TransformDirection::Forward);
        let processor = ocio::Config::create_raw().get_processor_for_transform(&transform, forward);
        processor.map(|p| Self::new(&p)).map_err(transform_error)
    }

    fn new(processor: &ocio::Processor) -> Self {
        Self(processor.optimized_cpu_processor(OptimizationFlags::NONE))
    }

    /// The value of one colour, in `f32`.
    #[must_use]
    pub fn apply(&self, rgb: Vec3) -> Vec3 {
        let mut rgb = rgb.map(|v| v as f32);
        self.0.apply_rgb(&mut rgb);
        rgb.map(f64::from)
    }

    /// The values of many colours, in place.
    pub fn apply_all(&self, colors: &mut [[f32; 3]]) {
        self.0.apply_rgb_slice(colors.as_flattened_mut());
    }
}

fn transform_error(error: ocio::Error) -> ConfigError {
    match files::missing(error.message()) {
        Some(file) => ConfigError::File { file, reason: "the file was not supplied" },
        None => ConfigError::Transform(one_line(&error)),
    }
}

/// What OpenColorIO says, without its line breaks.
pub(super) fn one_line(error: &ocio::Error) -> String {
    error.message().split_whitespace().collect::<Vec<_>>().join(" ")
}
