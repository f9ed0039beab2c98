//! OpenColorIO configurations as files: an `.ocio` by itself, or an `.ocioz` archive of `config.ocio` and the LUT files that
//! it refers to. What is wanted of one is a view, as a cube that is a LUT like any other.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use ::lut::bake::{Config, ConfigError, Shaper, Spread, bake_fitted};
use ::lut::formats::{self, Format, Lut, cube};
use serde::Serialize;

/// Largest file that is read, in bytes.
pub const BYTES_MOST: usize = 16 << 20;
/// Most that the files of an archive may come to when they are unpacked, and most that may be taken of them in all when some are
/// referred to more than once; in bytes.
pub const UNPACKED_MOST: usize = 64 << 20;
/// Most files in an archive.
pub const FILES_MOST: usize = 1_000;
/// The configuration's own name in an archive.
const CONFIG: &str = "config.ocio";
/// Entries along an edge of a baked view.
const SIZE: usize = 65;

/// Why a configuration, or a view of one, cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum OcioError {
    /// Too large.
    #[error("found a file of {found} bytes, expected at most {BYTES_MOST}")]
    TooLarge {
        /// Its size.
        found: usize,
    },
    /// The archive is none, or damaged.
    #[error("not an .ocioz archive: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// A file of the archive cannot be unpacked.
    #[error("the archive's {file:?} cannot be unpacked")]
    Damaged {
        /// Its name.
        file: String,
    },
    /// The archive holds too many files.
    #[error("the archive holds {found} files, expected at most {FILES_MOST}")]
    TooMany {
        /// How many.
        found: usize,
    },
    /// The archive's files, or what the configuration takes of them, come to too much.
    #[error("the files come to more than {UNPACKED_MOST} bytes, as many as are taken")]
    TooMuch,
    /// The archive holds no configuration.
    #[error("found no {CONFIG} in the archive")]
    NoConfig,
    /// A color space of linear light, which no input of a LUT here is.
    #[error("{color_space:?} is linear light; expected a color space of code values 0 to 1, as a log or display space")]
    Linear {
        /// The space that was asked for.
        color_space: String,
    },
    /// As the configuration says.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The view gives values that no cube can hold.
    #[error("the view cannot be baked: {0}")]
    Bake(String),
}

/// What a configuration offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Offer {
    /// Names of its color spaces.
    pub color_spaces: Vec<String>,
    /// Its displays.
    pub displays: Vec<Display>,
}

/// A display of a configuration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Display {
    /// Its name.
    pub name: String,
    /// Names of its views.
    pub views: Vec<String>,
}

/// What is wanted of a configuration: from a color space to a view of a display, looks included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct View {
    /// What the LUT is given: the code values of this space, 0 to 1.
    pub color_space: String,
    /// The display.
    pub display: String,
    /// The view of it.
    pub view: String,
}

/// Whether a file's name says that it is a configuration.
pub fn is_configuration(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.ends_with(".ocio") || name.ends_with(".ocioz")
}

/// Reads a configuration. Nothing is opened: what it refers to is in the archive, or missing.
///
/// # Errors
/// As [`OcioError`] has them, but for [`OcioError::Linear`] and [`OcioError::Bake`].
pub fn read(bytes: &[u8]) -> Result<Config, OcioError> {
    if bytes.len() > BYTES_MOST {
        return Err(OcioError::TooLarge { found: bytes.len() });
    }
    if !bytes.starts_with(b"PK") {
        return Ok(Config::read(bytes, &|_| None)?);
    }
    let files = unpacked(bytes)?;
    let config = files.get(CONFIG).ok_or(OcioError::NoConfig)?;
    let left = Cell::new(Some(UNPACKED_MOST));
    let supply = |name: &str| {
        let (path, bytes) = files.get_key_value(name)?;
        left.set(left.get().and_then(|left| left.checked_sub(bytes.len())));
        left.get().and_then(|_| formats::read(bytes, Some(path)).ok())
    };
    let config = Config::read(config, &supply);
    if left.get().is_none() { Err(OcioError::TooMuch) } else { Ok(config?) }
}

/// An archive's configuration and LUT files, by their paths.
fn unpacked(bytes: &[u8]) -> Result<BTreeMap<String, Vec<u8>>, OcioError> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))?;
    if archive.len() > FILES_MOST {
        return Err(OcioError::TooMany { found: archive.len() });
    }
    let (mut files, mut left) = (BTreeMap::new(), UNPACKED_MOST);
    for index in 0..archive.len() {
        let entry = archive.by_index(index)?;
        let name = entry.name()?.into_owned();
        if name != CONFIG && Format::from_name(&name).is_none() {
            continue;
        }
        let mut bytes = Vec::new();
        let read = entry.take(left as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|_| OcioError::Damaged { file: name.clone() })?;
        left = left.checked_sub(bytes.len()).ok_or(OcioError::TooMuch)?;
        files.insert(name, bytes);
    }
    Ok(files)
}

/// What a configuration offers.
pub fn offer(config: &Config) -> Offer {
    let display = |name: String| Display { views: config.views(&name), name };
    Offer { color_spaces: config.color_spaces(), displays: config.displays().into_iter().map(display).collect() }
}

/// A view as a cube, fitted where it bends. Takes seconds.
///
/// # Errors
/// A name that the configuration has not, a file that it misses, a color space of linear light, values that are no numbers.
pub fn bake(config: &Config, view: &View) -> Result<Lut, OcioError> {
    let transform = config.display_view(&view.color_space, &view.display, &view.view)?;
    if config.is_linear(&view.color_space) {
        return Err(OcioError::Linear { color_space: view.color_space.clone() });
    }
    bake_fitted(|colors| transform.apply_all(colors), Shaper::None, Spread::EVEN, SIZE)
        .map_err(|error| OcioError::Bake(error.to_string()))
}

/// The same as the text of a `.cube` file.
///
/// # Errors
/// As [`bake`].
pub fn bake_text(config: &Config, view: &View) -> Result<String, OcioError> {
    cube::write(&bake(config, view)?).map_err(|error| OcioError::Bake(error.to_string()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write as _;

    use super::*;

    const HALF: &str = "LUT_3D_SIZE 2\n0 0 0\n.5 0 0\n0 .5 0\n.5 .5 0\n0 0 .5\n.5 0 .5\n0 .5 .5\n.5 .5 .5\n";

    fn config(file: &str) -> String {
        format!(
            "ocio_profile_version: 2\nsearch_path: luts\nroles: {{default: raw}}\ndisplays:\n  monitor:\n    \
             - !<View> {{name: film, colorspace: graded}}\n    - !<View> {{name: plain, colorspace: raw}}\ncolorspaces:\n  \
             - !<ColorSpace> {{name: raw}}\n  - !<ColorSpace> {{name: light, encoding: scene-linear}}\n  - !<ColorSpace>\n    \
             name: graded\n    from_scene_reference: !<FileTransform> {{src: {file}}}\n"
        )
    }

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn film(color_space: &str) -> View {
        View { color_space: color_space.to_owned(), display: "monitor".to_owned(), view: "film".to_owned() }
    }

    #[test]
    fn a_configuration_says_what_can_be_chosen() {
        let offered = offer(&read(config("grade.cube").as_bytes()).unwrap());
        assert_eq!(offered.color_spaces, ["raw", "light", "graded"]);
        assert_eq!(offered.displays, [Display { name: "monitor".into(), views: vec!["film".into(), "plain".into()] }]);
    }

    #[test]
    fn an_archive_carries_the_files_of_its_configuration() {
        for (src, path) in [("grade.cube", "luts/grade.cube"), ("./a/b.cube", "luts/a/b.cube"), ("../b.cube", "b.cube")]
        {
            let bytes = archive(&[(CONFIG, config(src).as_bytes()), (path, HALF.as_bytes()), ("notes.txt", b"x")]);
            let baked = bake(&read(&bytes).unwrap(), &film("raw")).unwrap();
            let value = baked.apply([0.8, 0.2, 1.0]);
            assert!(value.iter().zip([0.4, 0.1, 0.5]).all(|(v, e)| (v - e).abs() < 1e-5), "{src}: {value:?}");
        }
    }

    #[test]
    fn a_file_is_taken_from_the_search_path_and_from_nowhere_else() {
        let same = HALF.replace(".5", "1");
        let both = [(CONFIG, config("grade.cube")), ("grade.cube", same.clone()), ("luts/grade.cube", HALF.to_owned())];
        let files: Vec<(&str, &[u8])> = both.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
        let value = bake(&read(&archive(&files)).unwrap(), &film("raw")).unwrap().apply([0.8, 0.2, 1.0]);
        assert!((value[0] - 0.4).abs() < 1e-5, "{value:?}");
        let elsewhere = bake(&read(&archive(&files[..2])).unwrap(), &film("raw")).unwrap_err().to_string();
        assert!(elsewhere.contains("\"grade.cube\": the file was not supplied"), "{elsewhere}");
        let beside = config("grade.cube").replace("search_path: luts\n", "");
        let files: [(&str, &[u8]); 2] = [(CONFIG, beside.as_bytes()), ("grade.cube", HALF.as_bytes())];
        assert!(bake(&read(&archive(&files)).unwrap(), &film("raw")).is_ok());
    }

    #[test]
    fn a_small_file_that_would_become_a_large_one_is_refused_before_it_does() {
        let mut aliases = "ocio_profile_version: 2\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        let mut spaces =
            "ocio_profile_version: 2\nroles: {default: raw}\ncolorspaces:\n  - !<ColorSpace> {name: raw}\n  \
             - !<ColorSpace> {name: c0}\n"
                .to_owned();
        for level in 1..13 {
            let before = level - 1;
            let ten = vec![format!("*a{before}"); 10].join(", ");
            aliases += &format!("a{level}: &a{level} [{ten}]\n");
            let ten = vec![format!("!<ColorSpaceTransform> {{src: raw, dst: c{before}}}"); 10].join(", ");
            spaces += &format!(
                "  - !<ColorSpace>\n    name: c{level}\n    from_scene_reference: !<GroupTransform> {{children: [{ten}]}}\n"
            );
        }
        let refused = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
        assert!(refused(&aliases).contains("found a YAML alias"), "{}", refused(&aliases));
        assert!(refused(&spaces).contains("once its references are followed"), "{}", refused(&spaces));
    }

    #[test]
    fn what_is_missing_is_named() {
        let refused = |bytes: &[u8]| bake(&read(bytes).unwrap(), &film("raw")).unwrap_err().to_string();
        let text = config("grade.cube");
        assert!(refused(text.as_bytes()).contains("\"grade.cube\": the file was not supplied"));
        let none = archive(&[("other.ocio", text.as_bytes())]);
        assert_eq!(read(&none).unwrap_err().to_string(), "found no config.ocio in the archive");
        let unknown = bake(&read(text.as_bytes()).unwrap(), &film("ACEScct")).unwrap_err().to_string();
        assert!(unknown.contains("found no color space \"ACEScct\"") && unknown.contains("\"raw\""), "{unknown}");
    }

    #[test]
    fn linear_light_is_no_input_of_a_lut() {
        let bytes = archive(&[(CONFIG, config("grade.cube").as_bytes()), ("luts/grade.cube", HALF.as_bytes())]);
        let error = bake(&read(&bytes).unwrap(), &film("light")).unwrap_err().to_string();
        assert!(error.starts_with("\"light\" is linear light"), "{error}");
    }

    #[test]
    fn an_archive_never_makes_more_of_itself_than_is_allowed() {
        let zeros = vec![b' '; UNPACKED_MOST / 2 + 1];
        let bomb = archive(&[(CONFIG, config("a.cube").as_bytes()), ("a.cube", &zeros), ("b.cube", &zeros)]);
        assert!(bomb.len() < 1 << 20, "{}", bomb.len());
        assert!(matches!(read(&bomb), Err(OcioError::TooMuch)));
        let many: Vec<String> = (0..=FILES_MOST).map(|n| format!("{n}.cube")).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), &b""[..])).collect();
        assert!(matches!(read(&archive(&many)), Err(OcioError::TooMany { .. })));
        let whole = archive(&[(CONFIG, config("a.cube").as_bytes()), ("a.cube", HALF.as_bytes())]);
        for at in 0..whole.len() {
            let _ = read(&whole[..at]);
        }
    }
}
