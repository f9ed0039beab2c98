//! What a configuration becomes when its references are followed, counted before anything follows them: of spaces that name
//! the one before ten times each, seven in a row are ten million steps in a file of six kilobytes.

use std::collections::HashMap;

use ocio::{
    ColorSpaceDirection, ColorSpaceVisibility, NamedTransformVisibility, SearchReferenceSpaceType, Transform,
    TransformDirection, ViewTransformDirection,
};
use yaml_rust2::parser::{Event, Parser};

use super::config::ConfigError;

/// Most bytes that one space, look or view transform may come to with all that it refers to.
const MOST: u64 = 128 << 20;
/// Bytes of a step without a table, about.
const STEP: u64 = 1 << 10;
/// Transforms inside of one another, at most, references followed.
const DEEPEST: usize = 256;

/// The YAML reader copies what an alias stands for, so that a kilobyte of aliases of aliases would fill any memory.
///
/// # Errors
/// [`ConfigError::Syntax`] for text with an alias, or that is no YAML.
pub(super) fn check_aliases(text: &str) -> Result<(), ConfigError> {
    let mut parser = Parser::new_from_str(text);
    loop {
        match parser.next_token() {
            Ok((Event::StreamEnd, _)) => return Ok(()),
            Ok((Event::Alias(_), mark)) => {
                let place = format!("line {}: found a YAML alias (*name), expected it written out", mark.line());
                return Err(ConfigError::Syntax(place));
            }
            Ok(_) => {}
            Err(error) => return Err(ConfigError::Syntax(error.to_string())),
        }
    }
}

/// Counts everything in `config` that refers to something.
///
/// # Errors
/// [`ConfigError::Expands`] with the name of what comes to too much.
pub(super) fn check(config: &ocio::Config) -> Result<(), ConfigError> {
    let mut weights = Weights { config, known: HashMap::new() };
    let all = (SearchReferenceSpaceType::All, ColorSpaceVisibility::All);
    let spaces = (0..config.num_color_spaces_filtered(all.0, all.1))
        .map(|i| config.color_space_name_by_index_filtered(all.0, all.1, i).to_owned());
    let named = (0..config.num_named_transforms_filtered(NamedTransformVisibility::All))
        .map(|i| config.named_transform_name_by_index_filtered(NamedTransformVisibility::All, i).to_owned());
    for name in spaces.chain(named) {
        let weight = weights.space(&name, 0);
        fits(&name, weight)?;
    }
    for name in (0..config.num_looks()).map(|i| config.look_name_by_index(i)) {
        fits(name, weights.look(name, 0))?;
    }
    for name in (0..config.num_view_transforms()).map(|i| config.view_transform_name_by_index(i)) {
        let Some(view) = config.view_transform(name) else { continue };
        let directions = [ViewTransformDirection::ToReference, ViewTransformDirection::FromReference];
        fits(name, weights.all(directions.map(|direction| view.transform(direction)), 0))?;
    }
    Ok(())
}

fn fits(name: &str, weight: u64) -> Result<(), ConfigError> {
    if weight > MOST { Err(ConfigError::Expands { name: name.to_owned() }) } else { Ok(()) }
}

struct Weights<'a> {
    config: &'a ocio::Config,
    /// By name; of what is being counted already, so that a circle ends.
    known: HashMap<String, u64>,
}

impl<'a> Weights<'a> {
    /// A color space's, by its name, a role's or an alias's, or a named transform's.
    fn space(&mut self, name: &str, depth: usize) -> u64 {
        if let Some(known) = self.known.get(name) {
            return *known;
        }
        // A circle is refused by whoever follows it.
        self.known.insert(name.to_owned(), 0);
        let config = self.config;
        let weight = if let Some(space) = config.get_color_space(name) {
            let directions = [ColorSpaceDirection::ToReference, ColorSpaceDirection::FromReference];
            self.all(directions.map(|direction| space.transform(direction)), depth)
        } else if let Some(named) = config.get_named_transform(name) {
            let directions = [TransformDirection::Forward, TransformDirection::Inverse];
            self.all(directions.map(|direction| named.transform(direction)), depth)
        } else {
            0
        };
        self.known.insert(name.to_owned(), weight);
        weight
    }

    fn look(&mut self, name: &str, depth: usize) -> u64 {
        let config = self.config;
        let look = config.look(name);
        look.map_or(0, |look| self.all([look.transform(), look.inverse_transform()], depth))
    }

    fn all(&mut self, transforms: [Option<&'a Transform>; 2], depth: usize) -> u64 {
        transforms
            .into_iter()
            .flatten()
            .fold(0, |sum, transform| self.transform(transform, depth + 1).saturating_add(sum))
    }

    fn transform(&mut self, transform: &'a Transform, depth: usize) -> u64 {
        if depth > DEEPEST {
            return u64::MAX;
        }
        match transform {
            Transform::Group(group) => {
                let members = group.transforms.iter();
                members.fold(STEP, |sum, member| self.transform(member, depth + 1).saturating_add(sum))
            }
            Transform::ColorSpace(to) => self.pair(&to.src, &to.dst, depth),
            Transform::Look(look) => {
                let names =
                    look.looks.split([',', ':', '|']).map(|name| name.trim().trim_start_matches(['+', '-']).trim());
                let looks = names.fold(0, |sum: u64, name| self.look(name, depth).saturating_add(sum));
                self.pair(&look.src, &look.dst, depth).saturating_add(looks)
            }
            // Of a display's view inside of another nobody knows what it comes to.
            Transform::DisplayView(_) => u64::MAX,
            Transform::Lut1D(table) => STEP + 4 * table.values.len() as u64,
            Transform::Lut3D(cube) => STEP + 4 * cube.values.len() as u64,
            _ => STEP,
        }
    }

    fn pair(&mut self, from: &str, to: &str, depth: usize) -> u64 {
        let from = self.space(from, depth);
        self.space(to, depth).saturating_add(from).saturating_add(STEP)
    }
}
