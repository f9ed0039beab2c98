//! The files a configuration refers to: each reference becomes the file's own steps, or one that cannot be followed.

use ocio::{
    ColorSpaceDirection, ColorSpaceVisibility, GroupTransform, NamedTransformVisibility, SearchReferenceSpaceType,
    Transform, TransformDirection, ViewTransformDirection,
};

use super::config::{ConfigError, one_line};
use crate::formats::Lut;
use crate::ops::lut3d::Domain;
use crate::ops::matrix::Affine;
use crate::ops::{Op, lut1d::Lut1d, lut3d::Lut3d};

/// Gives the file of a path, from where the configuration is, or `None` when there is none.
pub type Files<'a> = &'a dyn Fn(&str) -> Option<Lut>;

/// Begins the name of a file that was not supplied. No system opens a path with a NUL, so nothing is ever looked for.
const CLOSED: &str = "\0not supplied\0";

/// Replaces every reference to a file in `config`.
pub(super) fn close(config: &mut ocio::Config, files: Files<'_>) -> Result<(), ConfigError> {
    let paths: Vec<String> =
        (0..config.num_search_paths()).map(|i| config.search_path_by_index(i).to_owned()).collect();
    let files: Files<'_> = &|name| on_paths(&paths, name).find_map(|path| files(&path));
    config.set_search_path(CLOSED);
    config.set_working_dir(CLOSED);
    close_spaces(config, files)?;
    close_looks(config, files)?;
    close_views(config, files)?;
    close_named(config, files)
}

/// Where OpenColorIO would look for a file: on each search path in turn, beside the configuration only where there is none.
fn on_paths<'a>(paths: &'a [String], name: &'a str) -> impl Iterator<Item = String> + 'a {
    let beside = paths.is_empty().then(|| plain(name));
    paths.iter().map(move |path| plain(&format!("{path}/{name}"))).chain(beside)
}

/// A path without the parts that lead nowhere else.
fn plain(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn close_spaces(config: &mut ocio::Config, files: Files<'_>) -> Result<(), ConfigError> {
    let all = (SearchReferenceSpaceType::All, ColorSpaceVisibility::All);
    for i in 0..config.num_color_spaces_filtered(all.0, all.1) {
        let name = config.color_space_name_by_index_filtered(all.0, all.1, i).to_owned();
        let Some(mut space) = config.get_color_space(&name).cloned() else { continue };
        for direction in [ColorSpaceDirection::ToReference, ColorSpaceDirection::FromReference] {
            space.set_transform(closed(space.transform(direction), files)?, direction);
        }
        config.add_color_space(&space).map_err(refused)?;
    }
    Ok(())
}

fn close_looks(config: &mut ocio::Config, files: Files<'_>) -> Result<(), ConfigError> {
    for i in 0..config.num_looks() {
        let name = config.look_name_by_index(i).to_owned();
        let Some(mut look) = config.look(&name).cloned() else { continue };
        look.set_transform(closed(look.transform(), files)?);
        look.set_inverse_transform(closed(look.inverse_transform(), files)?);
        config.add_look(&look).map_err(refused)?;
    }
    Ok(())
}

fn close_views(config: &mut ocio::Config, files: Files<'_>) -> Result<(), ConfigError> {
    for i in 0..config.num_view_transforms() {
        let name = config.view_transform_name_by_index(i).to_owned();
        let Some(mut view) = config.view_transform(&name).cloned() else { continue };
        for direction in [ViewTransformDirection::ToReference, ViewTransformDirection::FromReference] {
            view.set_transform(closed(view.transform(direction), files)?, direction);
        }
        config.add_view_transform(&view).map_err(refused)?;
    }
    Ok(())
}

fn close_named(config: &mut ocio::Config, files: Files<'_>) -> Result<(), ConfigError> {
    let all = NamedTransformVisibility::All;
    for i in 0..config.num_named_transforms_filtered(all) {
        let name = config.named_transform_name_by_index_filtered(all, i).to_owned();
        let Some(mut named) = config.get_named_transform(&name).cloned() else { continue };
        for direction in [TransformDirection::Forward, TransformDirection::Inverse] {
            named.set_transform(closed(named.transform(direction), files)?, direction);
        }
        config.add_named_transform(&named).map_err(refused)?;
    }
    Ok(())
}

fn refused(error: ocio::Error) -> ConfigError {
    ConfigError::Transform(one_line(&error))
}

fn closed(transform: Option<&Transform>, files: Files<'_>) -> Result<Option<Transform>, ConfigError> {
    transform.map(|transform| replaced(transform, files)).transpose()
}

fn replaced(transform: &Transform, files: Files<'_>) -> Result<Transform, ConfigError> {
    Ok(match transform {
        Transform::Group(group) => {
            let mut group = group.clone();
            for member in &mut group.transforms {
                *member = replaced(member, files)?;
            }
            Transform::Group(group)
        }
        Transform::File(file) => match files(&file.src) {
            Some(lut) => {
                let mut group = steps(&lut, &file.src)?;
                group.direction = file.direction;
                Transform::Group(group)
            }
            None => {
                let mut file = file.clone();
                file.src = format!("{CLOSED}{}", file.src);
                Transform::File(file)
            }
        },
        other => other.clone(),
    })
}

/// The name of the file that an error of OpenColorIO is about, when it is one that was not supplied.
pub(super) fn missing(message: &str) -> Option<String> {
    let (_, after) = message.split_once(CLOSED)?;
    Some(after.split(['\'', '\0']).next().unwrap_or(after).to_owned())
}

/// A file's ops as OpenColorIO knows them.
fn steps(lut: &Lut, file: &str) -> Result<GroupTransform, ConfigError> {
    let mut group = GroupTransform::new();
    for op in &lut.ops {
        match op {
            Op::Affine(affine) => group.transforms.push(matrix(affine)),
            Op::Lut1d(lut) => group.transforms.extend([domain(lut.domain()), table(lut)]),
            Op::Lut3d(lut) => group.transforms.extend([domain(lut.domain()), cube(lut)]),
            _ => {
                let reason = "only matrices, 1D and 3D tables are taken";
                return Err(ConfigError::File { file: file.to_owned(), reason });
            }
        }
    }
    Ok(group)
}

fn matrix(affine: &Affine) -> Transform {
    let mut matrix = ocio::MatrixTransform::default();
    for (r, row) in affine.m.iter().enumerate() {
        matrix.matrix[4 * r..4 * r + 3].copy_from_slice(row);
    }
    matrix.offset[..3].copy_from_slice(&affine.offset);
    Transform::Matrix(matrix)
}

/// A table's domain to 0..1.
fn domain(domain: Domain) -> Transform {
    let scale: [f64; 3] = std::array::from_fn(|c| 1.0 / (f64::from(domain.max[c]) - f64::from(domain.min[c])));
    let offset = std::array::from_fn(|c| -f64::from(domain.min[c]) * scale[c]);
    matrix(&Affine::diagonal(scale, offset))
}

fn table(lut: &Lut1d) -> Transform {
    let mut table = ocio::Lut1DTransform::new(lut.size(), false);
    table.values = lut.values().as_flattened().to_vec();
    Transform::Lut1D(table)
}

fn cube(lut: &Lut3d) -> Transform {
    let n = lut.size();
    let mut cube = ocio::Lut3DTransform::new(n);
    cube.interpolation = ocio::Interpolation::Tetrahedral;
    for (i, rgb) in lut.values().iter().enumerate() {
        cube.set_value(i % n, i / n % n, i / (n * n), *rgb);
    }
    Transform::Lut3D(cube)
}
